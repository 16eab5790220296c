"""How long a jerk-limited stop takes."""

from __future__ import annotations

import math

from steadyhand.profiles.robot import JointLimits

REFRESH_MARGIN = 0.15
"""Part of ``safety.max_unattended_motion`` that is motion before the braking tail: one refresh of the controller's
trajectory and its delay on the way [s]."""


def brake_time(limits: JointLimits) -> float:
    """Return the longest time one joint needs from its largest speed to rest [s].

    From speed v without acceleration a stop with acceleration a and jerk j takes v/a + a/j where the
    acceleration reaches a (v >= a^2/j), else 2 sqrt(v/j) (Biagiotti and Melchiorri, "Trajectory Planning for Automatic
    Machines and Robots", 2008, 3.4). A joint that still speeds up gives that up first, in acceleration / j.

    Args:
        limits: Limits of the joint.
    """
    speed, acceleration, jerk = limits.velocity, limits.brake_acceleration, limits.brake_jerk
    if speed * jerk >= acceleration**2:
        stop = speed / acceleration + acceleration / jerk
    else:
        stop = 2.0 * math.sqrt(speed / jerk)
    return stop + min(limits.acceleration, acceleration) / jerk
