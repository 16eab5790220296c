"""MoveIt Servo as what moves the arm: momentary commands at a rate, and its status as faults."""

from __future__ import annotations

import time
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rcl_interfaces.srv import GetParameters
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_srvs.srv import SetBool

from steadyhand.drivers.exceptions import DriverError
from steadyhand.drivers.servo_commands import COMMAND_TYPES, ServoCommands
from steadyhand.drivers.servo_settings import PARAMETERS, ServoSettings
from steadyhand.drivers.servo_status import verdict
from steadyhand.drivers.streaming import WindowStream
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.exceptions import JointBindingError

Array = NDArray[np.float64]

_CARE = 0.05  # between two looks at what Servo does [s]
_PROBE = 1.0  # between two questions about parameters, while nothing moves [s]
_ANSWER = 1.0  # for Servo's services, before a motion [s]
_SILENCE = 0.25  # of commands without a status [s]
_SETTLING = 0.3  # that a late arm gets after the end of a motion [s]
# Until a command is followed, Servo repeats the status of the one before, which may be long ago.
_STALE_STATUS = 0.05


class _Stage(Enum):
    PROBING = "looks for Servo"
    RESTING = "ready"
    PREPARING = "asks Servo to take commands"
    STREAMING = "sends commands"
    STOPPING = "lets Servo come to rest"


class ServoDriver:
    """Lets MoveIt Servo follow the window.

    Each motion begins with a look at Servo's parameters, which may have changed, the choice of the command type and the
    end of a pause, and ends with a pause. In between the newest window is sampled by a timer; where that stops, Servo
    stops by its own timeout. After a fault of Servo's nothing more is sent until the bridge's brake is over.

    Attributes:
        outcome: What Servo said last, for diagnostics.

    Args:
        node: The node that sends.
        contract: The deployment.

    Raises:
        DriverError: The messages of MoveIt are not installed.
    """

    def __init__(self, node: Node, contract: Contract) -> None:
        try:
            from moveit_msgs.msg import ServoStatus
            from moveit_msgs.srv import ServoCommandType
        except ImportError as error:
            raise DriverError(
                f"MoveIt Servo's messages cannot be imported: {error}. Install ros-$ROS_DISTRO-moveit-msgs of Jazzy or "
                "newer (Humble's has no ServoStatus)."
            ) from error
        self._node = node
        self._contract = contract
        self._name = contract.robot.arm.servo.node
        self._choice = ServoCommandType.Request(command_type=COMMAND_TYPES[contract.robot.arm.servo.command])
        self._status_type = ServoStatus
        self._joints = arm_joints(contract.robot, contract.deployment)
        self._measured: tuple[float, Array] | None = None
        self._stream = WindowStream(_SETTLING)
        self._stage = _Stage.PROBING
        self._since = time.monotonic()
        self._asked = -np.inf
        self._attempt = 0
        # Counted in commands: where this process or the clock stands still, Servo's silence says nothing.
        self._unanswered = 0
        self._followed = np.inf
        self._fault: RefusedError | None = None
        self._unfit: RefusedError | None = None
        self._blocked_until = -np.inf
        self._settings: ServoSettings | None = None
        self._commands: ServoCommands | None = None
        self._status: Any = None
        self.outcome = f"no {self._name} yet"
        self._parameters = node.create_client(GetParameters, f"{self._name}/get_parameters")
        self._switch = node.create_client(ServoCommandType, f"{self._name}/switch_command_type")
        self._pause = node.create_client(SetBool, f"{self._name}/pause_servo")
        self._states = node.create_subscription(
            JointState,
            contract.robot.joint_states.topic,
            self._on_joints,
            QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT),
        )
        self._timers = [
            node.create_timer(1.0 / contract.robot.arm.rate, self._send_command),
            node.create_timer(_CARE, self._look_after, clock=Clock(clock_type=ClockType.STEADY_TIME)),
        ]

    @property
    def connected(self) -> bool:
        """True while Servo is there, fit to drive the arm, and listens."""
        return (
            self._stage is not _Stage.PROBING
            and self._commands is not None
            and self._commands.heard
            and self._switch.service_is_ready()
            and self._pause.service_is_ready()
        )

    @property
    def command_topics(self) -> tuple[str, ...]:
        """Servo's topic of the chosen command."""
        return () if self._commands is None else (self._commands.topic,)

    @property
    def refusal(self) -> RefusedError | None:
        """Why no episode can begin now, None where one can."""
        if self._unfit is not None:
            return self._unfit
        return None if self.connected else RefusedError(Reason.CONTROLLER_ABSENT, self.outcome)

    def take_fault(self) -> RefusedError | None:
        """Return, once, why Servo no longer does what it was told; None where it does."""
        fault, self._fault = self._fault, None
        return fault

    def send(self, window: Reference) -> None:
        """Let Servo follow a window from now on; what belongs to the brake after a fault is left aside."""
        now = self._now
        if now < self._blocked_until:
            self._blocked_until = max(self._blocked_until, window.end)
            return
        if self._stage is _Stage.PROBING:
            self._fail(RefusedError(Reason.CONTROLLER_ABSENT, self.outcome))
            self._blocked_until = window.end
            return
        self._stream.take(window)
        if self._stage in (_Stage.RESTING, _Stage.STOPPING):
            self._prepare()

    def close(self) -> None:
        """Send what is left of the brake, and give up every connection."""
        self._finish()
        for timer in self._timers:
            self._node.destroy_timer(timer)
        for client in (self._parameters, self._switch, self._pause):
            self._node.destroy_client(client)
        self._node.destroy_subscription(self._states)
        self._disconnect()

    @property
    def _now(self) -> float:
        return float(self._node.get_clock().now().nanoseconds) * 1e-9

    @property
    def _slowing(self) -> float:
        """How long Servo gets to notice silence and to slow down [s]: a pause before that would be a step."""
        return _SETTLING + (self._settings.timeout if self._settings is not None else 0.0)

    def _enter(self, stage: _Stage) -> None:
        self._stage, self._since = stage, time.monotonic()
        self._attempt += 1

    def _look_after(self) -> None:
        """Ask for what is not known, and notice what does not come."""
        elapsed = time.monotonic() - self._since
        due = time.monotonic() - self._asked > _PROBE
        if self._stage is _Stage.PROBING:
            if due:
                self._probe()
        elif not (self._switch.service_is_ready() and self._pause.service_is_ready()):
            self._lose(Reason.CONTROLLER_ABSENT, f"{self._name} is gone")
        elif self._stage is _Stage.RESTING and due:
            if self._since < self._asked:
                self._lose(Reason.CONTROLLER_SILENT, f"{self._name} does not answer")
            else:
                self._ask()
        elif self._stage is _Stage.PREPARING and elapsed > _ANSWER:
            self._fail(RefusedError(Reason.CONTROLLER_SILENT, f"{self._name} does not answer within {_ANSWER:g} s"))
        elif self._stage is _Stage.STREAMING and self._unanswered > _SILENCE * self._contract.robot.arm.rate:
            words = f"{self._name} has told no status for {self._unanswered} commands"
            self._fail(RefusedError(Reason.CONTROLLER_SILENT, words))
        elif self._stage is _Stage.STOPPING and elapsed > self._slowing:
            self._rest()

    def _probe(self) -> None:
        self._asked = time.monotonic()
        if not self._parameters.service_is_ready():
            self._unfit = None
            self.outcome = f"{self._name} is not there: start MoveIt Servo, or mend arm.servo.node"
            return
        if not self._switch.service_is_ready():
            services = {name for name, _ in self._node.get_service_names_and_types()}
            old = f"{self._name}/start_servo" in services
            self.outcome = (
                f"{self._name} is MoveIt Servo of Humble, which has no command types: Jazzy or newer is needed"
                if old
                else f"{self._name} has no service switch_command_type: it is no MoveIt Servo, or starts still"
            )
            self._unfit = RefusedError(Reason.CONTROLLER_MISMATCH, self.outcome) if old else None
            return
        self._ask()

    def _ask(self) -> None:
        self._asked = time.monotonic()
        attempt = self._attempt
        future = self._parameters.call_async(GetParameters.Request(names=list(PARAMETERS)))
        future.add_done_callback(lambda done: self._on_parameters(done, attempt))

    def _on_parameters(self, future: Any, attempt: int) -> None:
        answer = future.result()
        if attempt != self._attempt or answer is None:
            return
        # A node that lacks one of them may answer nothing at all.
        complete = len(answer.values) == len(PARAMETERS)
        values = dict(zip(PARAMETERS, answer.values, strict=True)) if complete else {}
        try:
            settings = ServoSettings.read(
                self._name, {name: parameter_value_to_python(value) for name, value in values.items()}
            )
            settings.check(self._contract.robot, self._name)
        except RefusedError as refusal:
            self._lose(refusal.reason, str(refusal))
            self._unfit = refusal
            return
        self._unfit = None
        if settings != self._settings:
            self._disconnect()
            self._connect(settings)
        if self._stage is _Stage.PREPARING:
            self._switch.call_async(self._choice).add_done_callback(lambda done: self._on_switched(done, attempt))
        else:
            self._enter(_Stage.RESTING)

    def _prepare(self) -> None:
        """Ask for what may have changed, choose the command type whatever was chosen before, then end the pause."""
        self._enter(_Stage.PREPARING)
        self._ask()

    def _on_switched(self, future: Any, attempt: int) -> None:
        if attempt != self._attempt:
            return
        if not self._agreed(future, "to switch the command type"):
            return
        request = SetBool.Request(data=False)
        self._pause.call_async(request).add_done_callback(lambda done: self._on_unpaused(done, attempt))

    def _on_unpaused(self, future: Any, attempt: int) -> None:
        if attempt == self._attempt and self._agreed(future, "to end its pause"):
            self._followed, self._unanswered = np.inf, 0
            self._enter(_Stage.STREAMING)

    def _agreed(self, future: Any, asked: str) -> bool:
        answer = future.result()
        if answer is not None and answer.success:
            return True
        self._fail(RefusedError(Reason.CONTROLLER_REFUSED, f"{self._name} refuses {asked}"))
        return False

    def _send_command(self) -> None:
        if self._stage is not _Stage.STREAMING:
            return
        now = self._now
        state = self._stream.sample(now)
        if state is None:
            self._rest()
            return
        assert self._stream.window is not None and self._commands is not None
        self._commands.publish(now, self._stream.window, state, self._fresh(now))
        self._followed = min(self._followed, time.monotonic())
        self._unanswered += 1

    def _fresh(self, now: float) -> tuple[float, Array] | None:
        """Return the newest measurement where it is young enough."""
        if self._measured is None or now - self._measured[0] > self._contract.robot.safety.joint_state_age:
            return None
        return self._measured

    def _rest(self) -> None:
        """Pause Servo: nobody else's command moves the arm while it is held, and its smoothing begins anew."""
        self._stream.drop()
        self._enter(_Stage.RESTING)
        self._pause.call_async(SetBool.Request(data=True))

    def _lose(self, reason: Reason, words: str) -> None:
        """Begin anew to look for Servo; a fault where something moves."""
        self.outcome = words
        if self._stage in (_Stage.PREPARING, _Stage.STREAMING):
            self._fail(RefusedError(reason, words))
        self._disconnect()
        if self._stage is not _Stage.PROBING:
            self._enter(_Stage.PROBING)

    def _fail(self, refusal: RefusedError) -> None:
        self._fault, self.outcome = refusal, str(refusal)
        if self._stream.window is not None:
            self._blocked_until = self._stream.window.end
        self._stream.drop()
        if self._stage is not _Stage.PROBING:
            self._enter(_Stage.STOPPING)

    def _on_status(self, message: Any) -> None:
        self._unanswered = 0
        if self._stage is not _Stage.STREAMING or time.monotonic() - self._followed < _STALE_STATUS:
            return
        found = verdict(message.code, message.message)
        self.outcome = found.words
        if found.fault is not None:
            self._fail(found.fault)

    def _on_joints(self, message: JointState) -> None:
        try:
            positions = self._joints.extract(message.name, message.position)
        except JointBindingError:
            return  # another broadcaster's joints; what lacks some of ours is the bridge's to judge
        if np.isfinite(positions).all():
            self._measured = (message.header.stamp.sec + 1e-9 * message.header.stamp.nanosec, positions)

    def _finish(self) -> None:
        """Send the rest of the window from here: no timer comes any more while the node leaves."""
        if self._stage is not _Stage.STREAMING or self._commands is None or self._stream.window is None:
            return
        began, now, window = time.monotonic(), self._now, self._stream.window
        longest = self._contract.robot.safety.max_unattended_motion
        while (elapsed := time.monotonic() - began) < longest and now + elapsed < window.end:
            self._commands.publish(now + elapsed, window, window.sample(now + elapsed), None)
            time.sleep(1.0 / self._contract.robot.arm.rate)
        self._rest()

    def _connect(self, settings: ServoSettings) -> None:
        self._settings = settings
        self._commands = ServoCommands(self._node, self._contract, settings)
        self._status = self._node.create_subscription(
            self._status_type, settings.status_topic, self._on_status, QoSProfile(depth=10)
        )
        self.outcome = f"ready: {self._commands.topic}, timeout {settings.timeout:g} s"

    def _disconnect(self) -> None:
        if self._commands is not None:
            self._commands.close()
            self._node.destroy_subscription(self._status)
        self._commands = self._status = self._settings = None
