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


def newcombe_paired_interval(
    both: int, first: int, second: int, neither: int, z: float = 1.959964
) -> tuple[float, float]:
    """Return the interval of the difference of two proportions of the same trials, first less second, 95 % by default.

    Newcombe, "Improved confidence intervals for the difference between binomial proportions based on paired data",
    Statistics in Medicine 17 (1998), method 10: Wilson's intervals of both proportions, with the correlation phi of the
    pairs corrected for continuity.

    Args:
        both: Trials in which both succeeded.
        first: Trials in which the first alone succeeded.
        second: Trials in which the second alone succeeded.
        neither: Trials in which both failed.
        z: Quantile of the standard normal distribution.
    """
    trials = both + first + second + neither
    if trials == 0:
        return -1.0, 1.0
    p, q = (both + first) / trials, (both + second) / trials
    (low_p, high_p), (low_q, high_q) = (wilson_interval(both + only, trials, z) for only in (first, second))
    product = (both + first) * (second + neither) * (both + second) * (first + neither)
    cross: float = both * neither - first * second
    if cross > 0:
        cross = max(cross - trials / 2, 0.0)
    phi = cross / math.sqrt(product) if product > 0 else 0.0
    below, above = p - low_p, high_q - q
    beneath = math.sqrt(max(0.0, below**2 - 2 * phi * below * above + above**2))
    above_p, below_q = high_p - p, q - low_q
    over = math.sqrt(max(0.0, above_p**2 - 2 * phi * above_p * below_q + below_q**2))
    return p - q - beneath, p - q + over
