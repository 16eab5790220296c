"""Whether a node that takes part in an episode still does."""

from __future__ import annotations

from steadyhand.episodes.events import Instant

_GRACE = 0.5
"""Reports sent before a node opened the episode may arrive this much later [s]."""


class Participant:
    """A node that the episode was opened at, and what it was last heard to say.

    Attributes:
        asked: True once it was asked to open the episode, and may have.
    """

    def __init__(self, silence: float) -> None:
        """Begin with a node that knows nothing of the episode; ``silence`` is the longest it may keep still [s]."""
        self.asked = False
        self._silence = silence
        self._opened: Instant | None = None
        self._heard = 0.0
        self._seen = False
        self._lost = False

    def open(self, at: Instant) -> None:
        """Take note that the node has opened the episode."""
        self._opened = at
        self._heard = max(self._heard, at.steady)

    def hear(self, ours: bool, at: Instant) -> None:
        """Take note of a report, which names our episode or another."""
        self._heard = at.steady
        if ours:
            self._seen = True
        elif self._opened is not None:
            self._lost = self._lost or self._seen or at.steady > self._opened.steady + _GRACE

    @property
    def lost(self) -> bool:
        """True where the node no longer knows the episode: it was started again, or given to another pilot."""
        return self._lost

    def silent(self, at: Instant) -> bool:
        """Return whether the node has the episode open and has not been heard for too long."""
        return self._opened is not None and at.steady - self._heard > self._silence
