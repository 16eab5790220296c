"""From the reference to what MoveIt Servo is told at one time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.drivers.servo_settings import ServoSettings
from steadyhand.execution.reference import Reference, State
from steadyhand.kinematics.model import ArmModel

Array = NDArray[np.float64]

# Part of the velocity limits that the correction may use: it mends drift, and must not become a motion of its own.
_SHARE = 0.2


class VelocityTracking:
    """Joint velocities that follow a reference without drift.

    Servo integrates velocities, and slows or drops some of them. So the reference's own velocity is sent with a part of
    the distance between the measurement and where the arm should have been by then. It comes late by a known latency:
    a correction of that as well would be on its way when the motion ends, and carry the arm beyond its end.

    Args:
        velocity: Largest speeds, shape (n,) [rad/s or m/s].
        gain: Correction for each rad or m [1/s].
        latency: From a command to motion [s].
    """

    def __init__(self, velocity: Array, gain: float, latency: float) -> None:
        self._velocity = velocity
        self._gain = gain
        self._latency = latency

    def velocities(self, window: Reference, state: State, measured: tuple[float, Array] | None) -> Array:
        """Return the joint velocities to command, shape (n,) [rad/s or m/s].

        Args:
            window: What is followed.
            state: The window at the time of the command.
            measured: Stamp on the ROS clock [s] and positions, shape (n,), of the newest joint state that may be
                trusted; None for none: the reference's velocity goes out alone.
        """
        velocity = state.velocity
        if measured is not None and measured[0] - self._latency >= window.start:
            bound = _SHARE * self._velocity
            error = window.sample(measured[0] - self._latency).position - measured[1]
            velocity = velocity + np.clip(self._gain * error, -bound, bound)
        return np.clip(velocity, -self._velocity, self._velocity)


def jog(velocities: Array, settings: ServoSettings) -> Array:
    """Return joint velocities as Servo counts them, shape (n,): [rad/s or m/s], or parts of its joint scale."""
    return velocities / settings.joint if settings.unitless else velocities


def twist(model: ArmModel, positions: Array, velocities: Array, settings: ServoSettings) -> Array:
    """Return the tip's linear and angular velocity in the base frame as Servo counts them, shape (6,).

    Args:
        model: The arm up to the link that Servo moves.
        positions: Where the arm is, shape (n,) [rad or m].
        velocities: How its joints are to move, shape (n,) [rad/s or m/s].
        settings: Servo's own; it clips what is beyond its linear and its rotational scale.
    """
    motion: Array = model.jacobian(positions) @ velocities
    return motion / np.repeat([settings.linear, settings.rotational], 3) if settings.unitless else motion
