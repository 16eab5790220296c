"""The brake: a jerk-limited stop from the commanded state, along the checked path where possible."""

from __future__ import annotations

from functools import lru_cache
from threading import get_ident
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution import curves
from steadyhand.execution.exceptions import BrakeError
from steadyhand.execution.limits import Extrema, JointLimits
from steadyhand.execution.reference import Reference, State

Array = NDArray[np.float64]

# Jerk and acceleration limits are compared with this much room, for rounding at the exact limit.
_ROOM = 1.0 + 1e-6
_PATH_STEP = 0.02
_INSIDE = 0.995
_KNOTS_APART = 1e-4  # closer ones would be blown up by the rounding of seconds since 1970 [s]
# Knots merge phases shorter than 0.1 ms with their neighbours, which mostly exceeds what was planned by a thousandth.
# Where the neighbour is as short it is more: the stop is planned again with less jerk.
_JERKS = (_INSIDE, 0.9, 0.75, 0.55, 0.4)


def stop(time: float, state: State, limits: JointLimits) -> Reference:
    """Return the quickest jerk-limited stop of every joint for itself, from ``state`` at ``time``.

    Ruckig plans state to state (Berscheid and Kroeger, "Jerk-limited Real-time Trajectory Generation with Arbitrary
    Target States", 2021); its phases have constant jerk, so that knots at all phase ends reproduce it exactly.

    Args:
        time: When the stop begins, ROS clock [s].
        state: Commanded state at that time.
        limits: Brake limits: acceleration and jerk are used.

    Raises:
        BrakeError: The state is not finite.
    """
    # Ruckig refuses an acceleration beyond the limit; brake limits are never below the motion's own.
    highest = _INSIDE * limits.acceleration
    acceleration = np.minimum(np.maximum(state.acceleration, -highest), highest)
    request = _stop_request(len(state.position), get_ident())
    request.max_acceleration = highest.tolist()
    for share in _JERKS:
        request.max_jerk = (share * limits.jerk).tolist()
        planned = _plan(request, time, State(state.position, state.velocity, acceleration))
        if Extrema(planned).accelerates_within(limits):
            break
    return planned


@lru_cache
def _stop_request(joints: int, thread: int) -> Any:
    """Return what asks Ruckig for a stop, but for state and limits; each thread has its own, to be used again."""
    import ruckig

    del thread  # only tells them apart
    request = ruckig.InputParameter(joints)
    request.control_interface = ruckig.ControlInterface.Velocity
    request.synchronization = ruckig.Synchronization.No
    request.target_velocity = request.target_acceleration = [0.0] * joints
    return request


def move(time: float, start: Array, goal: Array, limits: JointLimits, fraction: float) -> Reference:
    """Return a synchronised jerk-limited move from rest at ``start`` to rest at ``goal``.

    Args:
        time: When the move begins, ROS clock [s].
        start: Position, shape (n,).
        goal: Position, shape (n,).
        limits: Limits of the motion.
        fraction: Share of the velocity limits to use, above 0 and up to 1.

    Raises:
        BrakeError: A value is not finite.
    """
    import ruckig

    request = ruckig.InputParameter(len(start))
    request.target_position = np.asarray(goal, dtype=np.float64).tolist()
    request.max_velocity = (_INSIDE * fraction * limits.velocity).tolist()
    request.max_acceleration = (_INSIDE * fraction * limits.acceleration).tolist()
    request.max_jerk = (_INSIDE * limits.jerk).tolist()
    return _plan(request, time, State.at_rest(start))


def _plan(request: Any, time: float, state: State) -> Reference:
    """Return the motion from a state that Ruckig finds for a request, as a reference."""
    import ruckig

    begun = np.array([state.position, state.velocity, state.acceleration])
    if not np.isfinite(begun).all():
        raise BrakeError(f"No stop from a state that is not finite: {begun}.")
    n, trajectory = begun.shape[1], ruckig.Trajectory(begun.shape[1])
    request.current_position, request.current_velocity, request.current_acceleration = begun.tolist()
    try:
        ruckig.Ruckig(n).calculate(request, trajectory)
    except ruckig.RuckigError as error:
        raise BrakeError(f"Ruckig found no motion from position {state.position}: {error}") from error
    # The phases that bring a state within the limits come first.
    phases = trajectory.profiles[0]
    durations = np.array([[*profile.brake.t, *profile.t] for profile in phases])
    jerks = np.array([[*profile.brake.j, *profile.j] for profile in phases])
    return Reference.through(curves.constant_jerks(durations, jerks, begun, time, apart=_KNOTS_APART))


def stop_along(path: Reference, time: float, limits: JointLimits, longest: float) -> Reference | None:
    """Return a stop from ``time`` on that stays on ``path``, or None where the limits allow none within ``longest``.

    The path's own time u is slowed from 1 to 0 over T: du/dt = 1 - 3 s^2 + 2 s^3 with s = t / T, so that acceleration
    is continuous at both ends and the arm advances T / 2 along the path.

    Args:
        path: The checked reference, running at ``time``.
        time: When the stop begins, ROS clock [s].
        limits: Brake limits.
        longest: Longest duration [s].
    """
    durations = shortest_stop(path.sample(time), limits), longest, 1.2
    found = curves.stop_along(path.knots, time, durations, limits.derivatives, step=_PATH_STEP, room=_ROOM)
    return None if found is None else Reference.through(found)


def shortest_stop(state: State, limits: JointLimits) -> float:
    """Return the duration below which `stop_along` cannot stop from a state [s]: its path may ask for more."""
    # The peak of the law's deceleration is 1.5 / T.
    return max(1.5 * float(np.max(np.abs(state.velocity) / limits.acceleration, initial=0.0)), 0.1)


def brake(path: Reference, time: float, limits: JointLimits, longest: float) -> Reference:
    """Return a stop from ``path`` at ``time``: along the path where the limits allow it, else joint by joint.

    A joint-by-joint stop that would pass a position limit gives way to the one along the path, however long that takes,
    since the path was checked and the space beside it was not.
    """
    along = stop_along(path, time, limits, longest)
    if along is not None:
        return along
    direct = stop(time, path.sample(time), limits)
    if not np.any(Extrema(direct).outside(limits)):
        return direct
    return stop_along(path, time, limits, 4.0 * longest) or direct
