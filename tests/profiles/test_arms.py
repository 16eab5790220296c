"""Robots with several arms or a base, and two robots in one graph: what is refused, and what is kept apart."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

import steadyhand
from deployed import deployed, joints_and_grippers
from steadyhand.profiles.exceptions import ProfileError
from steadyhand.profiles.resources import resource

MOBILE = yaml.safe_load(resource("config/robots/mobile_aloha.yaml").read_text(encoding="utf-8"))
LEFT = MOBILE["arms"]["left"]["joints"]
ACTION = [*joints_and_grippers("mobile_aloha"), {"kind": "base_velocity"}]


def checked(tmp_path, robot, action=ACTION):
    path = tmp_path / "robot.yaml"
    path.write_text(yaml.safe_dump(robot, sort_keys=False))
    return deployed(str(path), action)


def altered(**changes):
    robot = yaml.safe_load(yaml.safe_dump(MOBILE))
    for key, value in changes.items():
        *parents, last = key.split("__")
        place = robot
        for part in parents:
            place = place[part]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return robot


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arm": {"controller": "c"}}, "the robot has arms"),
        ({"arms": None}, "is missing"),
        ({"arms__left__joints": LEFT[:5]}, "belongs to none of the arms"),
        ({"arms__left__joints": [*LEFT[:5], "right_waist"]}, "is a joint of 'left' already"),
        ({"arms__left__joints": [*LEFT[:5], "left_elbw"]}, "Did you mean 'left_elbow'"),
        ({"arms__right__controller": "follower_left/arm_controller"}, "drives 'left' already"),
        ({"arms__right__frames__tip": "follower_left/ee_gripper_link"}, "is not beyond 'follower_right/base_link'"),
        ({"arms__right__workspace__lower": [0.7, -0.4, 0.0]}, "not below the upper corner"),
        ({"base__downstream_timeout": None}, "would drive on when the bridge dies"),
        ({"base__downstream_timeout": 0.8}, "max_unattended_motion"),
        ({"base__downstream_timeout": 0.05}, "the longest time between two commands"),
        ({"base__linear__brake_acceleration": 0.1}, "A stop needs at least as much"),
        ({"base": None}, "the robot has no base"),
    ],
    ids=str,
)  # fmt: skip
def test_what_contradicts_itself_is_refused(tmp_path, changes, message):
    with pytest.raises(ProfileError, match=message):
        checked(tmp_path, altered(**changes))


@pytest.mark.parametrize(
    ("robot", "term", "message"),
    [
        ("aloha", {"arm": "middle"}, "no arm 'middle'"),
        ("aloha", {}, "does not say of which arm"),
        ("ur5e", {"arm": "left"}, "one arm, which has no name"),
    ],
)
def test_a_pose_is_of_an_arm_that_there_is(robot, term, message):
    with pytest.raises(ProfileError, match=message):
        deployed(robot, [{"kind": "end_effector_position", "meaning": "absolute"} | term])


def test_a_tool_of_the_deployment_is_that_of_every_arm():
    tool = {"xyz": [0.0, 0.0, 0.1]}
    contract = deployed("aloha", ACTION[:-1], end_effector={"tool": tool})
    assert all(one.robot.tool.xyz == (0.0, 0.0, 0.1) for one in contract.each_arm().values())


def names_of(robot):
    return {
        robot.joint_states.topic,
        *(one.arm.controller for one in robot.each_arm.values()),
        *(gripper.controller for gripper in robot.grippers.values()),
        robot.base.topic if robot.base else robot.joint_states.topic,
    }


@pytest.mark.parametrize("name", ["panda", "so101", "mobile_aloha"])
def test_two_robots_in_one_graph_share_no_name(name):
    actions = joints_and_grippers(name)
    first, second = (deployed(name, actions, namespace=namespace) for namespace in ("robot_a", "robot_b"))
    assert names_of(first.robot).isdisjoint(names_of(second.robot))
    assert all("robot_a/" in found for found in names_of(first.robot))
    assert first.robot.joint_states.topic.startswith("/robot_a/")
    assert first.hash != second.hash
    with pytest.raises(ProfileError, match="namespace"):
        deployed(name, actions, namespace="/robot a/")


def test_the_nodes_names_are_relative_and_so_follow_their_namespace():
    shared = {"/diagnostics", "/clock", "/tf", "/tf_static"}
    folder = Path(steadyhand.__file__).parent / "nodes"
    absolute = set()
    for module in ("bridge", "policy", "policy_inputs", "pilot", "instruction"):
        for node in ast.walk(ast.parse((folder / f"{module}.py").read_text())):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if named and node.func.attr.startswith("create_"):
                texts = [part.value for part in node.args if isinstance(part, ast.Constant)]
                absolute |= {text for text in texts if isinstance(text, str) and text.startswith("/")}
    assert absolute <= shared
