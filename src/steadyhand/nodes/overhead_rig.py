"""The robot and pilot of the overhead benchmark: synthetic cameras and joints, and a controller that only listens."""

from __future__ import annotations

import array
import json
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from rclpy.node import Node
from rclpy.task import Future
from sensor_msgs.msg import Image, JointState
from std_msgs.msg import Header
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from steadyhand.execution.reasons import Reason, Recovery
from steadyhand.msg import ActionChunk, ExecutionState, PilotStatus
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, IMAGES, JOINT_STATES, LATCHED
from steadyhand.profiles.contract import load_deployment
from steadyhand.srv import SetEpisode

_EPISODE = "overhead"
_CONTINUES = frozenset(str(reason) for reason in Reason if reason.recovery is Recovery.FRESH_CHUNK)
_PHASES = (SetEpisode.Request.PHASE_START_POSE, SetEpisode.Request.PHASE_RUN)


class OverheadRig(Node):  # type: ignore[misc]
    """Feeds policy and bridge, and writes what it saw of every chunk to a file.

    The line of a chunk has its sequence, the stamp of its observation, its latency, and the time at which the next
    command arrived here.
    """

    def __init__(self) -> None:
        """Publish cameras and joints at once, and begin the episode as soon as both nodes are there."""
        super().__init__("overhead_rig")
        contract = load_deployment(declare(self, "deployment", "panda_embedded", "deployment that is measured"))
        self._out = Path(declare(self, "out", "overhead.jsonl", "file to write")).open("w", buffering=1)  # noqa: SIM115
        self._names = list(contract.robot.joint_names) + [g.joint for g in contract.robot.grippers.values()]
        self._home = [float(q) for q in contract.robot.home_positions] + [0.04] * len(contract.robot.grippers)
        self._chunk: ActionChunk | None = None
        self._phases = {"policy": 0, "bridge": 0}
        self._asked = 0.0
        self._cameras = [
            (self.create_publisher(Image, binding.topic, IMAGES), self._image(k))
            for k, binding in enumerate(contract.deployment.images.values())
        ]
        self._joints = self.create_publisher(JointState, contract.robot.joint_states.topic, JOINT_STATES)
        self._pilot = self.create_publisher(PilotStatus, "pilot/status", LATCHED)
        self._episode = {node: self.create_client(SetEpisode, f"{node}/set_episode") for node in self._phases}
        self._resume = self.create_client(Trigger, "bridge/resume")
        self.create_subscription(ActionChunk, "action_chunk", self._on_chunk, CHUNKS)
        self.create_subscription(ExecutionState, "execution_state", self._on_state, EXECUTION_STATE)
        command = f"/{contract.robot.arm.controller}/joint_trajectory"
        self.create_subscription(JointTrajectory, command, self._on_command, 10)
        # As cameras have it; their images thus fall on every phase of the joint states.
        self.create_timer(1001.0 / 30000.0, self._publish_images)
        self.create_timer(0.01, self._publish_joints)
        self.create_timer(0.2, self._publish_status)

    @staticmethod
    def _image(seed: int) -> Image:
        message = Image(width=640, height=480, encoding="rgb8", step=640 * 3)
        pixels = np.random.default_rng(seed).integers(0, 255, 640 * 480 * 3, dtype=np.uint8)
        message.data = array.array("B", pixels.tobytes())
        return message

    def _publish_images(self) -> None:
        stamp = self.get_clock().now().to_msg()
        for publisher, message in self._cameras:
            message.header.stamp = stamp
            publisher.publish(message)

    def _publish_joints(self) -> None:
        header = Header(stamp=self.get_clock().now().to_msg())
        self._joints.publish(JointState(header=header, name=self._names, position=self._home))

    def _publish_status(self) -> None:
        self._pilot.publish(PilotStatus(phase=PilotStatus.PHASE_RUNNING, episode_id=_EPISODE))
        if time.monotonic() - self._asked < 0.5:
            return
        for node, client in self._episode.items():
            # The policy goes first, as with the pilot: it may have to wait for its inputs.
            done = self._phases[node]
            if done < len(_PHASES) and done <= self._phases["policy"] and client.service_is_ready():
                self._asked = time.monotonic()
                request = SetEpisode.Request(episode_id=_EPISODE, phase=_PHASES[done], speed=1.0, instruction="hold")
                client.call_async(request).add_done_callback(partial(self._on_answer, node))
                return

    def _on_answer(self, node: str, future: Future) -> None:
        answer = future.result()
        if answer.accepted:
            self._phases[node] += 1
        else:
            self.get_logger().info(f"{node}: not yet: {answer.message}")

    def _on_state(self, message: ExecutionState) -> None:
        """On a machine too busy for the graph the bridge brakes: that is counted, and the measurement goes on."""
        held = message.state == ExecutionState.STATE_HELD and self._phases["bridge"] == len(_PHASES)
        if held and message.hold_code not in _CONTINUES and time.monotonic() - self._asked > 0.5:
            self._asked = time.monotonic()
            self._out.write(json.dumps({"hold": message.hold_code}) + "\n")
            self._resume.call_async(Trigger.Request())

    def _on_chunk(self, message: ActionChunk) -> None:
        self._chunk = message

    def _on_command(self, _message: JointTrajectory) -> None:
        chunk, self._chunk = self._chunk, None
        if chunk is None:
            return
        now = self.get_clock().now().nanoseconds * 1e-9
        line = {
            "sequence": int(chunk.sequence),
            "camera_to_command": now - to_seconds(chunk.header.stamp),
            "latency": to_seconds(chunk.inference_latency),
        }
        self._out.write(json.dumps(line) + "\n")


def main(args: Sequence[str] | None = None) -> None:
    """Run the rig."""
    sys.exit(run(OverheadRig, args, events=True))


if __name__ == "__main__":
    main()
