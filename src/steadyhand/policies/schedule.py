"""When the next inference is due."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from steadyhand.profiles.contract import Contract

_VERDICT = 0.15
"""Time in which the bridge reports whether it has taken a chunk, ROS clock [s]."""

_LEAD = 0.03
"""Time from the arrival of a chunk until it can move the arm, ROS clock [s]."""

_RECENT = 20
"""Chunks whose time to publication is remembered."""

_ENOUGH = 5
"""Chunks from which the spread of those times can be told."""

_PERIOD = 1.0 / 30.0
"""Time between two observations where no camera says it [s]."""

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

    It begins earlier by the measured delay from observation to hand-over, whose recent maximum the bridge reports.
    Where the rows would run out before that, it begins early enough for 99 of 100 chunks to come in time, and not
    earlier: on the last observation from which the chunk is expected before the reference must end. While the arm is
    held for want of a chunk every new observation is used, and before a chunk has been taken or refused no other is
    made. No observation is used twice. All times are on the ROS clock [s].
    """

    def __init__(self, *, dt: float, first_row_offset: float, execute: int, period: float = _PERIOD) -> None:
        """Prepare for a policy.

        Args:
            dt: Time between two rows [s].
            first_row_offset: Time from the observation to row 0 [s].
            execute: Rows to use before the next chunk takes over.
            period: Time between two observations [s].
        """
        self._period = period
        self._use = first_row_offset + (execute - 1) * dt
        self._longest_delay = max(0.0, self._use - dt)
        self.close()

    @classmethod
    def of(cls, contract: Contract) -> InferenceSchedule:
        """Prepare for the policy of a deployment: its slowest camera says how often there is something new to see."""
        policy, cameras = contract.policy, contract.robot.cameras
        seen = [binding.camera for binding in contract.deployment.images.values() if not binding.masked]
        return cls(
            dt=policy.dt,
            first_row_offset=policy.first_row * policy.dt,
            execute=policy.stitching.execute,
            period=max((1.0 / cameras[camera].rate for camera in seen if camera in cameras), default=_PERIOD),
        )

    def close(self) -> None:
        """Forget the episode: nothing is due."""
        self._earliest = math.inf
        self._used = -math.inf
        self._progress: ExecutionProgress | None = None
        self._published: tuple[int, float, float] | None = None
        self._times: deque[float] = deque(maxlen=_RECENT)
        self._slowest = 0.0

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
        self._times.append(now - stamp)
        self._slowest = _slowest(self._times)

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
        if stamp + min(progress.delay, self._longest_delay) >= observed + self._use + progress.lag:
            return True
        runs_out = progress.stamp + progress.remaining - _LEAD
        return stamp + self._period + max(progress.delay, self._slowest) >= runs_out


def _slowest(times: deque[float]) -> float:
    """Return the time from observation to publication that 99 of 100 chunks keep [s].

    Upper bound of the next of n normal samples, mean + t s sqrt(1 + 1/n) with Student's t of n - 1 degrees of freedom
    (Hahn and Meeker, "Statistical Intervals", 1991, 4.7); where there are few samples, their maximum.
    """
    n = len(times)
    if n < _ENOUGH:
        return max(times)
    spread = float(np.std(times, ddof=1)) * math.sqrt(1.0 + 1.0 / n)
    return float(np.mean(times)) + float(stdtrit(n - 1, 0.99)) * spread
