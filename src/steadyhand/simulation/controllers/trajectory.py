"""Joint trajectories as a controller receives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def read_only(values: ArrayLike) -> Array:
    """Return a read-only float64 copy."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class TrajectoryPoint:
    """What the joints are to do at one time. None where a message leaves a field empty.

    Attributes:
        time: Time from the start of the trajectory [s].
        positions: Shape (n,) [rad or m].
        velocities: Shape (n,) [rad/s or m/s].
        accelerations: Shape (n,) [rad/s^2 or m/s^2].
    """

    time: float
    positions: Array
    velocities: Array | None = None
    accelerations: Array | None = None

    def __post_init__(self) -> None:
        for name in ("positions", "velocities", "accelerations"):
            values = getattr(self, name)
            if values is not None:
                object.__setattr__(self, name, read_only(values))


@dataclass(frozen=True)
class JointTrajectory:
    """Points for named joints.

    Attributes:
        stamp: When the trajectory starts, ROS clock [s]; 0 for the moment in which the controller first samples it.
        joint_names: Joints in the order of the points' columns.
        points: In the order of their times.
    """

    stamp: float
    joint_names: tuple[str, ...]
    points: tuple[TrajectoryPoint, ...]

    def arranged(self, joint_names: Sequence[str], held: Array) -> JointTrajectory:
        """Return the same trajectory for exactly ``joint_names``, in that order.

        Args:
            joint_names: Joints of the controller.
            held: Position at which a joint that the trajectory does not name stays, shape (n,) [rad or m].
        """
        if tuple(joint_names) == self.joint_names:
            return self
        column = {name: index for index, name in enumerate(self.joint_names)}
        chosen = np.array([column.get(name, -1) for name in joint_names])

        def arrange(values: Array, missing: ArrayLike) -> Array:
            return np.where(chosen >= 0, values[chosen], missing)

        points = tuple(
            TrajectoryPoint(
                point.time,
                arrange(point.positions, held),
                None if point.velocities is None else arrange(point.velocities, 0.0),
                None if point.accelerations is None else arrange(point.accelerations, 0.0),
            )
            for point in self.points
        )
        return JointTrajectory(self.stamp, tuple(joint_names), points)
