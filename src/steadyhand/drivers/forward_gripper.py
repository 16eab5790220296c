"""Grippers behind a forward_command_controller: a position, and no answer."""

from __future__ import annotations

from rclpy.node import Node
from std_msgs.msg import Float64MultiArray

from steadyhand.drivers.names import gripper_topic
from steadyhand.drivers.retirement import retire
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.robot import Gripper


class ForwardGripperDriver:
    """Publishes the position once for each change of the opening; the controller keeps it.

    Attributes:
        outcome: What was sent last, for diagnostics.
    """

    def __init__(self, node: Node, name: str, gripper: Gripper) -> None:
        """Connect to the gripper called ``name`` in the robot profile."""
        self.outcome = "no command yet"
        self._node = node
        self._name = name
        self._gripper = gripper
        self._publisher = node.create_publisher(Float64MultiArray, gripper_topic(gripper), 10)
        self._fault: RefusedError | None = None

    @property
    def connected(self) -> bool:
        """True while a controller listens."""
        return bool(self._publisher.get_subscription_count() > 0)

    def take_fault(self) -> RefusedError | None:
        """Return, once, why a command was not sent; None where it was."""
        fault, self._fault = self._fault, None
        return fault

    def command(self, opening: float) -> None:
        """Move to ``opening``, 0 closed to 1 open."""
        if not self.connected:
            self.outcome = f"opening {opening:.2f} not sent: nobody listens to {gripper_topic(self._gripper)}"
            self._fault = RefusedError(Reason.GRIPPER_REFUSED, f"gripper {self._name}: {self.outcome}")
            self._node.get_logger().error(str(self._fault))
            return
        position = self._gripper.closed + opening * (self._gripper.open - self._gripper.closed)
        self._publisher.publish(Float64MultiArray(data=[position]))
        self.outcome = f"opening {opening:.2f} sent; this controller answers nothing"

    def close(self) -> None:
        """Give the publisher up; the gripper keeps its last command."""
        retire(self._node, self._publisher)
