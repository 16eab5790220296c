"""Position and velocity forwarders: the window sampled at a rate, since they take one point at a time."""

from __future__ import annotations

import array
import time

import numpy as np
from rclpy.node import Node
from std_msgs.msg import Float64MultiArray

from steadyhand.drivers.arm import absence
from steadyhand.drivers.names import values_topic
from steadyhand.drivers.retirement import retire
from steadyhand.drivers.streaming import WindowStream
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reference import Reference, State
from steadyhand.profiles.binding import JointMap

_REST = 0.5
"""How long the rest at a window's end is repeated [s]; after that a hand-guided arm would be pulled back to it."""


class ForwardDriver:
    """Publishes positions or velocities of the newest window to a forward_command_controller.

    forward_command_controller goes on with the last command for ever: it has no timeout (ros2_controllers, issue 95).
    While this process lives, every window ends at rest. When it dies, only the timeout that the robot profile
    declares, of the hardware or of a wrapper, stops the arm.

    Args:
        node: The node that publishes; its executor samples too, so that a blocked bridge falls silent.
        controller: Name of the controller, the namespace of its topic.
        joints: Names and units of the joints; commands carry values only, in this order.
        velocity: Send velocities instead of positions.
        rate: Commands sent [Hz].
    """

    def __init__(self, node: Node, controller: str, joints: JointMap, *, velocity: bool, rate: float) -> None:
        self._node = node
        self._velocity = velocity
        self._factors = np.array([binding.factor for binding in joints.bindings])
        self._offsets = np.array([binding.offset for binding in joints.bindings])
        self._publisher = node.create_publisher(Float64MultiArray, values_topic(controller), 10)
        self._period = 1.0 / rate
        self._timer = node.create_timer(self._period, self._forward)
        self._stream = WindowStream(_REST)

    @property
    def connected(self) -> bool:
        """True while a controller listens."""
        return bool(self._publisher.get_subscription_count() > 0)

    @property
    def refusal(self) -> RefusedError | None:
        """Why no episode can begin now: nobody listens."""
        return absence(self.connected)

    @property
    def command_topics(self) -> tuple[str, ...]:
        """The controller's topic."""
        return (self._publisher.topic_name,)

    @property
    def outcome(self) -> str:
        """Whether anybody listens, and what is sent."""
        doing = (
            "silent" if self._stream.window is None else "sending velocities" if self._velocity else "sending positions"
        )
        return f"{'listens' if self.connected else 'nobody listens'}; {doing}"

    def take_fault(self) -> RefusedError | None:
        """Return None: a topic answers nothing, and what the arm does shows in its joint states."""
        return None

    def send(self, window: Reference) -> None:
        """Sample another window from now on."""
        self._stream.take(window)
        self._forward()

    def close(self) -> None:
        """Send the rest of the window, which is a brake by now, and give the publisher up."""
        window, now = self._stream.window, self._now
        begun = time.monotonic()
        while window is not None and now + (elapsed := time.monotonic() - begun) < window.end:
            # Timers no longer come, and neither does a simulated time.
            self._publish(window.sample(now + elapsed))
            time.sleep(self._period)
        if window is not None:
            self._publish(window.sample(window.end + self._period))
        self._node.destroy_timer(self._timer)
        retire(self._node, self._publisher)

    def _forward(self) -> None:
        window, now = self._stream.window, self._now
        if window is None:
            return
        state = self._stream.sample(now)
        if state is None:
            # Of a bridge that was blocked until now this is the first that the controller hears of the rest.
            self._stream.drop()
            state = window.sample(now)
        self._publish(state)

    @property
    def _now(self) -> float:
        return float(self._node.get_clock().now().nanoseconds) * 1e-9

    def _publish(self, state: State) -> None:
        velocities, positions = state.velocity / self._factors, state.position / self._factors + self._offsets
        values = velocities if self._velocity else positions
        self._publisher.publish(Float64MultiArray(data=array.array("d", values)))
