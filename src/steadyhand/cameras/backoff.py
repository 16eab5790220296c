"""Waiting times between attempts: longer each time, up to a bound."""

from __future__ import annotations


class Backoff:
    """Doubles a waiting time with each failure."""

    def __init__(self, first: float = 0.5, longest: float = 8.0) -> None:
        """Begin.

        Args:
            first: Time after the first failure [s].
            longest: Bound of all of them [s].
        """
        self._first = first
        self._longest = longest
        self._next = first

    def reset(self) -> None:
        """Begin anew, after a success."""
        self._next = self._first

    def fail(self) -> float:
        """Count a failure, and return how long to wait [s]."""
        wait = self._next
        self._next = min(2.0 * wait, self._longest)
        return wait
