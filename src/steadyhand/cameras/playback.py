"""Files are played at a rate: each frame is given when it is due."""

from __future__ import annotations

import time
from threading import Event

from steadyhand.simulation.pacing import Pacer


class Playback:
    """Waits for the time of each frame; no frame of a file is left out.

    Less than one and a half periods of delay are made up for; more of it delays all that follows.
    """

    def __init__(self, rate: float) -> None:
        """Begin; the first frame is due at once.

        Args:
            rate: Frames in a second [Hz].
        """
        period = 1.0 / rate
        self._pacer = Pacer(period, time.monotonic, slack=0.5 * period)

    def wait(self, stop: Event) -> bool:
        """Wait until the next frame is due; false where ``stop`` was set meanwhile."""
        while (remaining := self._pacer.remaining()) > 0.0:
            if stop.wait(remaining):
                return False
        self._pacer.tick()
        return not stop.is_set()
