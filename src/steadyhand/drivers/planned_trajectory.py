"""A planned trajectory_msgs/JointTrajectory as a plan.

Nothing here imports ROS: the message is taken by the names of its fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.planning import Plan
from steadyhand.execution.reasons import Reason

Array = NDArray[np.float64]


def read_plan(trajectory: Any, joint_names: Sequence[str]) -> Plan:
    """Return what a planner's trajectory says of some joints.

    Args:
        trajectory: The message, its joints in any order and maybe more than are asked for.
        joint_names: The joints, in the order wanted.

    Raises:
        RefusedError: It lacks a joint, or a point the positions of some.
    """
    named = list(trajectory.joint_names)
    missing = [name for name in joint_names if name not in named]
    if missing:
        raise RefusedError(Reason.PLANNING_FAILED, f"the plan lacks the joints {', '.join(missing)}")
    columns, points = [named.index(name) for name in joint_names], trajectory.points

    def of_all(field: str) -> Array | None:
        rows = [getattr(point, field) for point in points]
        if any(len(row) != len(named) for row in rows):
            return None
        return np.array(rows, dtype=np.float64).reshape(-1, len(named))[:, columns]

    positions = of_all("positions")
    if positions is None:
        raise RefusedError(Reason.PLANNING_FAILED, "the plan has points without positions of every joint")
    times = [point.time_from_start.sec + 1e-9 * point.time_from_start.nanosec for point in points]
    return Plan(np.array(times, dtype=np.float64), positions, of_all("velocities"), of_all("accelerations"))
