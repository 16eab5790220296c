"""A healthy Panda as the doctor would have measured it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from steadyhand.doctor.examination import examine
from steadyhand.doctor.machine import Machine
from steadyhand.doctor.needs import CAMERA_INFO, IMAGE, JOINTS
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
from steadyhand.profiles.contract import load_deployment

BEST_EFFORT = Qos("best_effort")
CAMERAS = ("front", "wrist")
COMMANDS = "/panda_arm_controller/joint_trajectory"
HAND = "/panda_hand_controller/gripper_cmd"


@pytest.fixture(scope="session")
def contract():
    return load_deployment("panda_embedded")


def ticking(kind, rate, *, number=60, age=0.002, begin=1000.0):
    """A stream at a rate whose messages are as old when they arrive [s]."""
    times = tuple(begin + k / rate for k in range(number))
    return Stream(kind, times, times, (age,) * number)


def topic(kind, publisher, *listeners, qos=BEST_EFFORT):
    return Topic((Endpoint(publisher, kind, qos),), tuple(Endpoint(one, kind, BEST_EFFORT, True) for one in listeners))


@pytest.fixture
def graph(contract):
    joints = (*contract.robot.joints, "panda_finger_joint1")
    home = (*contract.robot.home, 0.04)
    topics = {
        "/joint_states": topic(JOINTS, "/broadcaster", "/policy", "/bridge", qos=Qos()),
        COMMANDS: Topic(
            (Endpoint("/bridge", "trajectory_msgs/msg/JointTrajectory", ours=True),),
            (Endpoint("/panda_arm_controller", "trajectory_msgs/msg/JointTrajectory"),),
        ),
    }
    streams = {"/joint_states": ticking(JOINTS, 100.0), "/policy/heartbeat": ticking("std_msgs/msg/Header", 20.0)}
    images, infos = {}, {}
    for camera in CAMERAS:
        name = f"/{camera}_camera/image_raw"
        topics[name] = topic(IMAGE, "/camera", "/policy")
        streams[name] = ticking(IMAGE, 30.0)
        streams[f"/{camera}_camera/camera_info"] = ticking(CAMERA_INFO, 30.0)
        images[name] = SeenImage(640, 480, "rgb8", f"{camera}_camera_optical_frame", 921_600)
        infos[name] = replace(images[name], encoding="")
    claims = tuple(f"{joint}/position" for joint in contract.robot.joints)
    frames = ("panda_link0", "panda_hand", *(f"{camera}_camera_optical_frame" for camera in CAMERAS))
    return GraphSurvey(
        duration=3.0,
        nodes={name: SeenNode(1, False, "active") for name in ("/policy", "/bridge", "/pilot")}
        | {name: SeenNode(1, False) for name in ("/camera", "/broadcaster")},
        topics=topics,
        streams=streams,
        images=images,
        camera_infos=infos,
        joints={"/joint_states": (JointMessage(joints, home),)},
        servers={HAND: True},
        controllers={"panda_arm_controller": SeenController("active", "JointTrajectoryController", claims)},
        arms={"panda_arm_controller": ArmController()},
        description=contract.urdf,
        transforms=dict.fromkeys(frames, ("world",)),
        diagnoses={
            "policy": Diagnosis(0, "ready", {"profile hash": contract.hash, "latency median [s]": "0.02"}),
            "bridge": Diagnosis(0, "held: NOT_STARTED", {}),
        },
    )


@pytest.fixture
def codes(contract):
    """Return the codes that a graph gets on a healthy machine, or a machine beside a graph."""

    def judged(graph=None, *, machine=None, contract=contract):
        return [str(one.code) for one in examine(Survey(machine or Machine(), graph), contract)]

    return judged


@pytest.fixture
def findings(contract):
    def judged(graph, contract=contract):
        return examine(Survey(Machine(), graph), contract)

    return judged
