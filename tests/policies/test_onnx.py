from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steadyhand.observation.observation import Observation
from steadyhand.policies.exceptions import ModelError
from steadyhand.policies.onnx import OnnxPolicy, expected_inputs, expected_output
from steadyhand.policies.policy import InferenceContext
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.policy import History
from steadyhand.profiles.resources import resource


def changed(contract: Contract, **update: Any) -> Contract:
    return replace(contract, policy=contract.policy.model_copy(update=update))


def test_the_committed_model_fits_its_profile_and_is_small(contract: Contract) -> None:
    policy = OnnxPolicy(contract)
    assert resource("weights/pick.onnx").stat().st_size < 10e6
    assert len(policy.metadata["recipe"]) == 64
    assert "normaliser" in policy.metadata


def test_a_chunk_carries_what_it_belongs_to(contract: Contract, observation: Observation) -> None:
    chunk = OnnxPolicy(contract).infer(observation, InferenceContext(seed=7))
    assert chunk.rows.shape == (16, 5) and np.isfinite(chunk.rows).all()
    assert chunk.dimension_names == contract.policy.dimension_names
    assert chunk.stamp == observation.stamp and chunk.first_row_offset == pytest.approx(0.1)
    assert chunk.state_names == observation.joint_names
    assert np.array_equal(chunk.state, observation.joint_positions)
    assert chunk.inputs == observation.inputs and chunk.seed == 7


def test_equal_observations_give_equal_chunks(contract: Contract, observation: Observation) -> None:
    first, second = OnnxPolicy(contract), OnnxPolicy(contract)
    first.infer(replace(observation, instruction="take the blue one"), InferenceContext())
    first.reset()
    assert np.array_equal(
        first.infer(observation, InferenceContext()).rows, second.infer(observation, InferenceContext()).rows
    )


def test_the_instruction_matters(contract: Contract, observation: Observation) -> None:
    policy = OnnxPolicy(contract)
    rows = [
        policy.infer(replace(observation, instruction=f"pick up the {colour} cube"), InferenceContext()).rows
        for colour in ("red", "green")
    ]
    assert np.abs(rows[0] - rows[1]).max() > 1e-3


def test_expected_tensors_follow_the_profile(contract: Contract) -> None:
    assert [str(tensor) for tensor in expected_inputs(contract)] == [
        "front: uint8[1, 96, 96, 3]",
        "wrist: uint8[1, 96, 96, 3]",
        "state: float[1, 6]",
        "words: int64[1, ?]",
    ]
    assert str(expected_output(contract)) == "actions: float[1, 16, 5]"
    history = changed(contract, history=History(steps=2, interval=0.1))
    assert [str(tensor) for tensor in expected_inputs(history)] == [
        "front: uint8[1, 2, 96, 96, 3]",
        "wrist: uint8[1, 2, 96, 96, 3]",
        "state: float[1, 2, 6]",
        "words: int64[1, ?]",
    ]


def test_a_misfit_names_every_difference(contract: Contract) -> None:
    images = dict(contract.policy.images)
    images["front"] = images["front"].model_copy(update={"width": 128})
    images["left"] = images.pop("wrist")
    wrong = changed(contract, images=images, horizon=8, state=contract.policy.state[:2])
    with pytest.raises(ModelError) as caught:
        OnnxPolicy(wrong)
    message = str(caught.value)
    assert "input of the model is front: uint8[1, 96, 96, 3], the profile needs front: uint8[1, 96, 128, 3]" in message
    assert "input left: uint8[1, 96, 96, 3] is missing in the model" in message
    assert "the model wants an input wrist" in message
    assert "input of the model is state: float[1, 6], the profile needs state: float[1, 5]" in message
    assert "output of the model is actions: float[1, 16, 5], the profile needs actions: float[1, 8, 5]" in message
    assert "pick.onnx" in message and "'embedded'" in message


def flowing(method: str = "prefix", **arguments: Any) -> Contract:
    flow = load_deployment("panda_embedded_flow", policy_files=True)
    stitching = flow.policy.stitching.model_copy(update={"method": method})
    return changed(flow, stitching=stitching, arguments=flow.policy.arguments | arguments)


def test_the_flow_model_continues_committed_rows_exactly(observation: Observation) -> None:
    policy = OnnxPolicy(flowing())
    free = policy.infer(observation, InferenceContext()).rows
    prefix = free[:8] + np.array([0.003, -0.002, 0.001, 0.01, 0.0])
    rows = policy.infer(observation, InferenceContext(prefix, delay=4)).rows
    assert np.abs(rows[:4] - prefix[:4]).max() < 1e-5
    # Where the committed rows end the motion goes on: no step of more than the rows take anyway.
    steps = np.abs(np.diff(rows[:, :3], axis=0))
    assert steps[3].max() < 1.5 * max(steps[2].max(), steps[4].max()) + 1e-3
    assert np.abs(rows[12:, :3] - free[12:, :3]).max() < np.abs(rows[4, :3] - free[4, :3]).max() + 0.01


def test_what_is_not_committed_does_not_bind_the_flow_model(observation: Observation) -> None:
    policy = OnnxPolicy(flowing())
    prefix = policy.infer(observation, InferenceContext()).rows
    other = np.vstack([prefix[:3], prefix[3:] + 1.0])
    rows = [policy.infer(observation, InferenceContext(each, delay=3)).rows for each in (prefix, other)]
    assert np.array_equal(rows[0], rows[1])
    assert np.array_equal(
        policy.infer(observation, InferenceContext(other, delay=0)).rows,
        policy.infer(observation, InferenceContext()).rows,
    )


def test_more_committed_rows_than_the_model_knows_are_cut(observation: Observation) -> None:
    policy = OnnxPolicy(flowing())
    assert policy.longest_prefix == 8
    prefix = policy.infer(observation, InferenceContext()).rows + 0.002
    rows = [policy.infer(observation, InferenceContext(prefix, delay=delay)).rows for delay in (8, 12)]
    assert np.array_equal(rows[0], rows[1])


def test_noise_is_of_the_seed_and_of_the_profile(observation: Observation) -> None:
    still, noisy = OnnxPolicy(flowing(noise=0.0)), OnnxPolicy(flowing(noise=1.0))
    rows = [policy.infer(observation, InferenceContext(seed=s)).rows for policy in (still, noisy) for s in (1, 1, 2)]
    assert np.array_equal(rows[0], rows[2])
    assert np.array_equal(rows[3], rows[4]) and not np.array_equal(rows[4], rows[5])


def test_a_prefix_needs_a_model_that_takes_one(contract: Contract) -> None:
    stitching = contract.policy.stitching.model_copy(update={"method": "prefix"})
    with pytest.raises(ModelError, match=r"input delay: int64\[1\] is missing in the model") as caught:
        OnnxPolicy(changed(contract, stitching=stitching))
    assert "input prefix: float[1, 16, 5] is missing in the model" in str(caught.value)


@pytest.mark.parametrize("method", ["splice", "ensemble"])
def test_the_flow_model_is_spliced_like_any_other(observation: Observation, method: str) -> None:
    assert OnnxPolicy(flowing(method)).infer(observation, InferenceContext()).rows.shape == (16, 5)


def test_a_file_that_is_no_model_is_refused(contract: Contract, tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"broken\.onnx cannot be read"):
        OnnxPolicy(changed(contract, arguments={"model": str(path)}))


@pytest.mark.parametrize("arguments", [{}, {"model": 3}, {"model": ""}])
def test_a_profile_without_a_model_is_refused(contract: Contract, arguments: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=r"arguments\.model"):
        OnnxPolicy(changed(contract, arguments=arguments))
