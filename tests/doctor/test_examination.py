"""A healthy graph has no findings, and each thing that is spoilt is called by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployed import ROBOTS, deployed
from steadyhand.doctor.codes import Severity
from steadyhand.doctor.examination import examine
from steadyhand.doctor.machine import Machine, RosProcess
from steadyhand.doctor.needs import COMPRESSED, IMAGE, JOINTS, needs
from steadyhand.doctor.survey import (
    ArmController,
    Diagnosis,
    Endpoint,
    GraphSurvey,
    JointMessage,
    Qos,
    SeenController,
    SeenImage,
    SeenNode,
    Stream,
    Survey,
    Topic,
)

from .conftest import BEST_EFFORT, COMMANDS, HAND, ticking, topic

FRONT = "/front_camera/image_raw"
FRONT_INFO = "/front_camera/camera_info"


def within(graph, **changes):
    """Return a graph in which entries of its mappings are others; None takes one away."""
    found = {}
    for field, entries in changes.items():
        merged = dict(getattr(graph, field)) | entries
        found[field] = {key: value for key, value in merged.items() if value is not None}
    return replace(graph, **found)


def holed(stream, keep):
    """Return a stream of which only some messages arrived."""
    stamps = [stamp for k, stamp in enumerate(stream.stamps) if keep(k)]
    return Stream(stream.kind, tuple(stamps), tuple(stamps), (0.002,) * len(stamps))


def aged(graph, name, age):
    stream = graph.streams[name]
    return within(graph, streams={name: replace(stream, ages=(age,) * len(stream.stamps))})


def publishing(graph, name, *nodes, qos=BEST_EFFORT):
    there = graph.topics.get(name, Topic())
    added = tuple(Endpoint(node, "any", qos) for node in nodes)
    return within(graph, topics={name: replace(there, publishers=there.publishers + added)})


def shrunk(graph, width, height):
    """Return a graph whose camera is too small for the policy."""
    small = replace(graph.images[FRONT], width=width, height=height)
    return within(graph, images={FRONT: small}, camera_infos={FRONT: small})


def test_a_healthy_graph_has_no_findings(graph, codes):
    assert codes(graph) == []
    assert codes(graph, contract=None) == []


SPOILT = {
    "TOPIC_ABSENT": lambda g: within(g, topics={FRONT: None}),
    "TOPIC_TYPE": lambda g: within(g, topics={FRONT: topic(COMPRESSED, "/camera", "/policy")}),
    "TOPIC_SILENT": lambda g: within(g, streams={FRONT: Stream(IMAGE)}, images={FRONT: None}),
    "RATE_LOW": lambda g: within(g, streams={FRONT: ticking(IMAGE, 10.0), FRONT_INFO: ticking("", 10.0)}),
    "RATE_HIGH": lambda g: within(g, streams={"/joint_states": ticking(JOINTS, 500.0)}),
    "QOS_INCOMPATIBLE": lambda g: within(
        g,
        topics={
            "/safe": Topic(
                (Endpoint("/plc", "std_msgs/msg/Bool"),),
                (Endpoint("the bridge", "std_msgs/msg/Bool", Qos(durability="transient_local"), True),),
            )
        },
    ),
    "QOS_INCOMPATIBLE_ELSEWHERE": lambda g: within(
        g, topics={"/x": Topic((Endpoint("/a", "t", BEST_EFFORT),), (Endpoint("/b", "t", Qos()),))}
    ),
    "STAMP_ZERO": lambda g: within(
        g, streams={"/joint_states": replace(g.streams["/joint_states"], stamps=(0.0,) * 60)}
    ),
    "STAMP_STANDING": lambda g: within(
        g, streams={"/joint_states": replace(g.streams["/joint_states"], stamps=(7.0,) * 60)}
    ),
    "STAMP_FUTURE": lambda g: aged(g, FRONT, -0.2),
    "STAMP_STALE": lambda g: aged(g, FRONT, 0.9),
    "CLOCK_OFFSET": lambda g: aged(g, FRONT, 3600.0),
    "CLOCK_ABSENT": lambda g: within(g, nodes={"/camera": SeenNode(1, True)}),
    "IMAGE_SIZE": lambda g: within(
        g, images={FRONT: replace(g.images[FRONT], width=1280)}, camera_infos={FRONT: SeenImage(1280, 480)}
    ),
    "IMAGE_ENCODING": lambda g: within(g, images={FRONT: replace(g.images[FRONT], encoding="16UC1")}),
    "IMAGE_SMALL": lambda g: shrunk(g, 100, 80),
    "IMAGE_FRAME": lambda g: within(g, images={FRONT: replace(g.images[FRONT], frame="wrist_camera_optical_frame")}),
    "IMAGES_LOST": lambda g: within(g, streams={FRONT: holed(g.streams[FRONT], lambda k: k % 5 != 2)}),
    "CAMERA_INFO_ABSENT": lambda g: within(g, camera_infos={FRONT: None}, streams={FRONT_INFO: None}),
    "CAMERA_INFO_SIZE": lambda g: within(g, camera_infos={FRONT: SeenImage(320, 240)}),
    "DESCRIPTION_ABSENT": lambda g: replace(g, description=""),
    "DESCRIPTION_JOINTS": lambda g: replace(g, description=g.description.replace("panda_joint3", "joint_three")),
    "DESCRIPTION_LIMITS": lambda g: replace(g, description=g.description.replace("2.9671", "1.5")),
    "DESCRIPTION_DIFFERS": lambda g: replace(g, description=g.description.replace("0.333", "0.433")),
    "TF_ABSENT": lambda g: replace(g, transforms={}),
    "TF_FRAME_MISSING": lambda g: within(g, transforms={"front_camera_optical_frame": None}),
    "TF_DISCONNECTED": lambda g: within(g, transforms={"panda_hand": ("elsewhere",)}),
    "TF_TWO_PARENTS": lambda g: within(g, transforms={"panda_hand": ("world", "panda_link7")}),
    "CONTROLLER_ABSENT": lambda g: within(g, topics={COMMANDS: replace(g.topics[COMMANDS], subscriptions=())}),
    "CONTROLLER_MISMATCH": lambda g: replace(
        g, arms={"panda_arm_controller": ArmController("CONTROLLER_MISMATCH", "has other joints")}
    ),
    "CONTROLLER_CLAIMS": lambda g: replace(
        g, controllers={"panda_arm_controller": SeenController("active", "", ("left_joint/position",))}
    ),
    "CONTROLLER_ADVICE": lambda g: replace(g, arms={"panda_arm_controller": ArmController(advice=("set it",))}),
    "CONTROLLER_UNKNOWN": lambda g: replace(
        g, controllers=None, arms={"panda_arm_controller": ArmController(silent=True)}
    ),
    "GRIPPER_ABSENT": lambda g: replace(g, servers={HAND: False}),
    "OTHER_PUBLISHER": lambda g: publishing(g, COMMANDS, "/teleop", qos=Qos()),
    "NODE_ABSENT": lambda g: within(g, nodes={"/pilot": None}),
    "NODES_NOT_STARTED": lambda g: within(
        g,
        nodes={"/pilot": None, "/policy": None, "/bridge": None},
        topics={COMMANDS: replace(g.topics[COMMANDS], publishers=())},
    ),
    "NODE_INACTIVE": lambda g: within(g, nodes={"/bridge": SeenNode(1, False, "inactive")}),
    "NODE_TWICE": lambda g: within(g, nodes={"/camera": SeenNode(2, False)}),
    "POLICY_SILENT": lambda g: within(g, streams={"/policy/heartbeat": Stream("std_msgs/msg/Header")}),
    "PROFILE_DIFFERS": lambda g: within(g, diagnoses={"policy": Diagnosis(0, "ready", {"profile hash": "abc"})}),
    "DIAGNOSTIC_ERROR": lambda g: within(g, diagnoses={"bridge": Diagnosis(2, "held: CONTROLLER_SILENT")}),
    "DIAGNOSTIC_WARNING": lambda g: within(g, diagnoses={"policy": Diagnosis(1, "IMAGE_STALE: old")}),
    "LATENCY_LONG": lambda g: within(g, diagnoses={"policy": Diagnosis(0, "", {"latency median [s]": "1.0"})}),
    "LATENCY_TOO_LONG": lambda g: within(g, diagnoses={"policy": Diagnosis(0, "", {"latency median [s]": "9"})}),
}


@pytest.mark.parametrize("code", SPOILT)
def test_what_is_spoilt_in_a_graph_is_named(code, graph, codes):
    # A size that is too small is another one than the profile's, too.
    others = {"IMAGE_SIZE"} if code == "IMAGE_SMALL" else set()
    assert set(codes(SPOILT[code](graph))) - others == {code}


def moved(graph, **changes):
    message = graph.joints["/joint_states"][0]
    values = dict(zip(message.names, message.positions, strict=True)) | changes
    return spoken(graph, JointMessage(tuple(values), tuple(values.values())))


def spoken(graph, *messages):
    return replace(graph, joints={"/joint_states": messages})


JOINTS_SPOILT = {
    "JOINT_NOT_FINITE": lambda g, m: moved(g, panda_joint2=float("nan")),
    "JOINT_LIMITS": lambda g, m: moved(g, panda_joint1=3.1),
    "JOINT_DEGREES": lambda g, m: moved(g, panda_joint4=-135.0, panda_joint6=90.0),
    "GRIPPER_UNITS": lambda g, m: moved(g, panda_finger_joint1=39.0),
    "GRIPPER_RANGE": lambda g, m: moved(g, panda_finger_joint1=0.06),
    "JOINT_MISSING": lambda g, m: spoken(g, JointMessage(m.names[1:], m.positions[1:])),
    "JOINT_PREFIX": lambda g, m: spoken(g, JointMessage(tuple(f"r_{name}" for name in m.names), m.positions)),
    "JOINT_PARTS": lambda g, m: spoken(
        g, JointMessage(m.names[:4], m.positions[:4]), JointMessage(m.names[4:], m.positions[4:])
    ),
    "JOINT_TWICE": lambda g, m: spoken(g, JointMessage(m.names + m.names[:1], m.positions + m.positions[:1])),
    "JOINT_ORDER": lambda g, m: spoken(g, JointMessage(m.names[::-1], m.positions[::-1])),
}


@pytest.mark.parametrize("code", JOINTS_SPOILT)
def test_what_is_spoilt_in_joint_states_is_named(code, graph, codes):
    found = set(codes(JOINTS_SPOILT[code](graph, graph.joints["/joint_states"][0])))
    assert found - ({"JOINT_ORDER"} if code == "JOINT_TWICE" else set()) == {code}


def test_degrees_are_suspected_without_a_deployment_too(graph, codes):
    assert codes(moved(graph, panda_joint4=-135.0), contract=None) == ["JOINT_DEGREES"]


def test_joints_that_the_deployment_converts_are_not_suspected(graph, contract):
    spoilt = moved(graph, panda_finger_joint1=39.0)
    millimetres = contract.deployment.model_validate(
        contract.deployment.model_dump() | {"joints": {"panda_finger_joint1": {"unit": "mm"}}}
    )
    assert examine(Survey(Machine(), spoilt), replace(contract, deployment=millimetres)) == []


def test_a_missing_topic_is_told_with_those_like_it(graph, findings):
    other = graph.topics[FRONT]
    (found,) = findings(within(graph, topics={FRONT: None, "/front/image_raw": other}))
    assert "/front/image_raw" in found.remedy
    compressed = topic(COMPRESSED, "/camera")
    (found,) = findings(within(graph, topics={FRONT: None, f"{FRONT}/compressed": compressed}))
    assert "transport" in found.remedy


def test_an_inactive_controller_is_told_with_the_one_that_has_its_joints(graph, findings):
    mine = graph.controllers["panda_arm_controller"]
    (found,) = findings(
        replace(
            graph,
            arms={"panda_arm_controller": ArmController("CONTROLLER_INACTIVE", "is inactive")},
            controllers={"panda_arm_controller": SeenController("inactive"), "teach": mine},
        )
    )
    assert found.code == "CONTROLLER_INACTIVE"
    assert found.remedy.endswith("--activate panda_arm_controller --deactivate teach")


def test_images_that_are_lost_are_counted_against_camera_info(graph, findings):
    kept = holed(graph.streams[FRONT], lambda k: k % 2 == 0)
    (found,) = findings(within(graph, streams={FRONT: kept}))[:1]
    # The period of those that came is twice the camera's: only camera_info knows better.
    assert {str(one.code) for one in findings(within(graph, streams={FRONT: kept}))} == {"IMAGES_LOST", "RATE_LOW"}
    assert found.severity is Severity.WARNING


def test_simulated_time_must_be_followed_by_our_nodes_and_published_once(graph, codes):
    clock = Topic((Endpoint("/simulator", "rosgraph_msgs/msg/Clock"),))
    simulated = within(graph, topics={"/clock": clock})
    assert codes(simulated) == ["SIM_TIME_MISMATCH"]
    following = within(simulated, nodes=dict.fromkeys(("/policy", "/bridge", "/pilot"), SeenNode(1, True, "active")))
    assert codes(following) == []
    assert codes(publishing(following, "/clock", "/player")) == ["CLOCK_TWICE"]


@pytest.mark.parametrize(("given", "code"), [(False, "NOTHING_RUNNING"), (True, "ROBOT_ABSENT")])
def test_a_graph_without_nodes_is_one_finding_and_where_else_robots_are(given, code, contract):
    machine = Machine(processes=(RosProcess(1, "camera", "42"),))
    found = examine(Survey(machine, GraphSurvey(duration=3.0)), contract if given else None)
    assert sorted(str(one.code) for one in found) == sorted([code, "DOMAIN_DIFFERS"])
    assert "ROS_DOMAIN_ID=42" in next(one.remedy for one in found if one.code == "DOMAIN_DIFFERS")


@pytest.mark.parametrize("robot", ROBOTS)
def test_every_robot_can_be_examined_where_nothing_of_it_is_there(robot):
    contract = deployed(robot, [{"kind": "joint_position", "meaning": "absolute"}], namespace="cell")
    graph = GraphSurvey(3.0, "cell", {"/cell/driver": SeenNode()})
    found = examine(Survey(Machine(), graph), contract)
    absent = {one.where for one in found if one.code == "TOPIC_ABSENT"}
    assert contract.robot.joint_states.topic in absent
    assert {one.where for one in found if one.code == "CONTROLLER_ABSENT"} >= {
        profile.arm.controller for profile in contract.robot.each_arm.values()
    }


def test_names_without_a_slash_are_in_the_namespace_of_our_nodes(contract):
    states = contract.robot.joint_states.model_copy(update={"topic": "joint_states"})
    relative = replace(contract, robot=contract.robot.model_copy(update={"joint_states": states}))
    assert next(needs(relative, "cell")).topic == "/cell/joint_states"
    assert next(needs(relative)).topic == "/joint_states"


def test_errors_come_first(graph, findings):
    spoilt = within(replace(graph, transforms={}, description=""), images={FRONT: SeenImage(1, 1, "none", "", 0)})
    ranks = [one.severity.rank for one in findings(spoilt)]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1
