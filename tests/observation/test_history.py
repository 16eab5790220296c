"""Alignment of several steps, each with its images and joints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_assembly import NAMES, Rig

from steadyhand.observation.composition import blank_observation
from steadyhand.profiles.contract import Contract

Altered = Callable[..., Contract]


@pytest.fixture
def joint_space(altered: Altered) -> Callable[..., Contract]:
    """A contract whose state is the joints, with other keys of the policy and the deployment's images."""

    def make(policy: dict[str, object], **images: dict[str, object]) -> Contract:
        bindings = {
            key: {"camera": key, "topic": f"/{key}", **images.get(key, {})} for key in ("front", "wrist")
        }  # fmt: skip
        return altered(
            policy={"state": [{"kind": "joint_position", "joints": NAMES[:7]}], **policy},
            deployment={"images": bindings},
        )

    return make


def test_every_step_has_the_images_and_joints_of_its_time(joint_space: Callable[..., Contract]) -> None:
    rig = Rig(joint_space({"history": {"steps": 3, "interval": 0.1}}))
    rig.joints(*np.arange(9.7, 10.2, 0.01))
    for index in range(12):
        for key in ("front", "wrist"):
            rig.image(key, 9.7 + index / 30, value=index)
    selection = rig.assembler.select(10.09)
    newest = 9.7 + 11 / 30
    assert [moment.stamp for moment in selection.moments] == pytest.approx([newest - 0.2, newest - 0.1, newest])
    observation = rig.assembler.assemble(selection, "")
    assert observation.stamp == newest and observation.images["front"].shape == (3, 96, 96, 3)
    assert observation.images["front"][:, 0, 0, 0].tolist() == [5, 8, 11], "three periods of 30 Hz apart"
    assert observation.state.shape == (3, 7)
    assert observation.state[:, 0] == pytest.approx([0.1 * (newest - 0.2), 0.1 * (newest - 0.1), 0.1 * newest])
    assert observation.joint_positions[0] == pytest.approx(0.1 * newest), "relative actions refer to the newest"
    for name, back in (("front", 0.0), ("front[-1]", 0.1), ("wrist[-2]", 0.2), ("state[-1]", 0.1)):
        assert observation.inputs[name] == pytest.approx(newest - back)


def test_steps_without_an_interval_are_dt_apart(joint_space: Callable[..., Contract], contract: Contract) -> None:
    policy = joint_space({"history": 2}).policy
    assert policy.history_offsets == (-contract.policy.dt, 0.0) and contract.policy.history_offsets == (0.0,)


def test_a_history_that_is_not_there_yet_is_waited_for(joint_space: Callable[..., Contract]) -> None:
    rig = Rig(joint_space({"history": {"steps": 2, "interval": 0.1}}))
    rig.joints(*np.arange(9.8, 10.2, 0.01)).image("front", 10.0).image("wrist", 10.0)
    code, message = rig.code(10.01)
    assert code == "IMAGES_APART" and "front" in message and "later" in message
    rig.image("front", 10.1).image("wrist", 10.1)
    assert rig.assembler.select(10.11).moments[0].images["front"].stamp == 10.0


def test_an_observation_of_nothing_has_the_shapes_of_a_real_one(joint_space: Callable[..., Contract]) -> None:
    for steps, image, state in ((1, (96, 96, 3), (7,)), (2, (2, 96, 96, 3), (2, 7))):
        nothing = blank_observation(joint_space({"history": {"steps": steps, "interval": 0.1}}), NAMES)
        assert nothing.images["wrist"].shape == image and nothing.state.shape == state


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.floats(0.02, 0.05), min_size=12, max_size=20),
    st.lists(st.floats(0.02, 0.05), min_size=12, max_size=20),
    st.floats(0.0, 0.2),
    st.floats(0.0, 0.2),
    st.integers(1, 3),
)
def test_the_law_of_alignment(
    joint_space: Callable[..., Contract], front: list[float], wrist: list[float], late: float, later: float, steps: int
) -> None:
    """The capture time is the oldest of the newest; a step has the newest image up to its time; joints are linear."""
    contract = joint_space(
        {"history": {"steps": steps, "interval": 0.1}},
        front={"latency": late, "tolerance": 0.06},
        wrist={"latency": later, "tolerance": 0.06},
    )
    rig = Rig(contract)
    captured = {"front": 11.0 - np.cumsum(front)[::-1], "wrist": 11.0 - np.cumsum(wrist)[::-1]}
    for key, latency in (("front", late), ("wrist", later)):
        rig.image(key, *(captured[key] + latency))
    rig.joints(*np.arange(10.0, 11.1, 0.01))
    stamp = min(times[-1] for times in captured.values())
    selection = rig.assembler.select(max(times[-1] for times in captured.values()) + 0.05)
    assert selection.stamp == pytest.approx(stamp, abs=1e-9)
    for moment, back in zip(selection.moments, range(steps - 1, -1, -1), strict=True):
        assert moment.stamp == pytest.approx(stamp - 0.1 * back, abs=1e-9)
        for key, times in captured.items():
            expected = times[times <= moment.stamp + 1e-3 + 1e-9][-1]
            assert moment.images[key].stamp == pytest.approx(expected, abs=1e-9)
    state = rig.assembler.assemble(selection, "").state.reshape(steps, 7)
    assert state[:, 0] == pytest.approx([0.1 * moment.stamp for moment in selection.moments], abs=1e-9)


@pytest.mark.parametrize(("steps", "interval"), [(1, 0.1), (4, 0.25)])
def test_memory_is_bounded_by_what_a_history_needs(
    joint_space: Callable[..., Contract], steps: int, interval: float
) -> None:
    contract = joint_space({"history": {"steps": steps, "interval": interval}})
    rig = Rig(contract)
    for index in range(200):
        rig.image("front", 10.0 + index / 30).image("wrist", 10.0 + index / 30)
    rig.joints(*np.arange(10.0, 10.0 + 205 / 30, 0.01))
    assert rig.assembler.select(10.0 + 200 / 30).stamp == pytest.approx(10.0 + 199 / 30)
    kept = [len(stream) for stream in rig.assembler._images.values()]
    assert max(kept) <= 8 + 30 * steps * interval
