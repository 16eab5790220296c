"""Sampling of a trajectory in time, as JointTrajectoryController does it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from steadyhand.simulation.controllers.exceptions import ControllerError
from steadyhand.simulation.controllers.trajectory import Array, JointTrajectory, TrajectoryPoint, read_only

TIME_RESOLUTION = 1e-6
"""A point counts as reached this long before its time [s]: the resolution of a float at today's epoch."""

# Hermite bases on the unit interval, one row for each boundary condition, columns are powers 0, 1, 2...
# Rows: position, velocity and acceleration at the start, then the same at the end.
_LINEAR = np.array([[1.0, -1.0], [0.0, 1.0]])
_CUBIC = np.array([[1.0, 0.0, -3.0, 2.0], [0.0, 1.0, -2.0, 1.0], [0.0, 0.0, 3.0, -2.0], [0.0, 0.0, -1.0, 1.0]])
_QUINTIC = np.array(
    [
        [1.0, 0.0, 0.0, -10.0, 15.0, -6.0],
        [0.0, 1.0, 0.0, -6.0, 8.0, -3.0],
        [0.0, 0.0, 0.5, -1.5, 1.5, -0.5],
        [0.0, 0.0, 0.0, 10.0, -15.0, 6.0],
        [0.0, 0.0, 0.0, -4.0, 7.0, -3.0],
        [0.0, 0.0, 0.0, 0.5, -1.0, 0.5],
    ]
)


@dataclass(frozen=True)
class Setpoint:
    """Position, velocity and acceleration of every joint at one time, each of shape (n,), in rad or m and s."""

    positions: Array
    velocities: Array
    accelerations: Array


@dataclass(frozen=True)
class Sample:
    """A setpoint and where in the trajectory it lies.

    Attributes:
        setpoint: The state at the sampled time.
        reference_time: Time of the point that the segment starts from, ROS clock [s]; before the first point, that
            of the first point.
        next_index: Index of the point being moved to; the number of points once the last has been reached.
        finished: The last point has been reached.
    """

    setpoint: Setpoint
    reference_time: float
    next_index: int
    finished: bool


def interpolate(start: TrajectoryPoint, end: TrajectoryPoint, duration: float, elapsed: float) -> Setpoint:
    """Return the state ``elapsed`` seconds after ``start`` on the polynomial that reaches ``end`` after ``duration``.

    Both points with velocities and accelerations: quintic. Both with velocities: cubic. Otherwise linear, whose
    velocity is constant. ``elapsed`` outside of the segment is clipped to it. Without a duration, the start.
    """
    if duration <= 0.0:
        zeros = np.zeros_like(start.positions)
        return Setpoint(start.positions, zeros if start.velocities is None else start.velocities, zeros)
    conditions: list[Array]
    if start.velocities is None or end.velocities is None:
        basis, conditions = _LINEAR, [start.positions, end.positions]
    elif start.accelerations is None or end.accelerations is None:
        basis = _CUBIC
        conditions = [start.positions, start.velocities * duration, end.positions, end.velocities * duration]
    else:
        basis = _QUINTIC
        conditions = [
            start.positions,
            start.velocities * duration,
            start.accelerations * duration**2,
            end.positions,
            end.velocities * duration,
            end.accelerations * duration**2,
        ]
    coefficients = basis.T @ np.stack(conditions)
    order = np.arange(len(basis))
    fraction = min(max(elapsed / duration, 0.0), 1.0)
    powers = fraction**order
    first = order * np.concatenate(([0.0], powers[:-1]))
    second = order * np.concatenate(([0.0], first[:-1]))
    return Setpoint(powers @ coefficients, first @ coefficients / duration, second @ coefficients / duration**2)


class Playback:
    """A trajectory being carried out, with the state it was entered from.

    Args:
        trajectory: Arranged for the controller's joints.
    """

    def __init__(self, trajectory: JointTrajectory) -> None:
        self.trajectory = trajectory
        self._times = [point.time for point in trajectory.points]
        self._start: float | None = None
        self._entry_time = 0.0
        self._entry: TrajectoryPoint | None = None

    @property
    def begun(self) -> bool:
        """True once :meth:`begin` has been called."""
        return self._entry is not None

    @property
    def start(self) -> float:
        """When the trajectory starts, ROS clock [s].

        Raises:
            ControllerError: It has not begun.
        """
        if self._start is None:
            raise ControllerError("the trajectory has not begun; call begin() before sampling it")
        return self._start

    def begin(self, now: float, entry_time: float, entry: Setpoint) -> None:
        """Enter the trajectory.

        Until the first point, the joints move from ``entry`` to it. The segment has the degree that the first point
        asks for: an entry without accelerations counts as zero acceleration.

        Args:
            now: ROS clock [s]; where a trajectory with stamp 0 starts.
            entry_time: When ``entry`` holds, ROS clock [s].
            entry: State that the first segment starts from.
        """
        self._start = self.trajectory.stamp if self.trajectory.stamp != 0.0 else now
        self._entry_time = entry_time
        self._entry = TrajectoryPoint(0.0, entry.positions, entry.velocities, entry.accelerations)

    def sample(self, time: float) -> Sample:
        """Return the state at ``time``, ROS clock [s].

        Raises:
            ControllerError: The trajectory has not begun.
        """
        if self._entry is None:
            raise ControllerError("the trajectory has not begun; call begin() before sampling it")
        points = self.trajectory.points
        reached = bisect_right(self._times, time - self.start + TIME_RESOLUTION)
        if reached == 0:
            first_time = self.start + points[0].time
            setpoint = interpolate(self._entry, points[0], first_time - self._entry_time, time - self._entry_time)
            return Sample(setpoint, first_time, 0, False)
        last = points[reached - 1]
        reference_time = self.start + last.time
        if reached == len(points):
            zeros = read_only(np.zeros_like(last.positions))
            setpoint = Setpoint(
                last.positions,
                zeros if last.velocities is None else last.velocities,
                zeros if last.accelerations is None else last.accelerations,
            )
            return Sample(setpoint, reference_time, reached, True)
        upcoming = points[reached]
        setpoint = interpolate(last, upcoming, upcoming.time - last.time, time - reference_time)
        return Sample(setpoint, reference_time, reached, False)
