"""A bench for the policy node: cameras, joints and a bridge's reports, all as the test says."""

from __future__ import annotations

import array
from pathlib import Path

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from ros_client import Client
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Header
from steadyhand.msg import ActionChunk, ExecutionState
from steadyhand.srv import GetActionChunk, SetEpisode

from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, HEARTBEAT, IMAGES
from steadyhand.profiles.contract import load_deployment

DEPLOYMENTS = Path(__file__).parent / "config" / "deployments"
CAMERAS = ("front", "wrist")


class Bench:
    """A policy node's process, and everything around it in the test's own node.

    Attributes:
        contract: The deployment.
        client: The test's node.
        seeing: Cameras that publish.
        joints: The joint states are published.
        reports: The bridge's report that is repeated, None for none.
        chunks: What the policy publishes.
        beats: Its heartbeats.
    """

    def __init__(self, graph, deployment="panda_hold", **parameters):
        path = str(DEPLOYMENTS / f"{deployment}.yaml")
        self.contract = load_deployment(path)
        self.client = Client(graph.check, name="bench")
        node = self.client.node
        self.chunks = self.client.listen(ActionChunk, "action_chunk", CHUNKS)
        self.beats = self.client.listen(Header, "policy/heartbeat", HEARTBEAT)
        self._diagnostics = self.client.listen(DiagnosticArray, "/diagnostics")
        self._cameras = {name: node.create_publisher(Image, f"/{name}_camera/image_raw", IMAGES) for name in CAMERAS}
        self._image = Image(width=640, height=480, step=1920, encoding="rgb8")
        self._image.data = array.array("B", bytes(480 * 1920))
        self._joints = node.create_publisher(JointState, "/joint_states", 50)
        self._states = node.create_publisher(ExecutionState, "execution_state", EXECUTION_STATE)
        self._names = [*self.contract.robot.joint_names, "panda_finger_joint1", "panda_finger_joint2"]
        node.create_timer(0.1, self._show)
        node.create_timer(0.02, self._move)
        node.create_timer(0.05, self._report)
        self.reset()
        self.process = graph.start("policy", deployment=path, **parameters)

    def reset(self):
        """Let everything work again, and no episode run."""
        self.seeing = set(CAMERAS)
        self.joints = True
        self.reports = None

    def set_episode(self, episode_id, phase, **fields):
        request = SetEpisode.Request(episode_id=episode_id, phase=phase, speed=1.0, **fields)
        return self.client.call(SetEpisode, "policy/set_episode", request)

    def open(self, episode_id, **fields):
        """Open an episode as soon as observations are complete."""
        self.client.wait_for(
            lambda: self.set_episode(episode_id, SetEpisode.Request.PHASE_START_POSE, **fields).accepted,
            message="the policy does not open the episode",
        )

    def run(self, episode_id, **fields):
        self.open(episode_id, **fields)
        assert self.set_episode(episode_id, SetEpisode.Request.PHASE_RUN).accepted

    def end(self, episode_id):
        assert self.set_episode(episode_id, SetEpisode.Request.PHASE_END).accepted

    def get_chunk(self, **fields):
        return self.client.call(GetActionChunk, "policy/get_action_chunk", GetActionChunk.Request(**fields))

    def until_diagnosed(self, text):
        """Wait for diagnostics of the policy that contain a text, and return their level."""

        def found():
            for message in list(self._diagnostics.messages)[-3:]:
                for status in message.status:
                    if status.name == "steadyhand: policy" and text in status.message:
                        return [status.level]
            return []

        return self.client.wait_for(found, message=f"no diagnostics say '{text}'")[0]

    def _show(self):
        self._image.header.stamp = self.client.node.get_clock().now().to_msg()
        for name in self.seeing:
            self._cameras[name].publish(self._image)

    def _move(self):
        if self.joints:
            now = self.client.now
            # The first joint turns at 0.1 rad/s, so that its position tells the time of its measurement.
            positions = [0.1 * (now % 10.0), *self.contract.robot.home[1:], 0.02, 0.02]
            message = JointState(name=self._names, position=np.array(positions), velocity=np.zeros(9))
            message.header.stamp = to_time(now)
            self._joints.publish(message)

    def _report(self):
        if self.reports is not None:
            self.reports.header.stamp = self.client.node.get_clock().now().to_msg()
            self._states.publish(self.reports)
