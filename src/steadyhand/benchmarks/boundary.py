"""How a motion changes at the boundaries between chunks, against how it changes within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATE = 100.0
"""Of the samples [Hz]."""
VELOCITY_FLOOR = 1e-3
"""Least change of velocity that a boundary is compared with [rad/s]: 0.1 rad/s^2, next to rest."""
ACCELERATION_FLOOR = 0.05
"""Least change of acceleration that a boundary is compared with [rad/s^2]: 5 rad/s^3, next to rest."""

SETTLING = 0.05
"""Time in which the arm comes to rest from a knock [s]."""

_PERIOD = 1.0 / RATE


@dataclass(frozen=True)
class Changes:
    """The largest changes of velocity and of acceleration from one sample to the next, over all joints together.

    Attributes:
        velocity: Of stretches of motion that are all of one length, shape (M,) [rad/s].
        acceleration: The same of the acceleration, shape (N,) [rad/s^2].
    """

    velocity: Array
    acceleration: Array

    @staticmethod
    def together(parts: Sequence[Changes]) -> Changes:
        """Return the changes of several motions as one."""
        none = np.empty(0)
        return Changes(
            np.concatenate([none, *(part.velocity for part in parts)]),
            np.concatenate([none, *(part.acceleration for part in parts)]),
        )


def changes(
    times: Array,
    positions: Array,
    boundaries: Sequence[float] = (),
    *,
    response: float = 0.0,
    knocks: Sequence[float] = (),
) -> tuple[Changes, Changes]:
    """Return the changes of a motion sampled at 100 Hz at its boundaries, and in stretches as long away from them.

    By finite differences v_k = (q_(k+1) - q_k) / T and a_k = (v_(k+1) - v_k) / T, the changes are |v_(k+1) - v_k| and
    |a_(k+1) - a_k|, Euclidean over the joints. A change belongs to a boundary where the samples that it is made of lie
    on both of its sides, or begin within ``response`` after it. The largest of some number of changes is compared
    with the largest of as many elsewhere: of single ones most would be smaller, whatever the motion.

    Args:
        times: Shape (T,) [s], 0.01 s apart.
        positions: Shape (T, n) [rad].
        boundaries: Times of the hand-overs [s].
        response: Time that the motion needs to show what was commanded [s]: 0 for a command, that of the arm for a
            measurement.
        knocks: Times at which something else than a command moved the arm [s]. What they touch, up to `SETTLING` later,
            counts neither at a boundary nor elsewhere.
    """
    at: list[Array] = []
    elsewhere: list[Array] = []
    velocity = np.linalg.norm(np.diff(positions, n=2, axis=0), axis=1) / _PERIOD
    acceleration = np.linalg.norm(np.diff(positions, n=3, axis=0), axis=1) / _PERIOD**2
    for values, span in ((velocity, 2), (acceleration, 3)):
        first, last = times[: len(values)], times[span : span + len(values)]
        # Where the motion was interrupted samples are missing: no change is taken across.
        sound = last - first < (span + 0.5) * _PERIOD
        for knock in knocks:
            sound &= (last < knock - 1e-9) | (first > knock + SETTLING + 1e-9)
        rest = sound.copy()
        largest = []
        for boundary in boundaries:
            touched = (last > boundary + 1e-9) & (first < boundary + response + 1e-9)
            rest &= ~touched
            if np.any(touched) and np.all(sound[touched]):
                largest.append(float(values[touched].max()))
        at.append(np.array(largest))
        elsewhere.append(_largest(np.where(rest, values, np.nan), span + round(response / _PERIOD)))
    return Changes(at[0], at[1]), Changes(elsewhere[0], elsewhere[1])


def _largest(values: Array, count: int) -> Array:
    """Return the largest of each ``count`` values in a row, where all of them are numbers."""
    if len(values) < count:
        return np.empty(0)
    found = np.lib.stride_tricks.sliding_window_view(values, count).max(axis=1)
    return np.asarray(found[~np.isnan(found)])


def ratios(boundary: Changes, within: Changes) -> dict[str, dict[str, float]]:
    """Return the boundaries' changes over those within chunks.

    Returns:
        ``velocity`` and ``acceleration``, each with ``p50`` and ``p95``, the ratio of the medians and of the 95th
        percentiles, ``max``, the largest at a boundary over the 95th percentile within, ``count``, the number of
        boundaries, and ``within``, that percentile. What is divided by is never below the floor.
    """
    pairs = {
        "velocity": (boundary.velocity, within.velocity, VELOCITY_FLOOR),
        "acceleration": (boundary.acceleration, within.acceleration, ACCELERATION_FLOOR),
    }
    result = {}
    for name, (values, others, floor) in pairs.items():
        middle, high = np.maximum(np.percentile(others, (50, 95)), floor) if len(others) else (floor, floor)
        p50, p95, most = np.percentile(values, (50, 95, 100)) if len(values) else (np.nan, np.nan, np.nan)
        found = {"p50": p50 / middle, "p95": p95 / high, "max": most / high}
        result[name] = {
            **{key: round(float(value), 3) for key, value in found.items()},
            "count": len(values),
            "within": round(float(high), 5),
        }
    return result


def shift(planned: Array, followed: Array, velocity: Array) -> float:
    """Return the time by which a motion is behind its plan, by least squares [s].

    To first order a motion late by s differs from its plan by s times the plan's velocity, so that
    s = sum(e v) / sum(v v), e being the plan less the motion.

    Args:
        planned: Positions of the plan, shape (T, n) [rad].
        followed: Positions of the motion at the same times, shape (T, n) [rad].
        velocity: Velocities of the plan, shape (T, n) [rad/s].
    """
    power = float(np.sum(velocity**2))
    return float(np.sum((planned - followed) * velocity)) / power if power > 0.0 else 0.0
