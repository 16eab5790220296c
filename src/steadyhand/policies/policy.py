"""The interface of every policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.observation.observation import Observation


@dataclass(frozen=True)
class InferenceContext:
    """What one inference may know besides the observation.

    Attributes:
        prefix: Rows of the chunk that is being executed, at the times of the rows to be inferred and relative to the
            same observation, in the policy's action space, shape (P, D); None where there are none.
        delay: How many of them, from the first, are committed: the chunk must begin with them. What comes after may
            still change, and only guides.
        seed: Seed of the sampling noise.
    """

    prefix: NDArray[np.float64] | None = None
    delay: int = 0
    seed: int = 0


def filled(prefix: NDArray[np.float64], horizon: int) -> NDArray[np.float64]:
    """Return a prefix, shape (P, D), with its last row repeated, shape (horizon, D); zeros where it has no rows.

    A row of zeros stands for another motion in most action spaces, the last row for none in many.
    """
    if not len(prefix):
        return np.zeros((horizon, prefix.shape[1]))
    return np.asarray(prefix[np.minimum(np.arange(horizon), len(prefix) - 1)])


class Policy(Protocol):
    """Maps an observation to a chunk of actions. Nothing else is asked of it."""

    def infer(self, observation: Observation, context: InferenceContext) -> ActionChunk:
        """Return one chunk, rows shaped (horizon, dimensions), in the units of the policy profile."""
        ...

    def reset(self) -> None:
        """Forget everything about the episode so far."""
        ...
