"""The visualiser node: what policy and bridge do, as paths and markers for RViz and Foxglove."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from nav_msgs.msg import Path
from sensor_msgs.msg import JointState
from visualization_msgs.msg import MarkerArray

from steadyhand.chunks.exceptions import ConversionError
from steadyhand.msg import ActionChunk, ExecutionState
from steadyhand.nodes.conversions import chunk_from_message, to_seconds
from steadyhand.nodes.lifecycle import ManagedNode
from steadyhand.nodes.marker_messages import Markers, path
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, JOINT_STATES
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.exceptions import JointBindingError
from steadyhand.visualisation.progress import progress_from_message
from steadyhand.visualisation.view import View


class VisualiserNode(ManagedNode):
    """Listens only. It is a node of its own so that no drawing ever costs the bridge time."""

    def __init__(self) -> None:
        """Declare the parameters; everything else waits for `configure`."""
        super().__init__("visualiser")
        self._deployment = declare(
            self, "deployment", "panda_embedded", "deployment, by name or path of its file", read_only=False
        )
        self.let_before_configuring("deployment", "_deployment")
        self._rate = declare(self, "rate", 10.0, "rate of paths and markers [Hz]", low=1.0, high=50.0, read_only=False)
        self._seconds = declare(
            self,
            "history",
            10.0,
            "how far back the ways of reference and tool go [s]",
            low=0.5,
            high=120.0,
            read_only=False,
        )
        self.changes.let("rate", self._change_rate)
        self.let_before_configuring("history", "_seconds")

    def configure(self) -> None:
        """Read the deployment, and connect."""
        contract = load_deployment(self._deployment)
        self._view = View(contract, self._seconds)
        self._markers = Markers()
        self._joints = arm_joints(contract.robot, contract.deployment)
        self._newest: JointState | None = None
        self._shown = self.create_publisher(MarkerArray, "~/markers", 5)
        self._paths = {way.name: self.create_publisher(Path, f"~/{way.name}", 5) for way in self._view.paths()}
        self._inputs = [
            self.create_subscription(ActionChunk, "action_chunk", self._on_chunk, CHUNKS),
            self.create_subscription(ExecutionState, "execution_state", self._on_report, EXECUTION_STATE),
            self.create_subscription(
                JointState, contract.robot.joint_states.topic, self._on_joint_states, JOINT_STATES
            ),
        ]
        self._timer = self.create_timer(1.0 / self._rate, self._draw, clock=self.steady_clock)

    def deactivate(self) -> None:
        """Take away what is shown."""
        self._shown.publish(self._markers.cleared())

    def cleanup(self) -> None:
        """Disconnect."""
        self.destroy_timer(self._timer)
        for subscription in self._inputs:
            self.destroy_subscription(subscription)
        for publisher in (self._shown, *self._paths.values()):
            self.destroy_publisher(publisher)

    def _change_rate(self, rate: float) -> None:
        self._rate = rate
        if self.configured:
            self._timer.timer_period_ns = round(1e9 / rate)

    def _on_chunk(self, message: ActionChunk) -> None:
        try:
            self._view.hear_chunk(chunk_from_message(message))
        except ConversionError as error:
            self._view.complaint = str(error)
        if self._view.complaint:
            self.get_logger().warning(self._view.complaint, throttle_duration_sec=5.0)

    def _on_report(self, message: ExecutionState) -> None:
        self._view.hear_report(progress_from_message(message))

    def _on_joint_states(self, message: JointState) -> None:
        # As many as are drawn suffice; another broadcaster's joints are passed over.
        if self._joints.names[0] in message.name:
            self._newest = message

    def _draw(self) -> None:
        if not self.active:
            return
        newest, self._newest = self._newest, None
        if newest is not None:
            try:
                positions = self._joints.extract(newest.name, newest.position)
                self._view.hear_measured(to_seconds(newest.header.stamp), positions)
            except JointBindingError as error:
                self.get_logger().warning(str(error), throttle_duration_sec=5.0)
        stamp = self.get_clock().now().to_msg()
        if self._shown.get_subscription_count():
            self._shown.publish(self._markers.array(self._view.shapes(), stamp))
        for way in self._view.paths():
            publisher = self._paths[way.name]
            if publisher.get_subscription_count():
                publisher.publish(path(way, stamp))


def main(args: Sequence[str] | None = None) -> None:
    """Run the visualiser node."""
    sys.exit(run(VisualiserNode, args))


if __name__ == "__main__":
    main()
