"""Planned motions to a pose: who plans them, and how a plan becomes a reference within our own limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import Extrema, JointLimits
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference

Array = NDArray[np.float64]

# A plan that begins farther from the commanded position than this began somewhere else [rad or m].
_START = 0.02
_GOAL = 0.01
# Points closer together than this are one: their polynomials would need any acceleration [s].
_APART = 0.02
_ROOM = 0.995
# What rounding leaves of a limit after one stretch is taken by another.
_STRETCHES = 4


@dataclass(frozen=True)
class Plan:
    """A way from where the arm is to a pose.

    Attributes:
        times: Since its beginning [s], shape (K,), increasing.
        positions: Shape (K, n) [rad or m], in the order of the profile's joints.
        velocities: Shape (K, n), or None where the planner gave none.
        accelerations: Shape (K, n), or None where the planner gave none.
    """

    times: Array
    positions: Array
    velocities: Array | None = None
    accelerations: Array | None = None


class Planner(Protocol):
    """Somebody who plans a way around what stands about; asked and polled by the bridge, which never waits."""

    def ask(self, start: Array, goal: Array, fraction: float) -> None:
        """Begin to plan from rest to rest, in the place of whatever was asked before.

        Args:
            start: Commanded positions, shape (n,) [rad or m].
            goal: Positions wanted, shape (n,).
            fraction: Share of our velocity limits to use, above 0 and up to 1.
        """
        ...

    def take(self) -> Plan | RefusedError | None:
        """Return, once, the plan or why there is none; None while it is not known or nothing was asked."""
        ...

    def forget(self) -> None:
        """Want no plan any longer."""
        ...


def planned_reference(
    plan: Plan, begin: float, start: Array, goal: Array, limits: JointLimits, fraction: float
) -> Reference:
    """Return a plan as a reference from rest to rest, slowed uniformly until it keeps our limits.

    The planner's points are kept, and its velocities where it gave any; accelerations are those of a curve through
    them, so that nothing jumps. What is between two points is our polynomial and not the planner's: it is for a scene
    check to see.

    Args:
        plan: The plan.
        begin: When the motion begins, ROS clock [s].
        start: Commanded positions, shape (n,).
        goal: Positions wanted, shape (n,).
        limits: Limits of motion.
        fraction: Share of the limits of velocity and acceleration to use, above 0 and up to 1.

    Raises:
        RefusedError: The plan is malformed, begins or ends elsewhere, or leaves the position limits.
    """
    times, positions = np.asarray(plan.times, dtype=np.float64), np.array(plan.positions, dtype=np.float64)
    if times.ndim != 1 or positions.shape != (len(times), len(start)) or len(times) < 2:
        raise RefusedError(Reason.PLANNING_FAILED, f"a plan of {positions.shape} positions at {times.shape} times")
    if not np.isfinite(positions).all() or not np.isfinite(times).all() or np.any(np.diff(times) < 0.0):
        raise RefusedError(Reason.PLANNING_FAILED, "the plan has values that are not finite, or times out of order")
    _near(positions[0], start, _START, limits, "begins")
    _near(positions[-1], goal, _GOAL, limits, "ends")
    kept = _apart(times)
    times, positions = times[kept] - times[0], positions[kept]
    positions[0], positions[-1] = start, goal
    velocities = _velocities(times, positions, None if plan.velocities is None else plan.velocities[kept])
    accelerations = np.gradient(velocities, times, axis=0)
    accelerations[0] = accelerations[-1] = 0.0
    slower = JointLimits(
        limits.names,
        limits.lower,
        limits.upper,
        _ROOM * fraction * limits.velocity,
        _ROOM * fraction * limits.acceleration,
        _ROOM * limits.jerk,
    )
    motion = Reference(times, positions, velocities, accelerations)
    for _ in range(_STRETCHES):
        factor = Extrema(motion).stretch(slower)
        motion = Reference(
            motion.times * factor, positions, motion.velocities / factor, motion.accelerations / factor**2
        )
        if factor == 1.0:
            break
    outside = Extrema(motion).outside(limits)
    if np.any(outside):
        raise RefusedError(
            Reason.PLANNING_FAILED, f"the plan takes {limits.names[int(np.argmax(outside))]} out of its limits"
        )
    return Reference(begin + motion.times, motion.positions, motion.velocities, motion.accelerations)


def _near(found: Array, wanted: Array, room: float, limits: JointLimits, verb: str) -> None:
    joint = int(np.argmax(np.abs(found - wanted)))
    if abs(found[joint] - wanted[joint]) > room:
        raise RefusedError(
            Reason.PLANNING_FAILED,
            f"the plan {verb} with {limits.names[joint]} at {found[joint]:.3f} and not at {wanted[joint]:.3f}",
        )


def _apart(times: Array) -> NDArray[np.intp]:
    """Return which points are kept: the first, the last, and those that are apart from the one kept before."""
    kept = [0]
    for index in range(1, len(times) - 1):
        if times[index] - times[kept[-1]] >= _APART and times[-1] - times[index] >= _APART:
            kept.append(index)
    if times[-1] - times[0] < _APART:
        raise RefusedError(Reason.PLANNING_FAILED, f"the plan takes {times[-1] - times[0]:.3f} s")
    return np.array([*kept, len(times) - 1])


def _velocities(times: Array, positions: Array, given: Array | None) -> Array:
    """Return velocities from rest to rest, those given where they are usable."""
    if given is not None and given.shape == positions.shape and np.isfinite(given).all():
        velocities = np.array(given, dtype=np.float64)
    else:
        velocities = np.gradient(positions, times, axis=0)
    velocities[0] = velocities[-1] = 0.0
    return velocities
