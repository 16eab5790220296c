from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from deployed import deployed, joints_and_grippers
from steadyhand.chunks.arm import arm_model, arm_models
from steadyhand.observation.exceptions import StateError
from steadyhand.observation.joints import JointSample
from steadyhand.observation.state import StateLayout
from steadyhand.profiles.contract import Contract

NAMES = (*(f"panda_joint{index}" for index in range(1, 8)), "panda_finger_joint1")
HOME = [0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785]


def at_home(finger: float = 0.03) -> JointSample:
    return JointSample(np.array([*HOME, finger]), np.arange(8.0))


def layout(contract: Contract) -> StateLayout:
    return StateLayout(contract, NAMES, arm_model(contract))


def test_the_embedded_policys_state_at_home(contract: Contract) -> None:
    state = layout(contract).vector(at_home())
    assert state.shape == (contract.policy.state_size,)
    # MoveIt's "ready" pose: the hand points down and forward; the tool centre point is 0.1034 m below the hand.
    assert state == pytest.approx([0.307, 0.0, 0.487, 0.0, 1.0, 0.75], abs=1e-3)


def test_joints_come_in_the_policys_order_unit_and_direction(altered: Callable[..., Contract]) -> None:
    terms = [
        {"kind": "joint_position", "joints": ["elbow", "panda_joint1", "panda_finger_joint1"]},
        {"kind": "joint_velocity", "joints": ["elbow"]},
    ]
    bindings = {"elbow": {"joint": "panda_joint4", "unit": "deg", "sign": -1, "offset": 10.0}}
    contract = altered(policy={"state": terms}, deployment={"policy_joints": bindings})
    state = StateLayout(contract, NAMES, None).vector(at_home())
    assert state == pytest.approx([np.rad2deg(2.356) + 10.0, 0.0, 0.03, -np.rad2deg(3.0)])


def test_no_joints_named_are_all_of_the_arm(altered: Callable[..., Contract]) -> None:
    contract = altered(policy={"state": [{"kind": "joint_position"}]})
    assert StateLayout(contract, NAMES, None).vector(at_home()) == pytest.approx(HOME)


def test_a_gripper_is_counted_between_the_policys_closed_and_open(altered: Callable[..., Contract]) -> None:
    contract = altered(policy={"state": [{"kind": "gripper", "gripper": "hand", "closed": 1.0, "open": -1.0}]})
    fill = StateLayout(contract, NAMES, None).vector
    assert [fill(at_home(finger))[0] for finger in (0.0, 0.02, 0.04)] == pytest.approx([1.0, 0.0, -1.0])


def test_padding_keeps_its_place(altered: Callable[..., Contract]) -> None:
    terms = [{"kind": "padding", "size": 2, "value": 5.0}, {"kind": "gripper", "gripper": "hand"}]
    assert StateLayout(altered(policy={"state": terms}), NAMES, None).vector(at_home()) == pytest.approx([5, 5, 0.75])


def test_no_terms_are_no_state(altered: Callable[..., Contract]) -> None:
    assert StateLayout(altered(policy={"state": []}), NAMES, None).vector(at_home()).shape == (0,)


def test_a_commanded_term_takes_what_is_commanded(altered: Callable[..., Contract]) -> None:
    terms = [{"kind": "joint_position", "source": "commanded"}, {"kind": "joint_position", "joints": ["panda_joint2"]}]
    state = StateLayout(altered(policy={"state": terms}), NAMES, None)
    commanded = JointSample(np.full(7, 0.5), np.zeros(7))
    assert state.needs_commanded
    assert state.vector(at_home(), commanded) == pytest.approx([0.5] * 7 + [HOME[1]])
    with pytest.raises(StateError, match="commanded"):
        state.vector(at_home(), None)


@pytest.mark.parametrize(
    "term",
    [
        {"kind": "joint_position", "joints": ["wheel"]},
        {"kind": "gripper", "gripper": "hand", "source": "commanded"},
        {"kind": "end_effector_position"},
    ],
)
def test_a_term_that_this_robot_does_not_give_is_an_error(
    altered: Callable[..., Contract], term: dict[str, object]
) -> None:
    with pytest.raises(StateError, match=str(term["kind"])):
        StateLayout(altered(policy={"state": [term]}), NAMES, None)


def test_poses_of_several_arms_are_each_in_their_own_base():
    robot = "aloha"
    terms = [{"kind": "end_effector_position", "arm": arm} for arm in ("left", "right")]
    contract = deployed(robot, joints_and_grippers(robot), terms)
    home = contract.robot.home_positions
    sample = JointSample(home + np.repeat([0.0, 0.2], 6), np.zeros(12))
    state = StateLayout(contract, contract.robot.joint_names, arm_models(contract)).vector(sample)
    models = arm_models(contract)
    expected = [
        models[arm].forward(sample.positions[columns])[:3, 3] for arm, columns in contract.robot.arm_columns.items()
    ]
    assert contract.policy.state_names == ("left_x", "left_y", "left_z", "right_x", "right_y", "right_z")
    np.testing.assert_allclose(state, np.concatenate(expected))
