"""Simulated time that waits for the nodes that act in it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_ROUNDING = 1e-6  # stamps come as whole nanoseconds, and simulated time is a sum of floats


@dataclass
class _Participant:
    stamp: float | None = None  # None: not waited for
    silent_since: float = 0.0
    blocking: bool = False


class Lockstep:
    """Decides how far simulated time may run ahead of what its participants have reported.

    A participant is waited for from its first report on. One that holds the time back and says nothing for ``patience``
    is given up, until it reports again. Thread-safe.

    Args:
        names: Participants.
        lead: How far the time may run ahead of every report [s].
        patience: Longest silence, on the steady clock, of a participant that is being waited for [s].
        steady_clock: Steady time [s].
    """

    def __init__(
        self,
        names: Sequence[str],
        lead: float,
        patience: float,
        steady_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lead = lead
        self._patience = patience
        self._steady_clock = steady_clock
        self._participants = {name: _Participant() for name in names}
        self._reported = threading.Condition()

    def report(self, name: str, stamp: float) -> None:
        """Take note that a participant has done its part up to a time.

        Args:
            name: One of the participants.
            stamp: Simulated time [s]; 0, of a node that has not yet received the time, says nothing.
        """
        if stamp <= 0.0:
            return
        with self._reported:
            participant = self._participants[name]
            participant.stamp = stamp
            participant.silent_since = self._steady_clock()
            self._reported.notify_all()

    def leave(self, name: str) -> None:
        """Wait for a participant no longer, until it reports again."""
        with self._reported:
            self._participants[name] = _Participant()
            self._reported.notify_all()

    @property
    def complete(self) -> bool:
        """True while every participant is waited for."""
        with self._reported:
            return all(participant.stamp is not None for participant in self._participants.values())

    def blockers(self, time: float) -> tuple[str, ...]:
        """Return the participants that must report before simulated time may reach ``time`` [s]."""
        with self._reported:
            now = self._steady_clock()
            return tuple(name for name in self._participants if self._blocks(name, time, now))

    def wait(self, timeout: float) -> None:
        """Sleep until a participant reports or leaves, for at most ``timeout`` [s]."""
        with self._reported:
            self._reported.wait(timeout)

    def _blocks(self, name: str, time: float, now: float) -> bool:
        participant = self._participants[name]
        if participant.stamp is None or time <= participant.stamp + self._lead + _ROUNDING:
            participant.blocking = False
            return False
        if not participant.blocking:
            # Nobody can report while the time stands still for another: only silence while it is awaited counts.
            participant.blocking = True
            participant.silent_since = now
        if now - participant.silent_since >= self._patience:
            self._participants[name] = _Participant()
            return False
        return True
