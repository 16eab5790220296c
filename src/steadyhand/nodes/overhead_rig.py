"""What the overhead benchmark puts around policy and bridge: synthetic cameras, and a robot that only listens."""

from __future__ import annotations

import array
import json
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rclpy.node import Node
from rclpy.task import Future
from sensor_msgs.msg import Image, JointState
from std_srvs.srv import Trigger
from trajectory_msgs.msg import JointTrajectory

from steadyhand.cdr import PLAIN, STAMP
from steadyhand.execution.exceptions import SchedulingError
from steadyhand.execution.reasons import Reason, Recovery
from steadyhand.execution.scheduling import reschedule
from steadyhand.msg import ActionChunk, ExecutionState, PilotStatus
from steadyhand.nodes.chunk_wire import read_chunk
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.joint_wire import write_joint_state
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, IMAGES, JOINT_STATES, LATCHED
from steadyhand.profiles.contract import load_deployment
from steadyhand.srv import SetEpisode

_EPISODE = "overhead"
_CONTINUES = frozenset(str(reason) for reason in Reason if reason.recovery is Recovery.FRESH_CHUNK)
_PHASES = (SetEpisode.Request.PHASE_START_POSE, SetEpisode.Request.PHASE_RUN)


class OverheadCameras(Node):  # type: ignore[misc]
    """Publishes the images of every camera of the deployment, one camera after the other."""

    def __init__(self) -> None:
        """Publish at once."""
        super().__init__("overhead_cameras")
        contract = load_deployment(declare(self, "deployment", "panda_embedded", "deployment that is measured"))
        self._cameras = [
            (self.create_publisher(Image, binding.topic, IMAGES), self._image(k))
            for k, binding in enumerate(contract.deployment.images.values())
        ]
        # As cameras have it; their images thus fall on every phase of the joint states.
        self.create_timer(1001.0 / 30000.0, self._publish)

    @staticmethod
    def _image(seed: int) -> Image:
        message = Image(width=640, height=480, encoding="rgb8", step=640 * 3)
        pixels = np.random.default_rng(seed).integers(0, 255, 640 * 480 * 3, dtype=np.uint8)
        message.data = array.array("B", pixels.tobytes())
        return message

    def _publish(self) -> None:
        stamp = self.get_clock().now().to_msg()
        for publisher, message in self._cameras:
            message.header.stamp = stamp
            publisher.publish(message)


class OverheadRobot(Node):  # type: ignore[misc]
    """Publishes joint states, and writes what it saw of every chunk to a file; it is the pilot too.

    The line of a chunk has its sequence, its latency, and the time from the capture of its images to the arrival of the
    next command.
    """

    def __init__(self) -> None:
        """Publish joints at once, and begin the episode as soon as policy and bridge are there."""
        super().__init__("overhead_robot")
        contract = load_deployment(declare(self, "deployment", "panda_embedded", "deployment that is measured"))
        self._out = Path(declare(self, "out", "overhead.jsonl", "file to write")).open("w", buffering=1)  # noqa: SIM115
        names = [*contract.robot.joint_names, *(gripper.joint for gripper in contract.robot.grippers.values())]
        home = [*contract.robot.home_positions, *(gripper.open for gripper in contract.robot.grippers.values())]
        self._state = bytearray(write_joint_state(names, np.array(home)))
        self._chunk: Any = None
        self._phases = {"policy": 0, "bridge": 0}
        self._asked = 0.0
        self._joints = self.create_publisher(JointState, contract.robot.joint_states.topic, JOINT_STATES)
        self._pilot = self.create_publisher(PilotStatus, "pilot/status", LATCHED)
        self._episode = {node: self.create_client(SetEpisode, f"{node}/set_episode") for node in self._phases}
        self._resume = self.create_client(Trigger, "bridge/resume")
        # A controller is no Python: making objects of what arrives would take longer here than its way.
        self.create_subscription(ActionChunk, "action_chunk", self._on_chunk, CHUNKS, raw=True)
        self.create_subscription(ExecutionState, "execution_state", self._on_state, EXECUTION_STATE)
        command = f"/{contract.robot.arm.controller}/joint_trajectory"
        self.create_subscription(JointTrajectory, command, self._on_command, 10, raw=True)
        # As a controller manager has it.
        with suppress(SchedulingError):
            reschedule("fifo")
        self.create_timer(1.0 / contract.robot.joint_states.rate, self._publish_joints)
        self.create_timer(0.2, self._publish_status)

    def _publish_joints(self) -> None:
        STAMP.pack_into(self._state, len(PLAIN), *divmod(self.get_clock().now().nanoseconds, 1_000_000_000))
        self._joints.publish(bytes(self._state))

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
            return
        self.get_logger().info(f"{node}: not yet: {answer.message}")
        if self._phases[node]:
            # Held before it could begin, while programs were still starting: once more.
            self._phases[node] = 0
            end = SetEpisode.Request(episode_id=_EPISODE, phase=SetEpisode.Request.PHASE_END)
            self._episode[node].call_async(end)

    def _on_state(self, message: ExecutionState) -> None:
        """On a machine too busy for the graph the bridge brakes: that is counted, and the measurement goes on."""
        held = message.state == ExecutionState.STATE_HELD and self._phases["bridge"] == len(_PHASES)
        if held and message.hold_code not in _CONTINUES and time.monotonic() - self._asked > 0.5:
            self._asked = time.monotonic()
            self._out.write(json.dumps({"hold": message.hold_code}) + "\n")
            self._resume.call_async(Trigger.Request())

    def _on_chunk(self, data: bytes) -> None:
        self._chunk = read_chunk(data)

    def _on_command(self, _data: bytes) -> None:
        now = self.get_clock().now().nanoseconds * 1e-9
        chunk, self._chunk = self._chunk, None
        if chunk is None:
            return
        line = {
            "sequence": int(chunk.sequence),
            "camera_to_command": now - to_seconds(chunk.header.stamp),
            "latency": to_seconds(chunk.inference_latency),
        }
        self._out.write(json.dumps(line) + "\n")


def main(args: Sequence[str] | None = None) -> None:
    """Run the part that the first argument names, ``cameras`` or ``robot``, until it is terminated."""
    arguments = list(sys.argv[1:] if args is None else args)
    parts: dict[str, type[Node]] = {"cameras": OverheadCameras, "robot": OverheadRobot}
    sys.exit(run(parts[arguments[0]], arguments[1:], events=True))


if __name__ == "__main__":
    main()
