"""Rolling windows as goals of FollowJointTrajectory: every window is answered."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from control_msgs.action import FollowJointTrajectory
from control_msgs.msg import JointTolerance
from rclpy.action import ActionClient
from rclpy.duration import Duration
from rclpy.node import Node

from steadyhand.drivers.arm import absence
from steadyhand.drivers.goal_verdict import verdict
from steadyhand.drivers.names import trajectory_action, trajectory_topic
from steadyhand.drivers.trajectory import TrajectoryWriter
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointMap
from steadyhand.profiles.robot import Tolerances

_STOPPED = frozenset({Reason.TOLERANCE_VIOLATED, Reason.CONTROLLER_MISMATCH})
"""Faults after which the controller holds the measured position by itself."""


@dataclass(frozen=True)
class _Sent:
    """A goal that was sent: its number, its window's end on the ROS clock and its sending on the steady clock [s]."""

    number: int
    end: float
    steady: float


class FollowJointTrajectoryDriver:
    """Sends each window as a goal that replaces the one before.

    At most one goal is unanswered: a window that comes meanwhile waits, takes the place of one that waits already,
    and leaves with the answer. So a slow controller gets the newest motion, and never a queue of old ones. Nothing is
    cancelled to stop: a controller that is told to cancel holds the measured position at once, which is a jerk. The
    brake is a window like any other. Only where the controller has stopped the arm by itself, because of a tolerance,
    the rest of that motion is kept back: it would pull the arm from where it was stopped to where it should have been.
    The next motion begins at rest, from the measured position.

    Args:
        node: The node that sends.
        controller: Name of the controller, the namespace of its action.
        joints: Names and units of the joints in the controller's messages.
        tolerances: What goals ask for; None for the controller's own.
        patience: Longest time without an answer to a goal [s].
    """

    def __init__(
        self, node: Node, controller: str, joints: JointMap, tolerances: Tolerances | None, patience: float
    ) -> None:
        self._node = node
        self._name = trajectory_action(controller)
        self._topic = trajectory_topic(controller)
        self._writer = TrajectoryWriter(joints)
        self._patience = patience
        self._template = _template(joints, tolerances or Tolerances.model_validate({}))
        self._client = ActionClient(node, FollowJointTrajectory, self._name)
        self._number = 0
        self._unanswered: _Sent | None = None
        self._waiting: Reference | None = None
        self._active: dict[int, tuple[Any, float]] = {}
        self._fault: RefusedError | None = None
        self._stopped_by_controller = self._moving = False
        self._said = "no goal yet"
        self._last = self._longest = 0.0

    @property
    def connected(self) -> bool:
        """True while the controller's action server is there."""
        return bool(self._client.server_is_ready())

    @property
    def refusal(self) -> RefusedError | None:
        """Why no episode can begin now: nobody listens."""
        return absence(self.connected)

    @property
    def command_topics(self) -> tuple[str, ...]:
        """The topic that the same controller listens to: nobody may publish there while goals are sent."""
        return (self._topic,)

    @property
    def outcome(self) -> str:
        """What it said last, and how long its answers took: the latency that goals have and a topic has not."""
        return f"{self._said}; last answer after {1e3 * self._last:.1f} ms, longest {1e3 * self._longest:.1f} ms"

    def take_fault(self) -> RefusedError | None:
        """Return, once, why the controller no longer follows; None where it does."""
        self._notice_silence()
        if self._fault is None and (self._active or self._unanswered) and not self.connected:
            self._fail(Reason.CONTROLLER_ABSENT, f"the action server {self._name} is gone")
            self._active.clear()
            self._unanswered = self._waiting = None
        fault, self._fault = self._fault, None
        return fault

    def send(self, window: Reference) -> None:
        """Send a window, or keep it until the goal before it is answered."""
        resting = _begins_at_rest(window)
        if resting:
            self._stopped_by_controller = False
            if self._moving:
                self._unanswered = None  # of a motion before this one
        self._moving = not resting
        if self._stopped_by_controller:
            return
        self._waiting = window
        if self._unanswered is None:
            self._send_waiting()

    def close(self) -> None:
        """Give the action client up; end a goal that still waits for its tolerance, at rest."""
        for handle, end in self._active.values():
            # Before its end a goal carries the brake, and a cancelled one would stop the arm with a jerk.
            if self._now >= end:
                handle.cancel_goal_async()
        self._active.clear()
        self._client.destroy()

    @property
    def _now(self) -> float:
        return float(self._node.get_clock().now().nanoseconds) * 1e-9

    def _send_waiting(self) -> None:
        window, self._waiting = self._waiting, None
        if window is None or window.end < self._now:
            return
        if not self.connected:
            self._fail(Reason.CONTROLLER_ABSENT, f"the action server {self._name} is not there")
            return
        self._number += 1
        sent = self._unanswered = _Sent(self._number, window.end, time.monotonic())
        goal = FollowJointTrajectory.Goal(
            trajectory=self._writer.message(window),
            path_tolerance=self._template.path_tolerance,
            goal_tolerance=self._template.goal_tolerance,
            goal_time_tolerance=self._template.goal_time_tolerance,
        )
        self._client.send_goal_async(goal).add_done_callback(partial(self._on_answer, sent))

    def _notice_silence(self) -> None:
        sent = self._unanswered
        if sent is None or time.monotonic() - sent.steady <= self._patience:
            return
        self._fail(Reason.CONTROLLER_SILENT, f"no answer to a goal within {self._patience:g} s from {self._name}")
        # What waits is newer, and may be a brake: it must not wait for an answer that never comes.
        self._unanswered = None
        self._send_waiting()

    def _on_answer(self, sent: _Sent, future: Any) -> None:
        if self._unanswered is sent:
            self._unanswered = None
        self._last = time.monotonic() - sent.steady
        self._longest = max(self._longest, self._last)
        handle = future.result()
        if handle is None or not handle.accepted:
            self._fail(Reason.CONTROLLER_REFUSED, f"goal {sent.number} was refused by {self._name}")
        else:
            self._said = f"goal {sent.number} accepted"
            self._active[sent.number] = handle, sent.end
            handle.get_result_async().add_done_callback(partial(self._on_result, sent))
        if self._unanswered is None:
            self._send_waiting()

    def _on_result(self, sent: _Sent, future: Any) -> None:
        if self._active.pop(sent.number, None) is None:
            return
        answer = future.result()
        if answer is None:
            return
        result = answer.result
        replaced = sent.number != self._number
        fault = verdict(answer.status, result.error_code, result.error_string, replaced=replaced)
        if fault is not None:
            self._fail(fault.reason, str(fault))
            self._stopped_by_controller |= fault.reason in _STOPPED
        elif not replaced:
            self._said = f"goal {sent.number} reached"

    def _fail(self, reason: Reason, message: str) -> None:
        self._said = message
        if self._fault is None:
            self._fault = RefusedError(reason, message)


def _begins_at_rest(window: Reference) -> bool:
    return bool(np.all(np.abs(window.velocities[0]) < 1e-9) and np.all(np.abs(window.accelerations[0]) < 1e-6))


def _template(joints: JointMap, tolerances: Tolerances) -> FollowJointTrajectory.Goal:
    """Return a goal with tolerances in the units of the controller's messages; 0 asks for the controller's own."""

    def every_joint(tolerance: float) -> list[JointTolerance]:
        if tolerance == 0.0:
            return []
        return [
            JointTolerance(name=name, position=abs(tolerance / binding.factor))
            for name, binding in zip(joints.names, joints.bindings, strict=True)
        ]

    return FollowJointTrajectory.Goal(
        path_tolerance=every_joint(tolerances.path),
        goal_tolerance=every_joint(tolerances.goal),
        goal_time_tolerance=Duration(nanoseconds=round(tolerances.goal_time * 1e9)).to_msg(),
    )
