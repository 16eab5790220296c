from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steadyhand.observation.observation import Observation
from steadyhand.policies.exceptions import ModelError
from steadyhand.policies.onnx import OnnxPolicy, expected_inputs, expected_output
from steadyhand.policies.policy import InferenceContext
from steadyhand.profiles.contract import Contract
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


def test_a_file_that_is_no_model_is_refused(contract: Contract, tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"broken\.onnx cannot be read"):
        OnnxPolicy(changed(contract, arguments={"model": str(path)}))


@pytest.mark.parametrize("arguments", [{}, {"model": 3}, {"model": ""}])
def test_a_profile_without_a_model_is_refused(contract: Contract, arguments: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match=r"arguments\.model"):
        OnnxPolicy(changed(contract, arguments=arguments))
