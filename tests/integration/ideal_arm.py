"""An arm that is where its newest trajectory says, without dynamics and tolerances; and the time that all go by.

The time goes on as soon as those who command the arm have done so for the time before, so that a slow machine gives the
same motion as a fast one. Who has said nothing for some ticks is no longer waited for until it speaks again.
"""

import array
import time
from contextlib import suppress
from functools import partial

import numpy as np
import rclpy
from control_msgs.msg import JointJog
from geometry_msgs.msg import PoseStamped, TwistStamped
from moveit_msgs.msg import ServoStatus
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.time import Time
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState
from steadyhand.msg import ExecutionState
from trajectory_msgs.msg import JointTrajectory

PERIOD = 0.01
FORGOTTEN = 5  # ticks
LONGEST, SHORTEST = 0.1, 0.02  # of a tick, with and without somebody to wait for [s]
LEAD = 10  # ticks without a report of the bridge
GIVEN_UP = 1.0  # the bridge, which reports nothing any more [s]
START = 100.0  # of the clock [s]
WAITED_FOR = {
    "status": ServoStatus,
    "delta_joint_cmds": JointJog,
    "delta_twist_cmds": TwistStamped,
    "pose_target_cmds": PoseStamped,
}


class IdealArm(Node):
    def __init__(self) -> None:
        super().__init__("ideal_arm")
        self._names = self.declare_parameter("joints", [""]).value
        self._positions = np.array(self.declare_parameter("positions", [0.0]).value)
        self._times, self._points = np.empty(0), np.empty((0, len(self._names)))
        self._tick = 0
        self._heard = dict.fromkeys(WAITED_FOR, -FORGOTTEN)
        controller = self.declare_parameter("controller", "").value
        self._clock = self.create_publisher(Clock, "/clock", 10)
        self._states = self.create_publisher(JointState, "/joint_states", 50)
        self.create_subscription(JointTrajectory, f"/{controller}/joint_trajectory", self._on_trajectory, 1)
        for name, kind in WAITED_FOR.items():
            self.create_subscription(kind, f"/servo_node/{name}", partial(self._hear, name), 1)
        self._reported = (0, 0.0)
        self.create_subscription(ExecutionState, "execution_state", self._on_report, 1)

    def run(self) -> None:
        """Let the time go on."""
        executor = SingleThreadedExecutor()
        executor.add_node(self)
        while rclpy.ok():
            self._tick += 1
            self._publish(START + PERIOD * self._tick)
            awaited = [name for name, tick in self._heard.items() if self._tick - tick <= FORGOTTEN]
            began = time.monotonic()
            while (elapsed := time.monotonic() - began) < (LONGEST if awaited else SHORTEST):
                executor.spin_once(timeout_sec=0.002)
                if elapsed > SHORTEST and all(self._heard[name] == self._tick for name in awaited):
                    break
            while self._tick - self._reported[0] > LEAD and time.monotonic() - self._reported[1] < GIVEN_UP:
                executor.spin_once(timeout_sec=0.01)

    def _hear(self, name: str, _message: object) -> None:
        self._heard[name] = self._tick

    def _on_report(self, _message: ExecutionState) -> None:
        self._reported = (self._tick, time.monotonic())

    def _on_trajectory(self, message: JointTrajectory) -> None:
        assert list(message.joint_names) == list(self._names)
        start = message.header.stamp.sec + 1e-9 * message.header.stamp.nanosec
        after = [point.time_from_start.sec + 1e-9 * point.time_from_start.nanosec for point in message.points]
        self._times = start + np.array(after)
        self._points = np.array([point.positions for point in message.points])

    def _publish(self, now: float) -> None:
        before = self._positions
        if len(self._times) and now >= self._times[0]:
            self._positions = np.array([np.interp(now, self._times, column) for column in self._points.T])
        stamp = Time(nanoseconds=round(now * 1e9)).to_msg()
        message = JointState(name=self._names)
        message.header.stamp = stamp
        message.position = array.array("d", self._positions)
        message.velocity = array.array("d", (self._positions - before) / PERIOD)
        self._states.publish(message)
        self._clock.publish(Clock(clock=stamp))


if __name__ == "__main__":
    rclpy.init()
    with suppress(KeyboardInterrupt, ExternalShutdownException):
        IdealArm().run()
