"""Safe limits of a joint out of what its description says of the motor."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from steadyhand.profiles.urdf import DescribedJoint

VELOCITY_PART = 0.35
"""Part of the description's velocity that a policy may ask for."""

LARGEST = {"rad": 1.0, "m": 0.25}
"""Largest velocity that a policy may ask for [rad/s or m/s]."""

UNKNOWN = {"rad": 0.5, "m": 0.1}
"""Velocity that a policy may ask for where the description says none [rad/s or m/s]."""

MARGIN = {"rad": 0.05, "m": 0.005}
"""Distance kept from the description's position limits, at most a twentieth of their range [rad or m]."""

TURN = 3.1
"""Position limits of joints that have none [rad]."""

SECONDS = {"acceleration": 0.3, "brake_acceleration": 0.2}
"""Time in which the velocity is reached, and in which a stop gives it up [s]."""

JERKS = {"jerk": 30.0, "brake_jerk": 40.0}
"""Jerk for each unit of acceleration: it is reached within 1/30 and 1/40 s."""


class SafeLimits(NamedTuple):
    """Limits as a robot profile has them, in rad or m and seconds."""

    lower: float
    upper: float
    velocity: float
    acceleration: float
    jerk: float
    brake_acceleration: float
    brake_jerk: float


def safe_limits(joint: DescribedJoint) -> SafeLimits:
    """Return limits well inside of those of the description, with which any motion brakes within 0.3 s."""
    unit = joint.unit
    lower, upper = joint.lower, joint.upper
    if not (math.isfinite(lower) and math.isfinite(upper)) or lower >= upper:
        lower, upper = -TURN, TURN
    else:
        margin = min(MARGIN[unit], 0.05 * (upper - lower))
        lower, upper = _rounded(lower + margin, math.ceil), _rounded(upper - margin, math.floor)
    known = math.isfinite(joint.velocity) and joint.velocity > 0.0
    velocity = min(VELOCITY_PART * joint.velocity, LARGEST[unit]) if known else UNKNOWN[unit]
    velocity = float(f"{velocity:.2g}")
    acceleration = velocity / SECONDS["acceleration"]
    brake = velocity / SECONDS["brake_acceleration"]
    return SafeLimits(
        lower=lower,
        upper=upper,
        velocity=velocity,
        acceleration=float(f"{acceleration:.3g}"),
        jerk=float(f"{JERKS['jerk'] * acceleration:.3g}"),
        brake_acceleration=float(f"{brake:.3g}"),
        brake_jerk=float(f"{JERKS['brake_jerk'] * brake:.3g}"),
    )


def _rounded(value: float, direction: Callable[[float], int]) -> float:
    """Return a position with four decimals, rounded into one direction [rad or m]."""
    return direction(value * 1e4) / 1e4
