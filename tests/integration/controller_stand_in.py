"""An arm whose controllers do as a test says: it follows at once whatever it is commanded.

In ``lockstep`` it publishes /clock and waits for the bridge's reports, so that a slow machine gives the same result.
Parameters that may be set while it runs: ``fault`` (refuse, silent, abort, path, goal, joints; empty for none),
``state`` of the arm's controller, ``told`` (the joints its parameters name, in order; empty for the true ones),
``blends`` (it joins trajectories as ros2_controllers after 6.9.0 does),
``away`` (setting it puts the arm there, first joint [rad]). Parameter ``timeout`` is when forwarders' silence stops it.
The time of a fault is published on ``fault_time``.
"""

import threading
from contextlib import suppress

import numpy as np
import rclpy
from controller_manager_msgs.msg import ControllerState
from controller_manager_msgs.srv import ListControllers
from rcl_interfaces.srv import GetParameters, ListParameters
from rclpy.action import GoalResponse
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64, Float64MultiArray

from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.qos import LATCHED
from steadyhand.nodes.simulated.arm import SimulatedArm
from steadyhand.nodes.simulated.timing import LockstepTime, RealTime
from steadyhand.profiles.contract import load_deployment
from steadyhand.simulation.controllers.goal import GoalStatus
from steadyhand.simulation.controllers.joint_trajectory import JointTrajectoryController, JointTrajectoryOptions

PERIOD = 0.01
CODES = {"abort": -1, "joints": -2, "path": -4, "goal": -5}


class FaultyArm(SimulatedArm):
    """A JointTrajectoryController that refuses goals, leaves them unanswered or ends them where it is told to."""

    fault = ""

    def end(self, code: int) -> None:
        with self._lock:
            self.controller._hold()
            self.controller._finish(GoalStatus.ABORTED, code, "the test says so")

    async def _on_goal(self, request) -> GoalResponse:
        if self.fault == "silent":
            self._node.tell_fault()
            await Future()
        if self.fault == "refuse":
            self._node.tell_fault()
            return GoalResponse.REJECT
        return super()._on_goal(request)


class ControllerStandIn(Node):
    def __init__(self) -> None:
        super().__init__("controller_stand_in")
        self.stopped = threading.Event()
        deployment = self.declare_parameter("deployment", "").value
        self._timeout = self.declare_parameter("timeout", 0.3).value
        for name, value in (("fault", ""), ("state", "active"), ("told", ""), ("blends", False), ("away", 0.0)):
            self.declare_parameter(name, value)
        self._robot = robot = load_deployment(deployment).robot
        self._forward = robot.arm.driver if robot.arm.driver.startswith("forward") else ""
        self._positions = robot.home_positions.copy()
        self._velocities = np.zeros_like(self._positions)
        self._command, self._heard = None, 0.0
        name = f"/{robot.arm.controller}"
        options = JointTrajectoryOptions(robot.joint_names, PERIOD)
        self._controller = JointTrajectoryController(options, self._positions)
        self._lock = threading.RLock()
        self._arm = FaultyArm(self, name, self._controller, self._lock, self._now)
        self._fault_time = self.create_publisher(Float64, "fault_time", LATCHED)
        self._joints = self.create_publisher(JointState, robot.joint_states.topic, 50)
        self.create_subscription(Float64MultiArray, f"{name}/commands", self._on_forward, 10)
        self.create_service(ListControllers, "/controller_manager/list_controllers", self._on_list)
        self.create_service(ListParameters, f"{name}/list_parameters", self._on_names)
        self.create_service(GetParameters, f"{name}/get_parameters", self._on_values)
        self.add_post_set_parameters_callback(self._apply)
        lockstep = self.declare_parameter("lockstep", True).value
        self._timing = LockstepTime(self, PERIOD, 0.05, 1.0, 0.5) if lockstep else RealTime(self, PERIOD)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while self._timing.advance(self.stopped, lambda: None):
            with self._lock:
                self._tick()

    def tell_fault(self) -> None:
        self._fault_time.publish(Float64(data=self._now()))

    def _now(self) -> float:
        return self._timing.now

    def _value(self, name: str) -> str:
        return str(self.get_parameter(name).value)

    def _apply(self, parameters: list[Parameter]) -> None:
        with self._lock:
            self._apply_locked(parameters)

    def _apply_locked(self, parameters: list[Parameter]) -> None:
        for parameter in parameters:
            if parameter.name == "away":
                self._positions = self._robot.home_positions.copy()
                self._positions[0] += parameter.value
                self._controller._finish(GoalStatus.SUCCEEDED, 0, "")
                self._controller.activate(self._positions)
            elif parameter.name == "state":
                self._arm.activate(parameter.value == "active")
            elif parameter.name == "fault":
                self._arm.fault = parameter.value
                if parameter.value in CODES:
                    self._arm.end(CODES[parameter.value])
                    self.tell_fault()

    def _on_forward(self, message: Float64MultiArray) -> None:
        self._command, self._heard = np.array(message.data), self._now()

    def _tick(self) -> None:
        now, before = self._now(), self._positions
        if self._forward:
            self._follow_forwarder()
        else:
            self._positions = self._controller.update(now, self._positions, self._velocities)
        self._velocities = (self._positions - before) / PERIOD
        message = JointState(name=list(self._robot.joint_names))
        message.header.stamp = to_time(now)
        message.position, message.velocity = self._positions.tolist(), self._velocities.tolist()
        self._joints.publish(message)
        self._arm.publish()

    def _follow_forwarder(self) -> None:
        if self._command is None or self._now() - self._heard > self._timeout:
            return
        if self._forward == "forward_position":
            self._positions = self._command
        else:
            self._positions = self._positions + self._command * PERIOD

    def _on_list(self, _request, response):
        response.controller = [ControllerState(name=self._robot.arm.controller, state=self._value("state"))]
        return response

    def _on_names(self, _request, response):
        response.result.names = ["joints", "allow_trajectory_replacement"]
        return response

    def _on_values(self, request, response):
        told = self._value("told").split() or list(self._robot.joint_names)
        values = {"joints": told, "allow_trajectory_replacement": self.get_parameter("blends").value}
        response.values = [Parameter(name, value=values[name]).get_parameter_value() for name in request.names]
        return response


def main() -> None:
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    node = ControllerStandIn()
    with suppress(KeyboardInterrupt):
        rclpy.spin(node)
    node.stopped.set()
    node.thread.join()


if __name__ == "__main__":
    main()
