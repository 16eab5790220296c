"""The checks that decide whether a JointTrajectoryController accepts a trajectory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from steadyhand.simulation.controllers.exceptions import RefusedTrajectoryError
from steadyhand.simulation.controllers.trajectory import JointTrajectory

SUCCESSFUL = 0
INVALID_GOAL = -1
INVALID_JOINTS = -2
OLD_HEADER_TIMESTAMP = -3
PATH_TOLERANCE_VIOLATED = -4
GOAL_TOLERANCE_VIOLATED = -5

_STILL = float(np.finfo(np.float32).eps)
"""Largest last velocity that counts as zero [rad/s or m/s]."""


def check_trajectory(
    trajectory: JointTrajectory,
    joint_names: Sequence[str],
    now: float,
    *,
    allow_partial_joints_goal: bool,
    allow_nonzero_velocity_at_trajectory_end: bool,
) -> None:
    """Refuse what the controller would refuse, and values that are not finite.

    The controller of ros2_control does not look for NaN and leaves it to the hardware; here it ends at the door.

    Args:
        trajectory: As received.
        joint_names: Joints of the controller.
        now: ROS clock [s].
        allow_partial_joints_goal: A trajectory may name some of the joints only.
        allow_nonzero_velocity_at_trajectory_end: The last point may be in motion.

    Raises:
        RefusedTrajectoryError: With the reason, its code and the remedy.
    """
    _check_names(trajectory.joint_names, joint_names, allow_partial_joints_goal)
    if not trajectory.points:
        raise RefusedTrajectoryError(INVALID_GOAL, "the trajectory has no points; send at least one")
    _check_points(trajectory)
    last = trajectory.points[-1]
    if not allow_nonzero_velocity_at_trajectory_end and last.velocities is not None:
        fastest = int(np.argmax(np.abs(last.velocities)))
        if abs(last.velocities[fastest]) > _STILL:
            raise RefusedTrajectoryError(
                INVALID_GOAL,
                f"joint {trajectory.joint_names[fastest]} ends the trajectory at {last.velocities[fastest]:g} rad/s "
                "instead of 0; end at rest, or set allow_nonzero_velocity_at_trajectory_end on the controller",
            )
    if trajectory.stamp != 0.0 and trajectory.stamp + last.time < now:
        raise RefusedTrajectoryError(
            OLD_HEADER_TIMESTAMP,
            f"the trajectory stamped {trajectory.stamp:.3f} s ended at {trajectory.stamp + last.time:.3f} s, and it is "
            f"{now:.3f} s; check that both sides use one clock, or stamp 0 to start on arrival",
        )


def _check_names(names: Sequence[str], joint_names: Sequence[str], allow_partial: bool) -> None:
    unknown = [name for name in names if name not in joint_names]
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    missing = [name for name in joint_names if name not in names]
    if unknown or repeated or not names or (missing and not allow_partial):
        problems = [
            f"{label} {', '.join(found)}"
            for label, found in (("unknown", unknown), ("repeated", repeated), ("missing", missing))
            if found
        ]
        raise RefusedTrajectoryError(
            INVALID_JOINTS,
            f"the trajectory's joints do not fit the controller ({'; '.join(problems)}); "
            f"name each of {', '.join(joint_names)} once, in any order",
        )


def _check_points(trajectory: JointTrajectory) -> None:
    count = len(trajectory.joint_names)
    previous = 0.0
    for index, point in enumerate(trajectory.points):
        if index > 0 and point.time <= previous:
            raise RefusedTrajectoryError(
                INVALID_GOAL,
                f"point {index} is at {point.time:g} s and the one before it at {previous:g} s; "
                "time_from_start must increase strictly",
            )
        previous = point.time
        for field in ("positions", "velocities", "accelerations"):
            values = getattr(point, field)
            if values is None:
                continue
            if values.shape != (count,):
                raise RefusedTrajectoryError(
                    INVALID_GOAL,
                    f"point {index} has {values.size} {field} for {count} joints; give one for each joint"
                    + ("" if field == "positions" else ", or none"),
                )
            if not np.isfinite(values).all():
                raise RefusedTrajectoryError(
                    INVALID_GOAL, f"point {index} has {field} {values.tolist()}; every value must be finite"
                )
