from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from steadyhand.chunks.meaning import Meaning
from steadyhand.observation.observation import Observation
from steadyhand.policies.exceptions import MissingGroundTruthError, PolicyError, UnknownBackendError
from steadyhand.policies.factory import BACKENDS, make_policy
from steadyhand.policies.hold import HoldPolicy
from steadyhand.policies.policy import InferenceContext
from steadyhand.policies.scripted import ScriptedPolicy
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.support import BACKENDS as SUPPORTED


def with_backend(contract: Contract, name: str, **update: Any) -> Contract:
    return replace(contract, policy=contract.policy.model_copy(update={"backend": name, **update}))


CUBES = {
    "red_cube": np.array([0.5, 0.1, 0.02, 1.0, 0.0, 0.0, 0.0]),
    "green_cube": np.array([0.45, -0.15, 0.02, 1.0, 0.0, 0.0, 0.0]),
}


# The backend torch needs PyTorch, and has tests of its own.
@pytest.mark.parametrize("name", sorted(set(BACKENDS) - {"torch"}))
def test_every_backend_is_made_by_its_name(contract: Contract, name: str) -> None:
    policy = make_policy(with_backend(contract, name))
    assert type(policy).__name__ == BACKENDS[name][1]


def test_profiles_may_name_exactly_the_backends_there_are() -> None:
    assert set(BACKENDS) == set(SUPPORTED)


def test_an_unknown_backend_lists_the_known_ones(contract: Contract) -> None:
    with pytest.raises(UnknownBackendError, match="'nobody'; there are hold, onnx, scripted, torch"):
        make_policy(with_backend(contract, "nobody"))


def test_a_backend_that_cannot_take_part_in_the_stitching_is_refused(contract: Contract) -> None:
    stitching = contract.policy.stitching.model_copy(update={"method": "guided"})
    with pytest.raises(
        UnknownBackendError, match="'onnx' cannot take part in stitching method 'guided'; it takes torch"
    ):
        make_policy(with_backend(contract, "onnx", stitching=stitching))


def test_hold_asks_for_what_is(contract: Contract, observation: Observation) -> None:
    chunk = HoldPolicy(contract).infer(observation, InferenceContext())
    assert chunk.rows.shape == (16, 5)
    assert np.allclose(chunk.rows[:, :4], 0.0) and np.allclose(chunk.rows[:, 4], 0.75)


def test_hold_gives_absolute_poses_where_the_profile_wants_them(contract: Contract, observation: Observation) -> None:
    terms = [
        term.model_copy(update={"meaning": "absolute"}) if term.kind.startswith("end") else term
        for term in contract.policy.action
    ]
    chunk = HoldPolicy(with_backend(contract, "hold", action=tuple(terms))).infer(observation, InferenceContext())
    # The tool centre point and yaw of MoveIt's "ready" pose.
    assert np.allclose(chunk.rows[0, :4], [0.307, 0.0, 0.487, 0.0], atol=2e-3)


@pytest.mark.parametrize("meaning", ["delta_to_observation", "delta_per_step", "relative"])
def test_hold_holds_in_every_meaning(contract: Contract, observation: Observation, meaning: str) -> None:
    changes = {"meaning": meaning, "frame": "tool", "representation": "axis_angle"}
    terms = [
        term.model_copy(update=changes) if term.kind.startswith("end") else term for term in contract.policy.action
    ]
    held = with_backend(contract, "hold", action=tuple(terms))
    chunk = HoldPolicy(held).infer(observation, InferenceContext())
    assert np.allclose(chunk.rows[:, :6], 0.0)
    targets = Meaning(held).targets(chunk)
    assert np.allclose(targets.positions, contract.robot.home_positions, atol=1e-3)
    assert np.allclose(targets.grippers["hand"], 0.75)


def test_scripted_goes_to_the_named_object(contract: Contract, observation: Observation) -> None:
    policy = ScriptedPolicy(contract, lambda: CUBES)
    red = policy.infer(observation, InferenceContext()).rows[-1]
    green = policy.infer(replace(observation, instruction="take the green block"), InferenceContext()).rows[-1]
    assert red[1] > 0.02 and green[1] < -0.02
    assert red[2] < -0.1 and red[4] > 0.9


def test_scripted_says_what_it_lacks(contract: Contract, observation: Observation) -> None:
    policy = ScriptedPolicy(contract)
    with pytest.raises(MissingGroundTruthError, match="bind the simulator's ground truth"):
        policy.infer(observation, InferenceContext())
    policy.bind(lambda: CUBES)
    with pytest.raises(MissingGroundTruthError, match="names 0 of the objects red_cube, green_cube"):
        policy.infer(replace(observation, instruction="dance"), InferenceContext())


def test_scripted_refuses_another_action_layout(contract: Contract) -> None:
    with pytest.raises(PolicyError, match="backend scripted speaks"):
        ScriptedPolicy(with_backend(contract, "scripted", action=contract.policy.action[::-1]))
