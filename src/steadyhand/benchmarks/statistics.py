"""Summaries of measured samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def percentiles(samples: ArrayLike, which: tuple[int, ...] = (50, 95, 99)) -> dict[str, float]:
    """Return percentiles of samples as ``{"p50": ..., ...}``, in the samples' unit, rounded to a thousandth."""
    values = np.percentile(np.asarray(samples, dtype=np.float64), which)
    return {f"p{percent}": round(float(value), 3) for percent, value in zip(which, values, strict=True)}
