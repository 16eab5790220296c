"""Confidence intervals."""

from __future__ import annotations

import math


def wilson_interval(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """Return the interval of a proportion, 95 % by default.

    Wilson, "Probable inference, the law of succession, and statistical inference" (1927): unlike the normal
    approximation it does not collapse where every trial succeeded.

    Args:
        successes: Number of successes.
        trials: Number of trials.
        z: Quantile of the standard normal distribution.
    """
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    spread = z * z / trials
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    # Rounding must not put the share itself outside.
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
