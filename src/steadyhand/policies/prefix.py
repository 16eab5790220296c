"""Prefixes: the rows that are already committed, as the next inference is to read them."""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import replace
from enum import Enum

import numpy as np

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.meaning import Meaning
from steadyhand.observation.observation import Observation
from steadyhand.policies.policy import InferenceContext
from steadyhand.policies.schedule import ExecutionProgress
from steadyhand.profiles.contract import Contract

METHODS = frozenset({"prefix", "guided"})
"""Ways of stitching that give the policy a prefix."""

_KEPT = 4  # chunks that may still be the one that is executed
_EPSILON = 1e-6


class NoPrefix(Enum):
    """Why an inference is given no prefix: its chunk is spliced like any other."""

    NOT_EXECUTING = "the arm does not follow a chunk: the first of an episode, or after a brake"
    ALTERED = "rows are executed otherwise than the policy gave them: slowed, or not at all"
    UNKNOWN_CHUNK = "the executed chunk is none of this policy's last ones"
    TOO_SHORT = "the executed chunk ends before the rows that the next one must continue"
    NOT_YET = "the executed chunk begins after the observation's first row"
    UNREADABLE = "the rows stand for nothing"


class PrefixSource:
    """Gives each inference the rows of the chunk that is being executed, as they read from its own observation.

    The rows are those that the policy gave, before meaning and gate. They are taken at the times that the new chunk's
    rows are meant for, between the old rows where these times fall between them, and are written relative to the new
    observation where their meaning is relative to one. What the gate altered is never a prefix.

    With the delay d from observation to hand-over, the arm's latency l and rows at (first_row + i) dt, the rows up to
    the first one due at or after the hand-over are committed: ceil((d + l) / dt - first_row) + 1 of them. The
    hand-over then lies between two committed rows, where old and new chunk are the same motion.

    `context` may be called from another thread than the rest.

    Attributes:
        given: Inferences that were given a prefix.
        missing: How often there was none, and why.
    """

    def __init__(self, contract: Contract) -> None:
        """Prepare for one deployment; gives no prefix where its way of stitching wants none.

        Raises:
            MeaningError: The policy profile's action layout cannot be executed.
        """
        profile = contract.policy
        self.given = 0
        self.missing: Counter[NoPrefix] = Counter()
        self._meaning = Meaning(contract) if profile.stitching.method in METHODS else None
        self._joint_names = contract.robot.joint_names
        self._latency = contract.robot.arm_latency
        self._dt = profile.dt
        self._first = profile.first_row * profile.dt
        self._horizon = profile.horizon
        self.close()

    def close(self) -> None:
        """Forget the episode."""
        self._chunks: deque[ActionChunk] = deque(maxlen=_KEPT)
        self._progress: ExecutionProgress | None = None

    def publish(self, chunk: ActionChunk) -> None:
        """Take note of a chunk as the policy gave it, its sequence filled in."""
        self._chunks.append(chunk)

    def report(self, progress: ExecutionProgress) -> None:
        """Take what the bridge reports of this episode."""
        self._progress = progress

    def committed(self, delay: float) -> int:
        """Return how many leading rows of a chunk are committed that is handed over ``delay`` after its stamp [s]."""
        return max(0, math.ceil((delay + self._latency - self._first) / self._dt - _EPSILON)) + 1

    def context(self, observation: Observation, context: InferenceContext) -> InferenceContext:
        """Return what one inference may know, with the prefix where there is one.

        Args:
            observation: The new observation.
            context: Everything else.
        """
        if self._meaning is None:
            return context
        found = self._prefix(self._meaning, observation)
        if isinstance(found, NoPrefix):
            self.missing[found] += 1
            return replace(context, prefix=None, delay=0)
        self.given += 1
        prefix, delay = found
        return replace(context, prefix=prefix, delay=delay)

    def _prefix(self, meaning: Meaning, observation: Observation) -> tuple[np.ndarray, int] | NoPrefix:
        progress = self._progress
        if progress is None or not progress.running or progress.chunk is None:
            return NoPrefix.NOT_EXECUTING
        if progress.altered:
            return NoPrefix.ALTERED
        chunk = next((chunk for chunk in tuple(self._chunks) if chunk.sequence == progress.chunk), None)
        if chunk is None:
            return NoPrefix.UNKNOWN_CHUNK
        # An unaltered chunk lags by the time that it waited for its first row, all rows alike.
        times = observation.stamp + self._first + self._dt * np.arange(self._horizon) - progress.lag
        if times[0] < chunk.row_times[0] - _EPSILON:
            return NoPrefix.NOT_YET
        times = times[times <= chunk.row_times[-1] + _EPSILON]
        delay = self.committed(progress.delay)
        if len(times) < delay:
            return NoPrefix.TOO_SHORT
        arm = dict(zip(observation.joint_names, observation.joint_positions, strict=True))
        try:
            rows = meaning.retimed(chunk, [arm[name] for name in self._joint_names], times)
        except MeaningError:
            return NoPrefix.UNREADABLE
        return rows, delay
