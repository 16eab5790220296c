"""When the next inference is due."""

from __future__ import annotations

import math
from dataclasses import dataclass

_VERDICT = 0.15
"""Time in which the bridge reports whether it has taken a chunk, ROS clock [s]."""

_PAUSE = 0.2
"""Time between a failed inference and the next observation used, ROS clock [s]."""


@dataclass(frozen=True)
class ExecutionProgress:
    """What the bridge reports of the execution of an episode.

    Attributes:
        stamp: Time of the report, ROS clock [s].
        running: True while the arm follows the chunks.
        waiting: True while it brakes or is held for want of a chunk, and the next one would let it move.
        chunk: Sequence of the newest chunk in the reference, None before the first.
        remaining: Reference left before it must end in a brake [s].
        delay: Observation stamp to hand-over of recent chunks, their maximum [s].
        lag: Time by which the reference has been slowed against the policy's timing [s].
        altered: True where rows are executed otherwise than the policy gave them.
    """

    stamp: float
    running: bool
    waiting: bool
    chunk: int | None
    remaining: float
    delay: float
    lag: float
    altered: bool = False


class InferenceSchedule:
    """Says when an inference is due: so that its chunk takes over once ``execute`` rows of the one before are used.

    It begins earlier by the measured delay from observation to hand-over. While the arm is held for want of a chunk
    every new observation is used, and before a chunk has been taken or refused no other is made. No observation is
    used twice. All times are on the ROS clock [s].
    """

    def __init__(self, *, dt: float, first_row_offset: float, execute: int) -> None:
        """Prepare for a policy.

        Args:
            dt: Time between two rows [s].
            first_row_offset: Time from the observation to row 0 [s].
            execute: Rows to use before the next chunk takes over.
        """
        self._dt = dt
        self._use = first_row_offset + (execute - 1) * dt
        self._longest_delay = max(0.0, self._use - dt)
        self.close()

    def close(self) -> None:
        """Forget the episode: nothing is due."""
        self._earliest = math.inf
        self._used = -math.inf
        self._progress: ExecutionProgress | None = None
        self._published: tuple[int, float, float] | None = None

    def run(self, now: float) -> None:
        """Let inference begin, on observations captured from now on."""
        self._earliest = min(self._earliest, now)

    @property
    def running(self) -> bool:
        """True between `run` and `close`."""
        return self._earliest < math.inf

    def report(self, progress: ExecutionProgress) -> None:
        """Take what the bridge reports of this episode."""
        self._progress = progress

    def begin(self, stamp: float) -> None:
        """Take note that an inference on the observation captured at ``stamp`` begins."""
        self._used = stamp

    def fail(self, stamp: float) -> None:
        """Take note that the observation captured at ``stamp`` gave no chunk: pause before the next."""
        self._used = stamp + _PAUSE

    def publish(self, sequence: int, stamp: float, now: float) -> None:
        """Take note that the chunk of an observation captured at ``stamp`` has been published."""
        self._published = (sequence, stamp, now)

    def due(self, stamp: float) -> bool:
        """Return whether to infer on the observation captured at ``stamp``."""
        if stamp < self._earliest or stamp <= self._used:
            return False
        if self._published is None:
            return True
        progress = self._progress
        if progress is None:
            return False
        sequence, observed, published = self._published
        taken = progress.chunk is not None and progress.chunk >= sequence
        if not taken and progress.stamp < published + _VERDICT:
            return False
        if progress.waiting:
            return True
        if not progress.running:
            return False
        if not taken:
            return True
        delay = min(progress.delay, self._longest_delay)
        return stamp + delay >= observed + self._use + progress.lag or progress.remaining <= delay + self._dt
