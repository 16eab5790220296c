"""The watch: ages, liveness and tracking while the arm may move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.pace import Pace
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WatchLimits:
    """Limits of the watch, as in the robot profile's ``safety``: ages in seconds, tracking error in rad or m."""

    joint_state_age: float
    policy_silence: float
    pilot_silence: float
    tracking_error: float


class Watch:
    """Remembers when everything that motion depends on was last heard of, and says what is missing.

    Ages of data are measured on the ROS clock against their stamps, liveness of nodes on the steady clock at receipt.
    """

    def __init__(self, joint_names: tuple[str, ...], limits: WatchLimits) -> None:
        self._joint_names = joint_names
        self._limits = limits
        self._invalid: str = ""
        self._measured: Array | None = None
        self._stamp = -np.inf
        self._policy = -np.inf
        self._pilot = -np.inf

    def clear(self) -> None:
        """Forget everything heard so far."""
        self._measured, self._stamp, self._invalid = None, -np.inf, ""
        self._policy = self._pilot = -np.inf

    def hear_joints(self, stamp: float, positions: Array) -> None:
        """Take measured positions in profile order, shape (n,), with their stamp on the ROS clock [s]."""
        if not np.all(np.isfinite(positions)):
            joint = self._joint_names[int(np.argmin(np.isfinite(positions)))]
            self._invalid = f"the measured position of {joint} is not finite"
            return
        if stamp < self._stamp:
            self._invalid = f"joint states are misordered: stamp {stamp:.3f} s after {self._stamp:.3f} s"
            return
        self._invalid = ""
        self._measured, self._stamp = positions, stamp

    def hear_invalid_joints(self, message: str) -> None:
        """Take note of a joint state that could not be read."""
        self._invalid = message

    def hear_policy(self, steady: float) -> None:
        """Take note of the policy's heartbeat, steady clock [s]."""
        self._policy = steady

    def hear_pilot(self, steady: float) -> None:
        """Take note of the pilot's status, steady clock [s]."""
        self._pilot = steady

    def measured(self, now: float) -> Array:
        """Return the measured positions, shape (n,).

        Raises:
            RefusedError: There are none, they are too old, or the newest could not be read.
        """
        if self._invalid:
            raise RefusedError(Reason.JOINT_STATE_INVALID, self._invalid)
        if self._measured is None:
            raise RefusedError(Reason.JOINT_STATE_STALE, "no joint state has been received")
        age = now - self._stamp
        if not age <= self._limits.joint_state_age:
            raise RefusedError(
                Reason.JOINT_STATE_STALE,
                f"the newest joint state is {age:.3f} s old, limit {self._limits.joint_state_age:g} s",
            )
        return self._measured

    def tracks(self, command: Array) -> bool:
        """Return whether the arm was measured no farther from a command, shape (n,), than a tracking error may be."""
        measured = self._measured
        return measured is not None and bool(np.all(np.abs(measured - command) <= self._limits.tracking_error))

    def check_pilot(self, steady: float) -> None:
        """Raise RefusedError where the pilot has been silent for too long."""
        age = steady - self._pilot
        if age > self._limits.pilot_silence:
            raise RefusedError(
                Reason.PILOT_SILENT, f"no pilot status for {age:.2f} s, limit {self._limits.pilot_silence:g} s"
            )

    def check_policy(self, steady: float) -> None:
        """Raise RefusedError where the policy's heartbeat has been absent for too long."""
        age = steady - self._policy
        if age > self._limits.policy_silence:
            raise RefusedError(
                Reason.POLICY_SILENT, f"no policy heartbeat for {age:.2f} s, limit {self._limits.policy_silence:g} s"
            )

    def check_tracking(self, reference: Reference, now: float, pace: Pace) -> None:
        """Raise RefusedError where the arm is too far from what was commanded for the time of its measurement."""
        error = np.abs(self.measured(now) - reference.sample(pace.at(self._stamp)).position)
        if not np.all(error <= self._limits.tracking_error):
            joint = int(np.argmax(error))
            raise RefusedError(
                Reason.TRACKING_ERROR,
                f"{self._joint_names[joint]} is {error[joint]:.3f} from its command, "
                f"limit {self._limits.tracking_error:g}",
            )
