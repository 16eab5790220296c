"""The window handed over last, sampled at the times of a stream of commands."""

from __future__ import annotations

from steadyhand.execution.reference import Reference, State

# For measurements of an arm that comes late: longer than any latency that could still be driven with.
_PAST = 0.5


class WindowStream:
    """For drivers whose commands are momentary: nobody downstream knows more than one of them.

    Attributes:
        window: The window, with half a second of those before it; None where there is none.

    Args:
        settling: How long after a window's end its last position is still told, for an arm that comes late [s].
    """

    def __init__(self, settling: float = 0.0) -> None:
        self._settling = settling
        self.window: Reference | None = None

    def take(self, window: Reference) -> None:
        """Replace the window, but for what has passed already."""
        before = self.window
        if before is not None and before.start < window.start <= before.end:
            window = before.between(window.start - _PAST, window.start, then=window)
        self.window = window

    def drop(self) -> None:
        """Have nothing to tell from now on."""
        self.window = None

    def sample(self, now: float) -> State | None:
        """Return what is to be commanded at ``now`` on the ROS clock [s]; None where nothing is."""
        window = self.window
        if window is None or not window.start <= now <= window.end + self._settling:
            return None
        return window.sample(now)
