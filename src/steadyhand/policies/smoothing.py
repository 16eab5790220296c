"""Smoothing of rows along time, for what follows takes their second differences."""

from __future__ import annotations

import torch
from torch import Tensor


def smoother(rows: int, strength: float = 2.0, *, fixed: int = 0) -> Tensor:
    """Return the matrix that smooths a column of ``rows`` values and leaves parabolas as they are, shape (rows, rows).

    Whittaker's graduation with third differences: (1 + strength D'D)^-1; Eilers, "A Perfect Smoother" (2003).

    Args:
        rows: Number of values.
        strength: Weight of the squared third differences against that of the squared changes.
        fixed: Leading values that stay exactly as they are; the others continue them smoothly.
    """
    difference = torch.eye(rows, dtype=torch.float64)
    for _ in range(3):
        difference = difference[1:] - difference[:-1]
    penalty = strength * difference.T @ difference
    free = slice(fixed, None)
    matrix = torch.eye(rows, dtype=torch.float64)
    matrix[free, free] = torch.linalg.inv(matrix[free, free] + penalty[free, free])
    matrix[free, :fixed] = -matrix[free, free] @ penalty[free, :fixed]
    return matrix.float()
