"""The two ends of the drivers benchmark: a driver that is handed windows, and controllers that note what comes."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from control_msgs.action import FollowJointTrajectory
from control_msgs.msg import JointJog
from rclpy.action import ActionServer
from rclpy.node import Node
from std_msgs.msg import Float64MultiArray
from std_srvs.srv import SetBool
from trajectory_msgs.msg import JointTrajectory

from steadyhand.benchmarks.drivers import ACCELERATION
from steadyhand.drivers.factory import make_arm
from steadyhand.execution.exceptions import SchedulingError
from steadyhand.execution.reference import Reference, State
from steadyhand.execution.scheduling import reschedule
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.profiles.contract import load_deployment

RATE = 20.0
"""Windows that are handed over [Hz], as the bridge does."""

_PAST, _AHEAD, _STOP = 0.1, 0.3, 0.1
_SERVO = {
    "moveit_servo.incoming_command_timeout": 0.3,
    "moveit_servo.publish_period": 0.01,
    "moveit_servo.scale.linear": 1.0,
    "moveit_servo.scale.rotational": 1.0,
    "moveit_servo.scale.joint": 1.0,
    "moveit_servo.command_in_type": "speed_units",
    "moveit_servo.move_group_name": "panda_arm",
    "moveit_servo.joint_command_in_topic": "~/delta_joint_cmds",
    "moveit_servo.cartesian_command_in_topic": "~/delta_twist_cmds",
    "moveit_servo.pose_command_in_topic": "~/pose_target_cmds",
    "moveit_servo.status_topic": "~/status",
}


class DriverSource(Node):  # type: ignore[misc]
    """Hands windows of one steadily accelerating motion to the driver of a deployment.

    Its file begins with the ROS time at which that motion begins [s]; then, for each window, the first time in it and
    the steady time at which it was handed over [s].
    """

    def __init__(self) -> None:
        """Wait for the controller."""
        super().__init__("driver_source")
        contract = load_deployment(declare(self, "deployment", "", "deployment whose driver is measured"))
        self._out = Path(declare(self, "out", "sent.txt", "file to write")).open("w", buffering=1)  # noqa: SIM115
        self._joints = len(contract.robot.joint_names)
        self._driver = make_arm(self, contract)
        self._begun: float | None = None
        # As the bridge, whose drivers they are.
        with suppress(SchedulingError):
            reschedule("fifo")
        self.create_timer(1.0 / RATE, self._send)

    def _send(self) -> None:
        if self._driver.refusal is not None:
            return
        now = self.get_clock().now().nanoseconds * 1e-9
        if self._begun is None:
            self._begun = now
            self._out.write(f"{now:.9f}\n")
        window = self._window(now - self._begun)
        self._out.write(f"{window.start:.6f} {time.monotonic():.9f}\n")
        self._driver.send(window)

    def _window(self, elapsed: float) -> Reference:
        assert self._begun is not None
        since = np.arange(max(0.0, elapsed - _PAST), elapsed + _AHEAD, 0.02)
        states = [self._state(0.5 * ACCELERATION * t**2, ACCELERATION * t, ACCELERATION) for t in since]
        rest = self._state(0.5 * ACCELERATION * since[-1] * (since[-1] + _STOP), 0.0, 0.0)
        return Reference.from_states(self._begun + np.append(since, since[-1] + _STOP), [*states, rest])

    def _state(self, position: float, velocity: float, acceleration: float) -> State:
        return State(*(np.full(self._joints, value) for value in (position, velocity, acceleration)))


class DriverSink(Node):  # type: ignore[misc]
    """Plays every controller that a driver can have, and writes a line for each command.

    A line has the name of what took it, the ROS and the steady time of its arrival [s], and the command's stamp [s], or
    the first of its values where it has none.
    """

    def __init__(self) -> None:
        """Listen to everything."""
        super().__init__("servo_node")
        self._out = Path(declare(self, "out", "arrived.txt", "file to write")).open("w", buffering=1)  # noqa: SIM115
        for name, value in _SERVO.items():
            self.declare_parameter(name, value)
        for topic in ("panda_arm_controller", "follower_left/arm_controller", "follower_right/arm_controller"):
            self.create_subscription(
                JointTrajectory, f"/{topic}/joint_trajectory", partial(self._note_stamp, topic), 10
            )
        self.create_subscription(Float64MultiArray, "/panda_arm_controller/commands", self._note_values, 10)
        self.create_subscription(JointJog, "~/delta_joint_cmds", self._on_jog, 10)
        self._server = ActionServer(
            self,
            FollowJointTrajectory,
            "/panda_arm_controller/follow_joint_trajectory",
            execute_callback=self._on_goal,
        )
        self.create_service(SetBool, "~/pause_servo", self._agree)
        self._status: Any = None
        self._play_servo()

    def _play_servo(self) -> None:
        try:
            from moveit_msgs.msg import ServoStatus
            from moveit_msgs.srv import ServoCommandType
        except ImportError:
            return
        self._status = ServoStatus()
        self._statuses = self.create_publisher(ServoStatus, "~/status", 10)
        self.create_service(ServoCommandType, "~/switch_command_type", self._agree)

    @staticmethod
    def _agree(_request: Any, response: Any) -> Any:
        response.success = True
        return response

    def _note(self, name: str, value: float) -> None:
        steady, now = time.monotonic(), self.get_clock().now().nanoseconds * 1e-9
        self._out.write(f"{name} {now:.9f} {steady:.9f} {value:.9f}\n")

    def _note_stamp(self, name: str, message: JointTrajectory) -> None:
        self._note(name, to_seconds(message.header.stamp))

    def _note_values(self, message: Float64MultiArray) -> None:
        self._note("forward", message.data[0])

    def _on_jog(self, message: JointJog) -> None:
        self._note("servo", to_seconds(message.header.stamp))
        self._statuses.publish(self._status)

    def _on_goal(self, goal: Any) -> FollowJointTrajectory.Result:
        self._note_stamp("action", goal.request.trajectory)
        goal.succeed()
        return FollowJointTrajectory.Result()


def main(args: Sequence[str] | None = None) -> None:
    """Run the end that the first argument names, ``source`` or ``sink``, until it is terminated."""
    arguments = list(sys.argv[1:] if args is None else args)
    ends: dict[str, type[Node]] = {"source": DriverSource, "sink": DriverSink}
    sys.exit(run(ends[arguments[0]], arguments[1:], events=True))


if __name__ == "__main__":
    main()
