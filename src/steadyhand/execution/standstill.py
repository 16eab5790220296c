"""The standstill: an arm that its robot has stopped by itself is held where it stands, without a brake."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.consent import Consent
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.executor import Executor
from steadyhand.execution.phase import Phase
from steadyhand.execution.reference import Reference
from steadyhand.execution.watch import Watch

Array = NDArray[np.float64]


class Standstill:
    """Holds a stopped arm: a brake would only wait in its controller. Times are on the ROS clock [s].

    Attributes:
        halted: True from the stop until the robot is let go, and its controller has been handed where it stands.

    Args:
        executor: What is halted.
        watch: Where the arm was measured.
        consent: Whether the robot stands by itself, and at which pace the reference goes.
    """

    def __init__(self, executor: Executor, watch: Watch, consent: Consent) -> None:
        self.halted = False
        self._executor = executor
        self._watch = watch
        self._consent = consent

    def halt(self, now: float, refusal: RefusedError) -> None:
        """Hold where the arm stands, for the reason of a refusal."""
        at = self._consent.pace.at(now)
        if self.halted or self._executor.reference is None:
            self._executor.fault(at, refusal.reason, str(refusal))
            return
        self.halted = True
        self._executor.halt(at, self._standing(now), refusal.reason, str(refusal))

    def hold(self, now: float) -> Reference:
        """Return what keeps a stopped controller from going on with what it had been handed, when it is let go."""
        self.halted = self._consent.stopped
        at = self._consent.pace.at(now)
        self._executor.anchor(at, self._standing(now))
        assert self._executor.reference is not None
        return self._executor.reference.between(at - 0.1, at + 0.3)

    def position(self, now: float) -> Array:
        """Return where an arm at rest goes on from, shape (n,): where it was measured, or from its command.

        Something may keep it off its command. Only where the controller says that it still follows that, and the arm is
        no farther off than a tracking error may be, is the command where its next motion begins. Otherwise it is where
        the arm was measured: there a controller begins that was stopped, switched or given something else.

        Raises:
            RefusedError: The arm was not measured in time.
        """
        measured, executor = self._watch.measured(now), self._executor
        if executor.reference is None or executor.phase is not Phase.HELD:
            return measured
        command = executor.reference.final.position
        kept = self._watch.tracks(command) and self._consent.ownership.stands_at(now, command)
        return command if kept else measured

    def _standing(self, now: float) -> Array:
        """Return where the arm stands, shape (n,): where it was measured, else where it was commanded."""
        try:
            return self._watch.measured(now)
        except RefusedError:
            assert self._executor.reference is not None
            return self._executor.reference.sample(self._consent.pace.at(now)).position
