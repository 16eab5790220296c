"""Temporal ensembling: rows are the weighted mean of all chunks that speak of the same time."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.reference import Reference
from steadyhand.execution.stitching import Stitched, Stitching

Array = NDArray[np.float64]

# More chunks than this never cover the same time with horizons in use; it bounds the memory.
_MOST = 64


class Ensemble:
    """Averages overlapping chunks, then stitches the mean as ``inner`` does.

    The weight of a chunk is exp(-decay i), i = 0 for the oldest that covers the time (Zhao et al., "Learning
    Fine-Grained Bimanual Manipulation with Low-Cost Hardware", 2023, section IV). Averaging suits policies with one
    mode; between two ways around an obstacle the mean is the obstacle. Grippers follow the newest chunk: half open is
    no decision.

    Args:
        inner: What joins the mean to the commanded state.
        decay: Decay of the weights; 0 weighs all chunks alike.
    """

    def __init__(self, inner: Stitching, decay: float) -> None:
        self._inner = inner
        self._decay = decay
        self._chunks: deque[JointTargets] = deque(maxlen=_MOST)

    def clear(self) -> None:
        """Forget every chunk: after a brake the old ones speak of a motion that did not happen."""
        self._inner.clear()
        self._chunks.clear()

    def stitch(self, reference: Reference, targets: JointTargets, handover: float, speed: float) -> Stitched:
        """Stitch the mean of ``targets`` and the chunks before onto ``reference``: see `Stitching.stitch`."""
        candidates = [chunk for chunk in self._chunks if chunk.times[-1] > handover] + [targets]
        stitched = self._inner.stitch(reference, self._mean(candidates), handover, speed)
        self._chunks = deque(candidates, maxlen=_MOST)
        return stitched

    def _mean(self, chunks: list[JointTargets]) -> JointTargets:
        """Return the weighted mean at the times of the newest chunk, ``chunks`` being in order of age, oldest first."""
        newest = chunks[-1]
        total = np.zeros_like(newest.positions)
        weights = np.zeros(len(newest.times))
        rank = np.zeros(len(newest.times))
        for chunk in chunks:
            covers = (newest.times >= chunk.times[0] - 1e-9) & (newest.times <= chunk.times[-1] + 1e-9)
            weight = np.where(covers, np.exp(-self._decay * rank), 0.0)
            total += weight[:, None] * _at(chunk, newest.times)
            weights += weight
            rank += covers
        return JointTargets(newest.times, total / weights[:, None], newest.grippers)


def _at(chunk: JointTargets, times: Array) -> Array:
    """Return a chunk's positions at other times, linear between its rows, shape (len(times), n)."""
    columns = [np.interp(times, chunk.times, chunk.positions[:, joint]) for joint in range(chunk.positions.shape[1])]
    return np.stack(columns, axis=1)
