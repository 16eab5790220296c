"""Servo and mobile bases: whether they are there, and who else commands them."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployed import deployed
from steadyhand.doctor.examination import examine
from steadyhand.doctor.machine import Machine
from steadyhand.doctor.survey import ArmController, Endpoint, GraphSurvey, SeenController, SeenNode, Survey, Topic

SERVO_ROBOT = Path(__file__).parents[1] / "integration/config/robots/servo_panda.yaml"
JOINTS = {"kind": "joint_position", "meaning": "absolute"}
JOG = "/servo_node/delta_joint_cmds"
CONTROLLER = "panda_arm_controller"
ACTIVE = {CONTROLLER: SeenController("active")}
TWIST = "geometry_msgs/msg/Twist"


def findings(contract, topics=None, arms=None, controllers=ACTIVE, namespace=""):
    """Return code and place of what is found of arms, bases and who commands them."""
    nodes = {"/driver": SeenNode()}
    graph = GraphSurvey(3.0, namespace, nodes, topics=topics or {}, arms=arms or {}, controllers=controllers)
    found = examine(Survey(Machine(), graph), contract)
    return {(str(one.code), one.where) for one in found if str(one.code).startswith(("CONTROLLER", "OTHER"))}


def listened(topic, listener, *publishers, kind="control_msgs/msg/JointJog"):
    return {topic: Topic(tuple(Endpoint(one, kind) for one in publishers), (Endpoint(listener, kind),))}


@pytest.fixture(scope="module")
def by_servo():
    return deployed(str(SERVO_ROBOT), [JOINTS])


@pytest.fixture(scope="module")
def mobile():
    return deployed("mobile_aloha", [JOINTS, {"kind": "base_velocity"}])


def test_servo_that_listens_is_fit(by_servo):
    arms = {CONTROLLER: ArmController(topic=JOG)}
    assert findings(by_servo, listened(JOG, "/servo_node", "/bridge"), arms) == set()


def test_servo_that_is_missing_is_named(by_servo):
    assert findings(by_servo) == {("CONTROLLER_ABSENT", "/servo_node")}


def test_servo_that_listens_no_longer_is_missing(by_servo):
    assert findings(by_servo, arms={CONTROLLER: ArmController(topic=JOG)}) == {("CONTROLLER_ABSENT", "/servo_node")}


def test_servo_that_may_not_drive_the_arm_is_named(by_servo):
    arms = {CONTROLLER: ArmController("DOWNSTREAM_TIMEOUT", "follows for 9 s", topic=JOG)}
    found = findings(by_servo, listened(JOG, "/servo_node"), arms)
    assert found == {("CONTROLLER_MISMATCH", "/servo_node")}


@pytest.mark.parametrize(
    ("controllers", "code"),
    [({CONTROLLER: SeenController("inactive")}, "CONTROLLER_INACTIVE"), ({}, "CONTROLLER_ABSENT")],
)
def test_the_controller_behind_servo_must_be_active(by_servo, controllers, code):
    arms = {CONTROLLER: ArmController(topic=JOG)}
    found = findings(by_servo, listened(JOG, "/servo_node"), arms, controllers)
    assert found == {(code, CONTROLLER)}


def test_another_publisher_on_servos_topic_is_named(by_servo):
    arms = {CONTROLLER: ArmController(topic=JOG)}
    found = findings(by_servo, listened(JOG, "/servo_node", "/bridge", "/joystick"), arms)
    assert found == {("OTHER_PUBLISHER", JOG)}


def of_base(contract, *arguments, **options):
    return {one for one in findings(contract, *arguments, **options) if one[1].endswith("/cmd_vel")}


def test_a_base_that_nobody_moves_is_named(mobile):
    topic = mobile.robot.base.topic
    assert of_base(mobile) == {("CONTROLLER_ABSENT", topic)}
    assert of_base(mobile, listened(topic, "/base", "/bridge", kind=TWIST)) == set()


def test_a_base_that_takes_another_message_is_named(mobile):
    topic = mobile.robot.base.topic
    assert of_base(mobile, listened(topic, "/base", kind=f"{TWIST}Stamped")) == {("CONTROLLER_MISMATCH", topic)}


def test_another_publisher_on_the_bases_topic_is_named(mobile):
    topic = mobile.robot.base.topic
    found = of_base(mobile, listened(topic, "/base", "/bridge", "/navigation", kind=TWIST))
    assert found == {("OTHER_PUBLISHER", topic)}


def test_a_base_that_the_policy_does_not_drive_is_no_concern():
    assert of_base(deployed("mobile_aloha", [JOINTS])) == set()
