"""The bridge node: action chunks in, commands to the controllers out."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import get_args

from diagnostic_msgs.msg import DiagnosticStatus
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup
from sensor_msgs.msg import JointState
from std_msgs.msg import Header

from steadyhand.drivers.factory import (
    make_arm,
    make_base,
    make_grippers,
    make_planner,
    make_probes,
    make_scene_source,
)
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.command import Command
from steadyhand.execution.exceptions import RefusedError, SchedulingError
from steadyhand.execution.mode import Mode
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason
from steadyhand.execution.scheduling import Scheduling, reschedule
from steadyhand.msg import ActionChunk, ExecutionState, PilotStatus
from steadyhand.nodes.backlog import backlog
from steadyhand.nodes.bridge_diagnosis import BridgeDiagnosis
from steadyhand.nodes.bridge_reports import diagnostic_status, execution_state
from steadyhand.nodes.chunk_wire import read_chunk
from steadyhand.nodes.conversions import chunk_from_message, to_seconds
from steadyhand.nodes.diagnosis import status_name
from steadyhand.nodes.exceptions import ConversionError
from steadyhand.nodes.joint_wire import read_joint_state
from steadyhand.nodes.lifecycle import ManagedNode
from steadyhand.nodes.operator_desk import OperatorDesk
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, HEARTBEAT, JOINT_STATES, LATCHED
from steadyhand.nodes.robot_signals import RobotSignals
from steadyhand.nodes.trace import Trace
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.exceptions import JointBindingError
from steadyhand.srv import SetEpisode

MODES = tuple(Mode)
"""Modes by their numbers in ExecutionState."""


class BridgeNode(ManagedNode):
    """Translates messages for `steadyhand.execution.bridge.Bridge`, which decides."""

    def __init__(self) -> None:
        """Declare the parameters; everything else waits for `configure`."""
        super().__init__("bridge")
        self._deployment = declare(
            self, "deployment", "panda_embedded", "deployment, by name or path of its file", read_only=False
        )
        self.let_before_configuring("deployment", "_deployment")
        self._rate = declare(
            self,
            "rate",
            20.0,
            "rate at which the controller's window is renewed [Hz]",
            low=10.0,
            high=100.0,
            read_only=False,
        )
        self.changes.let("rate", self._change_rate, self._busy)
        self._scheduling: Scheduling = declare(  # type: ignore[assignment]
            self,
            "scheduling",
            "fifo",
            "place among other programs: fifo, before every ordinary one, as a controller manager; nice; ordinary",
            choices=get_args(Scheduling),
            read_only=False,
        )
        self.let_before_configuring("scheduling", "_scheduling", get_args(Scheduling))
        self._desk = OperatorDesk(self)
        self._trace = Trace(self)

    def configure(self) -> None:
        """Read the deployment, connect to controllers, joint states, policy and pilot."""
        contract = load_deployment(self._deployment)
        robot = contract.robot
        self._scene = make_scene_source(self, contract, self.tick)
        self._planner = make_planner(self, contract)
        self._bridge = Bridge(contract, scene=self._scene, planner=self._planner)
        self._defaults = Mode(contract.deployment.mode), contract.deployment.speed
        self._sources = {"scene": self._scene, "planner": self._planner}
        self._joints = arm_joints(robot, contract.deployment)
        self._arm = make_arm(self, contract)
        self._controllers = make_probes(self, contract)
        self._grippers = make_grippers(self, contract)
        self._base = make_base(self, contract)
        self._signals = RobotSignals(self, robot, self._joints, self._bridge, self._command_topics)
        self._state_publisher = self.create_publisher(ExecutionState, "execution_state", EXECUTION_STATE)
        self._status_publisher = self.create_publisher(DiagnosticStatus, "~/status", LATCHED)
        self._diagnosis = BridgeDiagnosis(self, contract)
        own_group = MutuallyExclusiveCallbackGroup()
        self._joint_states = self.create_subscription(
            JointState, robot.joint_states.topic, self._on_joints, JOINT_STATES, callback_group=own_group, raw=True
        )
        self._inputs = [
            self._joint_states,
            self.create_subscription(ActionChunk, "action_chunk", self._on_chunk, CHUNKS, raw=True),
            self.create_subscription(PilotStatus, "pilot/status", self._on_pilot, LATCHED),
            self.create_subscription(Header, "policy/heartbeat", self._on_heartbeat, HEARTBEAT),
        ]
        self._offers = [
            self.create_service(SetEpisode, "~/set_episode", self._on_set_episode),
        ]
        self._desk.open(self._bridge)
        self._clockwork = [
            self.create_timer(1.0 / self._rate, self.tick),
            self.create_timer(1.0, self._diagnose, clock=self.steady_clock),
        ]
        self._reported: tuple[Phase, Reason | None, str] | None = None
        try:
            reschedule(self._scheduling)
        except SchedulingError as error:
            self.get_logger().info(f"commands may be late where other programs keep all cores busy: {error}")

    def _command_topics(self) -> tuple[str, ...]:
        """Return the topics on which arm and base are commanded: of Servo once it has told which."""
        return (*self._arm.command_topics, *(() if self._base is None else self._base.command_topics))

    def activate(self) -> None:
        """Hold, and wait for an episode."""
        self._bridge.activate()

    def deactivate(self) -> None:
        """Brake before anything else."""
        self._send(self._bridge.deactivate(self.now))
        self._report()

    def cleanup(self) -> None:
        """Disconnect."""
        for timer in self._clockwork:
            self.destroy_timer(timer)
        self._desk.close()
        for service in self._offers:
            self.destroy_service(service)
        for subscription in self._inputs:
            self.destroy_subscription(subscription)
        self._signals.close()
        for gripper in self._grippers.values():
            gripper.close()
        self._arm.close()
        for controller in self._controllers.values():
            controller.close()
        if self._base is not None:
            self._base.close()
        for source in self._sources.values():
            if source is not None:
                source.close()
        for publisher in (self._state_publisher, self._status_publisher):
            self.destroy_publisher(publisher)
        self._diagnosis.close()

    def _busy(self) -> str:
        executor = self._bridge.executor if self.configured else None
        moves = executor is not None and (executor.episode_id or executor.moving)
        return "an episode is open: wait for its end, or cancel it" if moves else ""

    def _change_rate(self, rate: float) -> None:
        self._rate = rate
        if self.configured:
            self._clockwork[0].timer_period_ns = round(1e9 / rate)

    def _on_joints(self, data: bytes) -> None:
        self._hear_joints(data)
        self._hear_waiting_joints()

    def _hear_waiting_joints(self) -> None:
        for data in backlog(self._joint_states):
            self._hear_joints(data)

    def _hear_joints(self, data: bytes) -> None:
        try:
            report = read_joint_state(data)
            if not self._joints.concerned(report.names):
                return  # another broadcaster's joints
            positions = self._joints.extract(report.names, report.positions)
        except (ConversionError, JointBindingError) as error:
            self._bridge.watch.hear_invalid_joints(str(error))
            return
        self._bridge.watch.hear_joints(report.stamp, positions)
        self._diagnosis.hear_joints(self.now, report.stamp)

    def _on_pilot(self, message: PilotStatus) -> None:
        episode = self._bridge.executor.episode_id
        if episode and message.episode_id == episode:
            self._bridge.watch.hear_pilot(time.monotonic())

    def _on_heartbeat(self, _message: Header) -> None:
        self._bridge.watch.hear_policy(time.monotonic())

    def _on_chunk(self, data: bytes) -> None:
        if not self.active:
            return
        episode_id = self._bridge.executor.episode_id
        try:
            message = read_chunk(data)
            episode_id = message.episode_id
            self._diagnosis.hear_chunk(self.now, to_seconds(message.header.stamp))
            self._bridge.receive(chunk_from_message(message), self.now)
        except ConversionError as error:
            if episode_id == self._bridge.executor.episode_id:
                self._bridge.refuse(self.now, Reason.CHUNK_WIDTH, str(error))
        # A new reference, or a brake, is handed over at once and not at the next tick.
        self.tick()

    def tick(self) -> None:
        """Decide, hand over, report."""
        try:
            self._hear_waiting_joints()
            self._take_faults()
            self._send(self._bridge.tick(self.now, time.monotonic()))
            if self._bridge.executor.chunk is not None:
                self._trace.mark("commanded", self._bridge.executor.chunk.sequence)
        except Exception as error:
            at, said = self._bridge.pace.at(self.now), f"{type(error).__name__}: {error}"
            self._bridge.executor.fault(at, Reason.INTERNAL_ERROR, said)
            self.get_logger().error(f"internal error, braking: {said}")
        self._report()

    def _take_faults(self) -> None:
        faults = [self._arm.take_fault(), *(controller.take_fault() for controller in self._controllers.values())]
        if self._base is not None:
            faults.append(self._base.take_fault())
        for fault in faults:
            if fault is not None and not self._bridge.shadow:
                self._bridge.fault(self.now, fault)
        for name, gripper in self._grippers.items():
            refusal = gripper.take_fault()
            if refusal is not None:
                self._bridge.gripper_refused(self.now, name, refusal)

    def _send(self, command: Command) -> None:
        self._diagnosis.command(command.motion is not None)
        if command.motion is not None:
            self._arm.send(command.motion)
        for name, opening in command.grippers.items():
            self._grippers[name].command(opening)
        if command.base is not None and self._base is not None:
            self._base.send(command.base, self.now)

    def _on_set_episode(self, request: SetEpisode.Request, response: SetEpisode.Response) -> SetEpisode.Response:
        try:
            self._set_episode(request)
            response.accepted = True
        except RefusedError as refusal:
            response.code, response.message = str(refusal.reason), f"{refusal}. {refusal.reason.remedy}"
        self.tick()
        return response

    def _set_episode(self, request: SetEpisode.Request) -> None:
        bridge, now = self._bridge, self.now
        if request.phase == SetEpisode.Request.PHASE_END:
            # An end that comes for an episode already gone must not stop the one that followed it.
            if request.episode_id == bridge.executor.episode_id:
                bridge.close(now)
            return
        if not self.active:
            raise RefusedError(Reason.NOT_ACTIVE, "the bridge is not active")
        if request.phase == SetEpisode.Request.PHASE_RUN:
            bridge.run(request.episode_id, time.monotonic())
            return
        if request.mode >= len(MODES):
            raise RefusedError(Reason.MODE_UNKNOWN, f"mode {request.mode} is not offered by this bridge")
        mode = MODES[request.mode].more_cautious(self._desk.mode)
        if mode is not Mode.SHADOW:
            self.check_ready()
        shadow, confirm, speed = mode is Mode.SHADOW, mode is Mode.CONFIRM, min(request.speed, self._desk.speed)
        bridge.open(request.episode_id, now, time.monotonic(), shadow=shadow, confirm=confirm, speed=speed)

    def check_ready(self) -> None:
        """Raise RefusedError where something that takes commands is not there, or not as the profile says."""
        refusal = self._arm.refusal
        if refusal is not None:
            raise refusal
        self.check_controllers()
        if self._base is not None:
            self._base.check()
        self._signals.look_around()

    def check_controllers(self) -> None:
        """Raise RefusedError where a controller is not what the profile says, or not active."""
        for controller in self._controllers.values():
            controller.check()

    def _report(self) -> None:
        executor = self._bridge.executor
        mode, speed = self._bridge.conduct.mode, self._bridge.conduct.speed
        if not executor.episode_id:
            # What the next episode gets where its goal leaves it open.
            mode, speed = self._defaults[0].more_cautious(self._desk.mode), min(self._defaults[1], self._desk.speed)
        self._state_publisher.publish(execution_state(self._bridge, MODES.index(mode), speed, self.now))
        # Offers follow one another for the same reason.
        shown = executor.message if executor.reason is Reason.CONFIRMATION_AWAITED else ""
        if self._reported == (executor.phase, executor.reason, shown):
            return
        self._reported = (executor.phase, executor.reason, shown)
        self._status_publisher.publish(self._status())
        if executor.reason is not None:
            self.get_logger().info(f"{executor.phase.value}: {executor.reason}: {executor.message}")
        else:
            self.get_logger().info(executor.phase.value)

    def _status(self) -> DiagnosticStatus:
        status = diagnostic_status(
            self._bridge, self._arm, self._grippers, self._sources, self._controllers, self._base
        )
        status.name = status_name(self.get_namespace(), "bridge")
        return status

    def _diagnose(self) -> None:
        if self._base is not None:
            self._base.timeout.ask()
        status = self._status()
        self._status_publisher.publish(status)
        self._diagnosis.publish(status, self._controllers, self.now)


def main(args: Sequence[str] | None = None) -> None:
    """Run the bridge node."""
    sys.exit(run(BridgeNode, args, events=True))


if __name__ == "__main__":
    main()
