"""Motions of several joints over time, computed by the compiled library of curves.c and motions.c.

A chunk is checked in the time that Python needs for some tens of array operations, so that the arithmetic of its
polynomials is compiled. Times are in seconds, values in rad or m and their derivatives; K knots, H rows, n joints.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steadyhand.compiled import DOUBLES, FLAG, INTEGER, NUMBER, Signature, functions, read

Array = NDArray[np.float64]

_KNOTS = [INTEGER, INTEGER, DOUBLES]
_SPLINE = [INTEGER, INTEGER, DOUBLES, DOUBLES]
_SIGNATURES: dict[str, Signature] = {
    "sample": (None, [*_KNOTS, INTEGER, DOUBLES, FLAG, DOUBLES]),
    "extrema": (None, [*_KNOTS, DOUBLES]),
    "spline": (None, [*_SPLINE, DOUBLES, DOUBLES]),
    "spline_at": (None, [*_SPLINE, INTEGER, DOUBLES, DOUBLES]),
    "calmest": (INTEGER, [*_KNOTS, *_SPLINE, INTEGER, *[NUMBER] * 4, DOUBLES, NUMBER, DOUBLES]),
    "blends": (
        None,
        [*_SPLINE, NUMBER, DOUBLES, DOUBLES, INTEGER, *[DOUBLES] * 3, INTEGER, *[DOUBLES] * 4],
    ),
    "join": (
        INTEGER,
        [*_SPLINE, *[NUMBER] * 4, INTEGER, *[DOUBLES] * 3, INTEGER],
    ),
    "cut": (INTEGER, [*_KNOTS, *[NUMBER] * 3, INTEGER, *[DOUBLES] * 2]),
    "stop_along": (INTEGER, [*_KNOTS, *[NUMBER] * 6, *[DOUBLES] * 2]),
    "looks": (INTEGER, [*_KNOTS, NUMBER, NUMBER, *[DOUBLES] * 2]),
    "phases": (INTEGER, [INTEGER, INTEGER, *[DOUBLES] * 3, NUMBER, NUMBER, DOUBLES]),
}


@cache
def _library() -> dict[str, Callable[..., Any]]:
    return functions(_SIGNATURES)


class Knots:
    """Ends of quintic Hermite segments, in one block of memory that cannot be written to any more.

    Attributes:
        times: Increasing, shape (K,), K >= 2.
        positions: Shape (K, n).
        velocities: Shape (K, n).
        accelerations: Shape (K, n).

    Raises:
        ValueError: The shapes do not fit.
    """

    def __init__(self, times: ArrayLike, positions: ArrayLike, velocities: ArrayLike, accelerations: ArrayLike) -> None:
        p, v, a = np.asarray(positions), np.asarray(velocities), np.asarray(accelerations)
        t, shape = np.asarray(times), p.shape
        if len(shape) != 2 or shape[0] < 2 or t.shape != shape[:1] or v.shape != shape or a.shape != shape:
            shapes = [part.shape for part in (t, p, v, a)]
            raise ValueError(f"times, positions, velocities and accelerations of shapes {shapes} make no motion")
        count, joints = shape
        block = np.empty(count * (1 + 3 * joints))
        rest = block[count:].reshape(3, count, joints)
        block[:count], rest[0], rest[1], rest[2] = t, p, v, a
        self._hold(block, count, joints)

    @staticmethod
    def _of(block: Array, count: int, joints: int) -> Knots:
        """Return the ``count`` knots that the library wrote to the beginning of a block."""
        made = Knots.__new__(Knots)
        made._hold(block, count, joints)
        return made

    def _hold(self, block: Array, count: int, joints: int) -> None:
        block.flags.writeable = False
        rest = block[count : count * (1 + 3 * joints)].reshape(3, count, joints)
        self.times, self.positions, self.velocities, self.accelerations = block[:count], rest[0], rest[1], rest[2]
        self.arguments = (count, joints, block.ctypes.data)

    @cached_property
    def extrema(self) -> Array:
        """Lowest and highest position, largest speed, acceleration and jerk of the segments, shape (5, n).

        Found from Bernstein coefficients, exact but for a 1e-10th of the largest, by which they may be too large. Not a
        number where anything of a joint is not finite.
        """
        out = np.empty((5, self.arguments[1]))
        _library()["extrema"](*self.arguments, out.ctypes.data)
        return out


def sample(knots: Knots, at: Array, *, before: bool = False) -> Array:
    """Return position, velocity, acceleration and jerk of quintic Hermite segments, shape (4, M, n).

    Outside of the knots the motion rests at the nearest one.

    Args:
        knots: The motion.
        at: Times, shape (M,).
        before: At a knot take the jerk of the segment before it, and not that of the one after it.
    """
    out = np.empty((4, len(at), knots.arguments[1]))
    _library()["sample"](*knots.arguments, len(at), read(at), before, out.ctypes.data)
    return out


class Spline:
    """The cubic spline that `steadyhand.execution.row_spline.RowSpline` describes.

    Attributes:
        times: Of its rows, shape (H,).
        coefficients: Power basis of every segment in the time since its first row, shape (H - 1, 4, n).

    Args:
        times: Increasing, shape (H,), H >= 2.
        positions: Shape (H, n).

    Raises:
        ValueError: The shapes do not fit.
    """

    def __init__(self, times: Array, positions: Array) -> None:
        self.times, positions = np.ascontiguousarray(times, dtype=np.float64), np.asarray(positions)
        if positions.ndim != 2 or len(positions) < 2 or self.times.shape != positions.shape[:1]:
            raise ValueError(f"{positions.shape} positions at {self.times.shape} times make no spline")
        rows, joints = positions.shape
        self.coefficients, work = np.empty((rows - 1, 4, joints)), np.empty(rows * (joints + 2))
        begun = (rows, joints, self.times.ctypes.data)
        self.arguments = (*begun, self.coefficients.ctypes.data)
        _library()["spline"](*begun, read(positions), work.ctypes.data, self.arguments[-1])


def sample_spline(spline: Spline, at: ArrayLike) -> Array:
    """Return position, velocity, acceleration and jerk of a spline at times (M,), shape (4, M, n)."""
    at = np.asarray(at)
    out = np.empty((4, len(at), spline.coefficients.shape[2]))
    _library()["spline_at"](*spline.arguments, len(at), read(at), out.ctypes.data)
    return out


def calmest(
    knots: Knots,
    spline: Spline,
    count: int,
    earliest: float,
    *,
    step: float,
    turn: float,
    speed: float,
    limits: Array,
    worth: float,
) -> int:
    """Return the first of some moments at which neither of two motions turns much more than at the calmest of them.

    How much a motion turns is the largest of its acceleration and of the jerk before and after, which counts for the
    time ``turn``, both as shares of limits and Euclidean over the joints. Not a number is never calm.

    Args:
        knots: What is commanded.
        spline: What is to take over; outside of its rows it turns as at the nearest one.
        count: Number of moments.
        earliest: The first of them.
        step: Time between two; jerk is taken over as long.
        turn: Time that a jerk counts for.
        speed: The spline counts as what is followed at this share of its speed.
        limits: Accelerations that count as 1, shape (n,).
        worth: How many times as much as at the calmest is not much more.

    Raises:
        ValueError: The motions are not of as many joints as there are limits.
    """
    joints = knots.arguments[1]
    if spline.coefficients.shape[2] != joints or limits.shape != (joints,):
        raise ValueError(f"motions of {joints} and {spline.coefficients.shape[2]} joints, {limits.shape} limits")
    room = np.empty((count + 2) * (1 + 8 * joints))
    found: int = _library()["calmest"](
        *knots.arguments, *spline.arguments, count, earliest, step, turn, speed, read(limits), worth, room.ctypes.data
    )
    return found


def look_at_joins(
    spline: Spline,
    handover: float,
    starts: Array,
    limits: Array,
    durations: Array,
    points: Array,
    bases: tuple[Array, Array],
) -> tuple[Array, Array, Array]:
    """Look at joins of several durations onto a spline: see `steadyhand.execution.blend.blends`.

    Args:
        spline: Through the rows of the chunk.
        handover: When the joins begin.
        starts: Position, velocity, acceleration and jerk commanded there, shape (4, n).
        limits: Of velocity, acceleration and jerk, shape (3, n).
        durations: Shape (M,).
        points: Parts of a duration at which each is looked at, shape (U,).
        bases: Values there of velocity, acceleration and jerk of the bases of joins that begin with a given jerk, and
            with any, shapes (3, U, 4) and (3, U, 3).

    Returns:
        The jerk that each begins with, the commanded one or the chunk's, whichever leads to less, shape (M, n); the
        largest jerk by its limit, shape (M,); the factor by which time has to be stretched to keep the limits, of those
        and of the joins that begin with any jerk, shape (2, M).
    """
    count, joints = len(durations), starts.shape[1]
    # Jerks, peaks and excess, one after the other.
    out = np.empty((joints + 3) * count)
    place, most, size = out.ctypes.data, joints * count, out.itemsize
    _library()["blends"](
        *spline.arguments, handover, read(starts), read(limits), len(points), read(points), read(bases[0]),
        read(bases[1]), count, read(durations), place, place + most * size, place + (most + count) * size,
    )  # fmt: skip
    return out[:most].reshape(count, joints), out[most : most + count], out[most + count :].reshape(2, count)


def join(
    spline: Spline, handover: float, meet: float, starts: Array, bases: Array, *, longest: float, apart: float
) -> Knots:
    """Return a join onto a spline.

    See `steadyhand.execution.join.join`.

    Args:
        spline: Through the rows of the chunk.
        handover: When the join begins.
        meet: When it ends.
        starts: Position, velocity, acceleration and maybe jerk commanded at the hand-over, shape (k, n).
        bases: Coefficients of position, velocity and acceleration of its bases, shape (3, 2 k, k).
        longest: Longest time between two knots of the join.
        apart: Shortest time between a row and either end of the join.
    """
    room = 2 * len(spline.times) + int(np.ceil((meet - handover) / longest)) + 4
    joints = starts.shape[1]
    block = _block(room, joints)
    count = _library()["join"](
        *spline.arguments, handover, meet, longest, apart, len(starts), read(starts), read(bases), block.ctypes.data,
        room,
    )  # fmt: skip
    return Knots._of(block, count, joints)


def cut(knots: Knots, start: float, end: float, *, apart: float, then: Knots | None = None) -> Knots:
    """Return the part of a motion from ``start`` to ``end``, where it gets knots, and what follows it.

    Args:
        knots: The motion; outside of its knots it rests.
        start: Of the part.
        end: Of the part, after ``start``.
        apart: Knots as close as this to either are left out.
        then: Follows the part, its first knot being the part's last, and as it is there; None for nothing.
    """
    count, joints, _ = knots.arguments
    more = (0, None) if then is None else (then.arguments[0], then.arguments[2])
    block = _block(count + 2 + more[0], joints)
    total = _library()["cut"](*knots.arguments, start, end, apart, *more, block.ctypes.data)
    return Knots._of(block, total, joints)


def stop_along(
    knots: Knots, time: float, durations: tuple[float, float, float], limits: Array, *, step: float, room: float
) -> Knots | None:
    """Return the first stop along a motion that keeps the limits, None where none does.

    See `steadyhand.execution.brake.stop_along`.

    Args:
        knots: The motion.
        time: When the stop begins.
        durations: The shortest, the longest, and by which factor to go from one to the next.
        limits: Of velocity, acceleration and jerk, shape (3, n).
        step: Longest time between knots.
        room: Factor on the limits.
    """
    joints, (shortest, longest, longer) = knots.arguments[1], durations
    block = _block(max(3, int(np.ceil(longest / step)) + 1), joints)
    count = _library()["stop_along"](
        *knots.arguments, time, shortest, longest, longer, step, room, read(limits), block.ctypes.data
    )
    return Knots._of(block, count, joints) if count else None


def constant_jerks(durations: Array, jerks: Array, begun: Array, time: float, *, apart: float) -> Knots:
    """Return the motion through phases of constant jerk, which each joint goes through for itself.

    Every end of a phase is a knot, so that the quintics are those cubics. Where one joint has come to its end, it waits
    for the others.

    Args:
        durations: Of the phases, shape (n, P).
        jerks: In them, shape (n, P).
        begun: Position, velocity and acceleration at the beginning, shape (3, n).
        time: When it begins.
        apart: Ends closer to the one before are left out; the motion takes at least this long.
    """
    joints, phases = durations.shape
    block = _block(joints * phases + 2, joints)
    count = _library()["phases"](
        joints, phases, read(durations), read(jerks), read(begun), time, apart, block.ctypes.data
    )
    return Knots._of(block, count, joints)


def looks(knots: Knots, *, period: float, apart: float) -> tuple[Array, Array]:
    """Return times (M,) and positions (M, n) at which a motion is to be looked at.

    Args:
        knots: The motion, which is looked at at both ends.
        period: Longest time between two of the times that are chosen from.
        apart: Farthest that a joint goes between two looks, unless none lies between them.
    """
    joints = knots.arguments[1]
    room = max(2, int(np.ceil((knots.times[-1] - knots.times[0]) / period)) + 1)
    times, positions = np.empty(room), np.empty((room, joints))
    total = _library()["looks"](*knots.arguments, period, apart, times.ctypes.data, positions.ctypes.data)
    return times[:total], positions[:total]


def _block(knots: int, joints: int) -> Array:
    return np.empty(knots * (1 + 3 * joints))
