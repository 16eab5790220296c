from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import make_scene
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.robot import RobotProfile, SceneBox

from .rig import STEP, Rig


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_deployment("panda_embedded")


@pytest.fixture
def rig(contract: Contract) -> Rig:
    return Rig(contract)


def test_a_good_chunk_moves_the_tool_where_it_says(rig: Rig) -> None:
    rig.begin()
    rig.receive()
    assert rig.bridge.executor.phase is Phase.RUNNING
    rig.advance(1.2)
    from steadyhand.chunks.arm import arm_model

    arm = arm_model(rig.contract)
    start = arm.forward(rig.contract.robot.home_positions)
    # The arm rested until 0.03 s after the chunk came at 50.2 s, so that the rows are due from there on.
    reference = rig.bridge.executor.reference
    assert reference is not None
    reached = arm.forward(reference.sample(51.2).position)
    moved = reached[:3, 3] - start[:3, 3]
    assert moved[0] == pytest.approx(0.01 * (51.2 - 50.23) / 0.1, abs=2e-3)
    assert_allclose(moved[1:], 0.0, atol=1e-3)
    assert rig.hand == [1.0]


def test_the_arm_is_held_until_its_joints_are_known(rig: Rig) -> None:
    rig.hears = set()
    rig.advance(0.5)
    assert rig.bridge.executor.phase is Phase.INACTIVE
    with pytest.raises(RefusedError) as refusal:
        rig.bridge.open("e1", rig.now, rig.now, shadow=False, speed=1.0)
    assert refusal.value.reason is Reason.JOINT_STATE_STALE


@pytest.mark.parametrize(
    ("missing", "within", "reason"),
    [
        ("joints", 0.2 + 0.2, Reason.JOINT_STATE_STALE),
        ("pilot", 1.0 + 0.2, Reason.PILOT_SILENT),
        ("policy", 1.0 + 0.2, Reason.POLICY_SILENT),
    ],
)
def test_what_falls_silent_brakes_within_200_ms_of_its_limit(
    rig: Rig, missing: str, within: float, reason: Reason
) -> None:
    rig.begin()
    rig.receive()
    rig.advance(0.3)
    rig.hears.remove(missing)
    since = rig.now
    while rig.bridge.executor.phase is Phase.RUNNING and rig.now < since + 3.0:
        if round((rig.now - since) / STEP) % 8 == 7:
            rig.receive(sequence=100 + rig.sequence)
        rig.step()
    assert rig.now - since <= within + STEP
    assert rig.bridge.executor.reason is reason
    rig.advance(0.6)
    assert rig.bridge.executor.phase is Phase.HELD


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rows": np.full((16, 5), np.nan)}, Reason.CHUNK_NOT_FINITE),
        ({"rows": np.zeros((16, 6))}, Reason.CHUNK_WIDTH),
        ({"stamp": 48.0}, Reason.OBSERVATION_STALE),
        ({"sequence": 0}, Reason.CHUNK_MISORDERED),
        ({"profile_hash": "other"}, Reason.CHUNK_PROFILE),
        ({"rows": np.tile([0.9, 0.0, 0.0, 0.0, 1.0], (16, 1))}, Reason.UNREACHABLE),
        ({"rows": np.tile([0.0, 0.0, -0.55, 0.0, 1.0], (16, 1))}, Reason.WORKSPACE),
        ({"rows": np.tile([0.25, 0.0, 0.0, 0.0, 1.0], (16, 1))}, Reason.START_JUMP),
    ],
)
def test_a_refused_chunk_brakes_at_once(rig: Rig, changes: dict[str, object], reason: Reason) -> None:
    rig.begin()
    rig.receive()
    rig.advance(0.4)
    rig.receive(**changes)
    assert rig.bridge.executor.phase is Phase.BRAKING
    assert rig.bridge.executor.reason is reason, rig.bridge.executor.message
    assert rig.bridge.refused == 1
    rig.advance(0.8)
    assert rig.bridge.executor.phase is Phase.HELD


def test_after_a_fault_has_cleared_resume_continues(rig: Rig) -> None:
    rig.begin()
    rig.receive()
    rig.advance(0.3)
    rig.receive(rows=np.full((16, 5), np.inf))
    rig.advance(1.0)
    rig.receive()
    assert rig.bridge.executor.phase is Phase.HELD
    rig.bridge.resume(rig.now, rig.now)
    rig.receive()
    assert rig.bridge.executor.phase is Phase.RUNNING


def test_chunks_of_another_episode_are_left_aside(rig: Rig) -> None:
    rig.begin()
    rig.receive(episode_id="e0")
    assert rig.bridge.executor.phase is Phase.HELD
    assert rig.bridge.refused == 0


def test_an_arm_that_does_not_follow_is_braked(rig: Rig) -> None:
    rig.begin()
    rig.receive(rows=np.tile([0.0, 0.0, 0.0, 0.0, 1.0], (16, 1)) + np.arange(1, 17)[:, None] * [0.0, 0.02, 0, 0, 0])
    rig.advance(0.2)
    stuck = rig.measured.copy()
    for _ in range(40):
        rig.window = None
        rig.measured = stuck
        rig.step()
        if rig.bridge.executor.phase is not Phase.RUNNING:
            break
    assert rig.bridge.executor.reason is Reason.TRACKING_ERROR


def test_a_clock_that_goes_back_holds_until_a_new_goal(rig: Rig) -> None:
    rig.begin()
    rig.receive()
    rig.advance(0.3)
    rig.now -= 20.0
    rig.step()
    rig.advance(1.0)
    assert rig.bridge.executor.phase is Phase.HELD
    assert rig.bridge.executor.reason is Reason.CLOCK_JUMP


def test_shadow_computes_everything_and_commands_nothing(rig: Rig) -> None:
    rig.begin(shadow=True)
    rig.receive()
    assert rig.bridge.executor.phase is Phase.RUNNING
    rig.advance(1.0)
    assert rig.window is None
    assert rig.hand == []


def test_the_gripper_says_nothing_while_braking(rig: Rig) -> None:
    rig.begin()
    rows = np.zeros((16, 5))
    rows[4:, -1] = 1.0
    rig.receive(rows=rows)
    rig.advance(0.2)
    assert rig.hand == [0.0]
    rig.bridge.stop(rig.now)
    rig.advance(1.0)
    assert rig.hand == [0.0]
    assert rig.bridge.executor.reason is Reason.STOPPED


def test_joints_that_are_not_finite_brake(rig: Rig) -> None:
    rig.begin()
    rig.receive()
    rig.advance(0.2)
    rig.bridge.watch.hear_joints(rig.now, np.full(7, np.nan))
    rig.bridge.tick(rig.now, rig.now)
    assert rig.bridge.executor.reason is Reason.JOINT_STATE_INVALID


def test_a_start_pose_that_touches_the_scene_is_refused(contract: Contract) -> None:
    boxes = {"pillar": SceneBox(size=(0.1, 0.1, 1.0), xyz=(0.28, 0.12, 0.5))}
    robot = contract.robot.model_copy(
        update={
            "scene": contract.robot.scene.model_copy(update={"boxes": boxes}),
            "home": (0.9, *contract.robot.home[1:]),
        }
    )
    rig = Rig(replace(contract, robot=RobotProfile.model_validate(robot.model_dump())))
    rig.measured = np.array([-0.3, *contract.robot.home[1:]])
    rig.advance(0.1)
    with pytest.raises(RefusedError, match="pillar") as refusal:
        rig.bridge.open("e1", rig.now, rig.now, shadow=False, speed=1.0)
    assert refusal.value.reason is Reason.COLLISION
    assert rig.bridge.executor.episode_id == ""


def test_a_chunk_into_the_table_is_refused_before_it_moves_the_arm(contract: Contract) -> None:
    boxes = {"table": SceneBox(size=(1.2, 1.3, 0.05), xyz=(0.35, 0.0, 0.2))}
    robot = contract.robot.model_copy(update={"scene": contract.robot.scene.model_copy(update={"boxes": boxes})})
    rig = Rig(replace(contract, robot=robot))
    rig.begin()
    rows = np.zeros((16, 5))
    rows[:, 2] = -0.025 * np.arange(1, 17)
    rig.receive(rows=rows)
    assert rig.bridge.executor.reason is Reason.COLLISION, rig.bridge.executor.message
    assert rig.bridge.executor.phase is Phase.HELD


def test_an_episode_that_is_opened_twice_is_one(rig: Rig) -> None:
    rig.begin()
    rig.receive()
    rig.bridge.open("e1", rig.now, rig.now, shadow=False, speed=1.0)
    assert rig.bridge.executor.phase is Phase.RUNNING


def test_an_arm_that_would_fold_into_itself_is_told_apart_from_one_that_touches_a_box(contract: Contract) -> None:
    scene = make_scene(contract)
    assert scene is not None
    for folded in ([0.8, -0.82, -2.68, -3.04, 1.83, 3.44, 0.62], [-0.29, 1.06, -1.57, -2.93, -0.56, 0.72, -2.39]):
        with pytest.raises(RefusedError, match="panda_link") as refusal:
            scene.check(Reference.resting(0.0, np.array(folded)))
        assert refusal.value.reason is Reason.SELF_COLLISION
