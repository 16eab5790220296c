"""The simulator node: a Panda at a table, with the interfaces of ros2_control and of camera drivers."""

from __future__ import annotations

import array
import sys
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile
from rclpy.task import Future
from sensor_msgs.msg import JointState

from steadyhand.exceptions import SteadyhandError
from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import DIAGNOSTICS
from steadyhand.nodes.simulated.arm import SimulatedArm
from steadyhand.nodes.simulated.controller_manager import SimulatedControllerManager, SimulatedGripperController
from steadyhand.nodes.simulated.frames import RobotFrames
from steadyhand.nodes.simulated.gripper import GRIPPER_ACTIONS
from steadyhand.nodes.simulated.objects import ObjectPoses
from steadyhand.nodes.simulated.reports import diagnostic_status
from steadyhand.nodes.simulated.screens import Screens
from steadyhand.nodes.simulated.settings import SimulatorSettings
from steadyhand.nodes.simulated.signals import RobotSignals
from steadyhand.nodes.simulated.timing import LockstepTime, RealTime, Timing
from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource
from steadyhand.simulation.robot import PERIOD, JointSample, SimulatedRobot
from steadyhand.simulation.scene import DESCRIPTION, FINGER_JOINTS
from steadyhand.simulation.world import World
from steadyhand.srv import GetTaskStatus, ResetScene

BASE_FRAME = "panda_link0"
ARM_CONTROLLER = "/panda_arm_controller"
HAND_CONTROLLER = "/panda_hand_controller"

_REPORT = 5  # ticks between two reports of the controllers
_DIAGNOSE = 100  # ticks between two diagnostics
_FAREWELL = 0.1  # time for results to reach their clients [s]


class SimulatorNode(Node):  # type: ignore[misc]
    """Runs the simulated robot in a thread of its own, and translates for it.

    The thread publishes; the executor only takes commands, under a lock that the thread holds for a fraction of each
    period.
    """

    def __init__(self) -> None:
        """Lay out the first scene and begin to run.

        Raises:
            SteadyhandError: A parameter is wrong, or images cannot be drawn.
        """
        super().__init__("simulator")
        settings = self._settings = SimulatorSettings.declare(self)
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        self._resets: SimpleQueue[tuple[ResetScene.Request, Future]] = SimpleQueue()
        self._ticks = 0
        world = World(settings.task, settings.seed)
        self._robot = SimulatedRobot(world, settings.arm, settings.gripper, settings.image_rate)
        self._timing: Timing = RealTime(self, PERIOD)
        if settings.lockstep:
            self._timing = LockstepTime(self, PERIOD, settings.lead, settings.patience, settings.speed)
        self._screens = Screens(self, settings)
        self._connect()
        self._declare_live_parameters()
        self._thread = threading.Thread(target=self._simulate, name="simulation", daemon=True)
        self._thread.start()
        mode = "lockstep" if settings.lockstep else "real time"
        self.get_logger().info(
            f"task '{settings.task}', seed {settings.seed}, {mode}, images by {self._screens.backend}"
        )

    async def wind_down(self) -> None:
        """Stop the time, tell the clients of active goals, and end the processes that draw."""
        self._stopped.set()
        self._thread.join()
        with self._lock:
            self._robot.release()
        farewell: Future = Future()
        threading.Timer(_FAREWELL, self._resolve, (farewell, None)).start()
        await farewell
        self._screens.close()

    def _connect(self) -> None:
        settings, robot = self._settings, self._robot
        self._joint_names = list(robot.world.joint_names)
        self._joint_states = self.create_publisher(JointState, "/joint_states", QoSProfile(depth=50))
        self._diagnostics = self.create_publisher(DiagnosticArray, "/diagnostics", DIAGNOSTICS)
        self._frames = RobotFrames(self, read_description(resource(DESCRIPTION)))
        self._frame_ticks = round(1.0 / (PERIOD * settings.transform_rate)) if settings.transform_rate else 0
        self._arm = SimulatedArm(self, ARM_CONTROLLER, robot.arm, self._lock, self._now)
        serve_gripper = GRIPPER_ACTIONS[settings.gripper_action]
        self._gripper = serve_gripper(self, HAND_CONTROLLER, FINGER_JOINTS[0], robot.gripper, self._lock, self._now)
        self._manager = SimulatedControllerManager(
            self,
            ARM_CONTROLLER,
            settings.arm,
            lambda: self._arm.active,
            SimulatedGripperController(HAND_CONTROLLER, settings.gripper_action, FINGER_JOINTS[0]),
            lambda: self._gripper.active,
        )
        self._objects = ObjectPoses(self, BASE_FRAME)
        self._signals = RobotSignals(self)
        group = ReentrantCallbackGroup()
        self.create_service(ResetScene, "~/reset", self._on_reset, callback_group=group)
        self.create_service(GetTaskStatus, "~/task_status", self._on_task_status, callback_group=group)

    def _declare_live_parameters(self) -> None:
        """Faults and conditions of a real robot, to be set while the node runs."""
        live = {
            "publish_joint_states": declare(
                self, "publish_joint_states", True, "false freezes /joint_states", read_only=False
            ),
            "publish_images": declare(self, "publish_images", True, "false freezes the cameras", read_only=False),
            "arm_controller_active": declare(
                self,
                "arm_controller_active",
                True,
                "false deactivates the arm's controller, as its controller manager would",
                read_only=False,
            ),
            "gripper_controller_active": declare(
                self,
                "gripper_controller_active",
                True,
                "false lets the hand's controller refuse goals",
                read_only=False,
            ),
            "speed_scaling": declare(
                self,
                "speed_scaling",
                1.0,
                "speed at which the arm's controller plays trajectories, as a robot's speed slider sets it",
                low=0.0,
                high=1.0,
                read_only=False,
            ),
            "protective_stop": declare(
                self,
                "protective_stop",
                False,
                "true: the robot has stopped itself and holds its brakes",
                read_only=False,
            ),
            "publish_speed_scaling": declare(
                self, "publish_speed_scaling", True, "false freezes the topic of the speed scaling", read_only=False
            ),
            "publish_safety_state": declare(
                self, "publish_safety_state", True, "false freezes the topic of the safety state", read_only=False
            ),
        }
        self._apply([Parameter(name, value=value) for name, value in live.items()])
        self.add_post_set_parameters_callback(self._apply)

    def _apply(self, parameters: list[Parameter]) -> None:
        for parameter in parameters:
            if parameter.name == "publish_joint_states":
                self._publish_joint_states = parameter.value
            elif parameter.name == "publish_images":
                self._publish_images = parameter.value
            elif parameter.name == "arm_controller_active":
                self._arm.activate(parameter.value)
            elif parameter.name == "gripper_controller_active":
                self._gripper.active = parameter.value
            elif parameter.name == "speed_scaling":
                with self._lock:
                    self._robot.speed_scaling = parameter.value
            elif parameter.name == "protective_stop":
                with self._lock:
                    self._robot.protective_stop = parameter.value
            elif parameter.name == "publish_speed_scaling":
                self._signals.scaling = parameter.value
            elif parameter.name == "publish_safety_state":
                self._signals.safety = parameter.value

    def _now(self) -> float:
        return self._timing.now

    def _simulate(self) -> None:
        try:
            while self._timing.advance(self._stopped, self._serve_resets):
                self._tick()
        except Exception as error:
            self._fail(error)

    def _tick(self) -> None:
        stamp = self._timing.now
        with self._lock:
            sample, capture = self._robot.tick(stamp)
        self._ticks += 1
        if self._publish_joint_states:
            self._publish_joints(sample)
        self._signals.publish(self._robot.arm.speed_scaling, stopped=self._robot.protective_stop)
        if capture is not None and self._publish_images:
            self._screens.show(capture)
            while self._timing.waits_for_images and not self._screens.wait(0.1):
                if self._stopped.is_set():
                    return
        if self._ticks % _REPORT == 0:
            self._arm.publish()
            if self._objects.wanted:
                with self._lock:
                    poses = self._robot.world.object_poses()
                self._objects.publish(stamp, poses)
        if self._frame_ticks and self._ticks % self._frame_ticks == 0:
            positions = dict(zip(self._joint_names, sample.positions.tolist(), strict=True))
            self._frames.publish(stamp, positions)
        if self._ticks % _DIAGNOSE == 0:
            self._diagnose(stamp)

    def _publish_joints(self, sample: JointSample) -> None:
        message = JointState(name=self._joint_names)
        message.header.stamp = to_time(sample.stamp)
        message.position = array.array("d", sample.positions.tobytes())
        message.velocity = array.array("d", sample.velocities.tobytes())
        message.effort = array.array("d", sample.efforts.tobytes())
        self._joint_states.publish(message)

    def _diagnose(self, stamp: float) -> None:
        status = diagnostic_status(
            self._timing.pacer,
            lockstep=self._settings.lockstep,
            renderer=self._screens.backend,
            dropped=self._screens.dropped,
        )
        message = DiagnosticArray(status=[status])
        message.header.stamp = to_time(stamp)
        self._diagnostics.publish(message)
        if status.level != status.OK:
            self.get_logger().warning(status.message, throttle_duration_sec=10.0)

    async def _on_reset(self, request: ResetScene.Request, _response: Any) -> ResetScene.Response:
        done: Future = Future()
        self._resets.put((request, done))
        response: ResetScene.Response = await done
        return response

    def _serve_resets(self) -> None:
        while True:
            try:
                request, done = self._resets.get_nowait()
            except Empty:
                return
            try:
                with self._lock:
                    self._robot.reset(request.seed, request.task or None)
                self._screens.load(self._robot.world.task.name)
            except SteadyhandError as error:
                self._resolve(done, ResetScene.Response(success=False, message=str(error)))
            else:
                names = ", ".join(thing.name for thing in self._robot.world.task.objects)
                self._resolve(done, ResetScene.Response(success=True, message=f"on the table: {names}"))

    def _on_task_status(
        self, request: GetTaskStatus.Request, response: GetTaskStatus.Response
    ) -> GetTaskStatus.Response:
        with self._lock:
            status = self._robot.world.status(request.instruction)
        response.understood = status.understood
        response.success = status.success
        response.failed = status.failed
        response.message = status.message
        return response

    def _resolve(self, future: Future, result: Any) -> None:
        future.set_result(result)
        # The task that awaits it is resumed only by an executor that is awake.
        if self.executor is not None:
            self.executor.wake()

    def _fail(self, error: Exception) -> None:
        """End the process: an executor passes on what its tasks raise."""

        def fail() -> None:
            raise error

        while self.executor is None and not self._stopped.wait(0.01):
            pass
        if self.executor is not None:
            self.executor.create_task(fail)


def main(args: Sequence[str] | None = None) -> None:
    """Run the node until Ctrl-C."""
    sys.exit(run(SimulatorNode, args))


if __name__ == "__main__":
    main()
