"""What a controller's parameters lead to."""

import pytest

from steadyhand.drivers.controller_findings import judge, wanted
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.robot import Arm


@pytest.fixture(scope="module")
def contract():
    return load_deployment("panda_embedded")


@pytest.fixture(scope="module")
def joints(contract):
    return arm_joints(contract.robot, contract.deployment)


@pytest.fixture
def robot(contract):
    """The robot with another way of driving its arm."""

    def make(driver="joint_trajectory", **keys):
        arm = Arm.model_validate({"driver": driver, "controller": "arm", **keys})
        return contract.robot.model_copy(update={"arm": arm})

    return make


def sound(joints, path=0.3):
    constraints = {f"constraints.{name}.trajectory": path for name in joints.names}
    return {"joints": list(joints.names), "constraints.goal_time": 1.0, **constraints}


def test_a_controller_that_fits_needs_no_change(joints, robot):
    findings = judge(sound(joints), robot(), joints)
    assert findings.refusal is None
    assert findings.advice == ()
    assert set(sound(joints)) <= wanted(joints)


def test_other_joints_are_refused_unless_it_takes_some_of_its_own(joints, robot):
    more = sound(joints) | {"joints": [*joints.names, "rail"]}
    refusal = judge(more, robot(), joints).refusal
    assert refusal is not None
    assert refusal.reason is Reason.CONTROLLER_MISMATCH
    assert "rail" in str(refusal)
    assert judge(more | {"allow_partial_joints_goal": True}, robot(), joints).refusal is None
    assert judge(sound(joints) | {"joints": ["a"]}, robot(), joints).refusal is not None


def test_names_are_enough_for_trajectories_in_whatever_order(joints, robot):
    assert judge(sound(joints) | {"joints": list(reversed(joints.names))}, robot(), joints).refusal is None


@pytest.mark.parametrize("driver", ["joint_trajectory", "follow_joint_trajectory", "move_group"])
def test_a_controller_that_begins_each_trajectory_anew_is_refused_until_it_is_told_not_to(joints, robot, driver):
    name = "allow_trajectory_replacement"
    refusal = judge(sound(joints) | {name: True}, robot(driver), joints).refusal
    assert refusal is not None
    assert refusal.reason is Reason.CONTROLLER_MISMATCH
    assert f"set its parameter {name} to false" in str(refusal)
    assert judge(sound(joints) | {name: False}, robot(driver), joints).refusal is None
    assert name in wanted(joints)


def test_tolerances_that_are_unset_or_strike_before_our_brake_are_told(joints, robot):
    assert "no path tolerance" in judge(sound(joints, 0.0), robot(), joints).advice[0]
    assert "not above safety.tracking_error" in judge(sound(joints, 0.1), robot(), joints).advice[0]
    own = robot("follow_joint_trajectory", tolerances={"path": 0.3, "goal_time": 1.0})
    assert judge(sound(joints, 0.0) | {"constraints.goal_time": 0.0}, own, joints).advice == ()
    without = robot("follow_joint_trajectory")
    assert "goal_time" in judge(sound(joints) | {"constraints.goal_time": 0.0}, without, joints).advice[0]


def test_what_a_version_does_not_have_is_passed_over(joints, robot):
    assert judge({}, robot(), joints).refusal is None
    assert "deprecated" in judge({"open_loop_control": True}, robot(), joints).advice[0]


@pytest.mark.parametrize(
    "parameters",
    [{}, {"joints": "reversed"}, {"joints": "same", "interface_name": "velocity"}],
    ids=["silent", "other order", "other interface"],
)
def test_a_forwarder_is_refused_unless_it_tells_the_same_joints_in_the_same_order(joints, robot, parameters):
    names = {"reversed": list(reversed(joints.names)), "same": list(joints.names)}
    told = {key: names.get(value, value) for key, value in parameters.items()}
    forwarder = robot("forward_position", downstream_timeout=0.2)
    assert judge(told, forwarder, joints).refusal is not None
    assert judge({"joints": names["same"], "interface_name": "position"}, forwarder, joints).refusal is None
