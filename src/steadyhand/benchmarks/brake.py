"""The brake: stops from random motions up to full speed, against the limits and the least time that they allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.benchmarks.scenario import joint_space_contract
from steadyhand.benchmarks.statistics import percentiles
from steadyhand.benchmarks.stopwatch import Stopwatch
from steadyhand.execution.brake import brake, stop_along
from steadyhand.execution.limits import Extrema, JointLimits
from steadyhand.execution.reference import Reference, State
from steadyhand.profiles.robot import RobotProfile

Array = NDArray[np.float64]

_KNOTS = 0.02  # [s]
_BEFORE, _AFTER = 0.1, 1.5  # of the path around the brake [s]
_START = 1.7e9  # of the path, on a clock that counts from 1970 [s]
_WORTH_SEEING = 0.15  # [s]
_LEAST = 0.05  # shorter stops are over before a ratio says anything [s]


@dataclass(frozen=True)
class Stop:
    """One stop.

    Attributes:
        path: The motion that is stopped, within the motion's limits.
        time: When the stop begins [s].
        tail: The stop.
        along: It stays on the path.
        least: Time in which the slowest joint, each by itself, can come to rest [s].
    """

    path: Reference
    time: float
    tail: Reference
    along: bool
    least: float


def measure(stops: int, seed: int = 0) -> dict[str, Any]:
    """Brake out of sinusoidal motions of the Panda whose joints run at random speeds up to their limits.

    Args:
        stops: Number of stops.
        seed: Of the motions.

    Returns:
        ``brake``: count, ``wall_ms`` and ``cpu_ms`` of planning; ``along_path``: share of stops that stay on the path;
        ``duration_s``: percentiles and ``max``; ``over_minimum``: duration over the least time, percentiles and
        ``max``, of stops longer than 50 ms; ``largest_share``: of each brake limit that any stop reaches on its
        polynomials; ``beyond_limits``: number of stops that exceed any by more than rounding; ``outside``: number that
        leave the position limits; ``off_path_rad``: largest distance from the path of the stops that leave it.
    """
    robot = joint_space_contract().robot
    limits = brake_limits(robot)
    longest = max(0.2, robot.safety.max_unattended_motion - 0.2)
    random, watch = np.random.default_rng(seed), Stopwatch()
    found = [random_stop(robot, limits, longest, random, watch) for _ in range(stops)]
    durations = np.array([stop.tail.end - stop.time for stop in found])
    ratios = np.array([d / s.least for d, s in zip(durations, found, strict=True) if s.least > _LEAST])
    extrema = [Extrema(stop.tail) for stop in found]
    shares = {
        name: max(float(np.max(getattr(found, key) / getattr(limits, name))) for found in extrema)
        for name, key in (("velocity", "speed"), ("acceleration", "acceleration"), ("jerk", "jerk"))
    }
    return {
        "seed": seed,
        "brake": watch.result(),
        "along_path": round(float(np.mean([stop.along for stop in found])), 4),
        "duration_s": {**percentiles(durations), "max": round(float(durations.max()), 3)},
        "over_minimum": {**percentiles(ratios), "max": round(float(ratios.max()), 3)},
        "largest_share": {name: round(share, 6) for name, share in shares.items()},
        "beyond_limits": sum(not found.within(limits, 1.0 + 1e-5) for found in extrema),
        "outside": sum(bool(found.outside(limits).any()) for found in extrema),
        "off_path_rad": round(max((_off_path(s) for s in found if not s.along), default=0.0), 4),
    }


def example(seed: int = 0) -> tuple[Stop, JointLimits]:
    """Return the first stop of ``measure`` that stays on its path although it is not short, and the brake limits."""
    robot = joint_space_contract().robot
    limits = brake_limits(robot)
    longest = max(0.2, robot.safety.max_unattended_motion - 0.2)
    random, watch = np.random.default_rng(seed), Stopwatch()
    while True:
        found = random_stop(robot, limits, longest, random, watch)
        if found.along and found.least > _WORTH_SEEING:
            return found, limits


def brake_limits(robot: RobotProfile) -> JointLimits:
    """Return what a stop of the arm may use."""
    return JointLimits(
        robot.joint_names, robot.lower, robot.upper, robot.velocity, robot.brake_acceleration, robot.brake_jerk
    )


def random_stop(
    robot: RobotProfile, limits: JointLimits, longest: float, random: np.random.Generator, watch: Stopwatch
) -> Stop:
    """Return a stop from a random motion within the arm's limits; one joint at least peaks at its full speed.

    Args:
        robot: The arm.
        limits: Brake limits.
        longest: Longest stop along the path, as the bridge asks for [s].
        random: Source of chance.
        watch: Takes the time of planning.
    """
    path = _path(robot, random)
    time = path.start + _BEFORE
    with watch.lap():
        tail = brake(path, time, limits, longest)
    along = stop_along(path, time, limits, longest)
    on_path = along is not None and np.array_equal(along.positions, tail.positions)
    return Stop(path, time, tail, on_path, _least_time(path.sample(time), limits))


def _path(robot: RobotProfile, random: np.random.Generator) -> Reference:
    """Return a motion that keeps the motion's limits, with one joint at its full speed or acceleration or jerk."""
    n = len(robot.joint_names)
    moving = JointLimits(robot.joint_names, robot.lower, robot.upper, robot.velocity, robot.acceleration, robot.jerk)
    times = _START + np.arange(0.0, _BEFORE + _AFTER, _KNOTS)
    frequency, phase = random.uniform(0.5, 4.0, n), random.uniform(0.0, 2.0 * np.pi, n)
    angle = np.multiply.outer(times - _START, frequency) + phase
    # Half of all joints are meant to run at their limit of velocity or acceleration, the others anywhere below.
    half = 0.5 * (robot.upper - robot.lower) - 0.1
    peak = np.minimum(np.minimum(robot.velocity, robot.acceleration / frequency), half * frequency)
    speed = peak * np.where(random.random(n) < 0.5, 1.0, random.random(n))
    amplitude = speed / frequency
    centre = 0.5 * (robot.upper + robot.lower) + (half - amplitude) * random.uniform(-1.0, 1.0, n)
    positions = centre - amplitude * np.cos(angle)
    velocities, accelerations = speed * np.sin(angle), speed * frequency * np.cos(angle)
    # Between the knots the quintics may exceed the sinusoid by a trifle, which slowing takes back.
    factor = Extrema(Reference(times, positions, velocities, accelerations)).stretch(moving) * (1.0 + 1e-9)
    return Reference(_START + (times - _START) * factor, positions, velocities / factor, accelerations / factor**2)


def _least_time(state: State, limits: JointLimits) -> float:
    """Return the least time in which every joint by itself comes to rest, by Ruckig's state-to-state minimum [s]."""
    from ruckig import ControlInterface, InputParameter, Ruckig, Synchronization, Trajectory

    n = len(state.position)
    request, trajectory = InputParameter(n), Trajectory(n)
    request.control_interface = ControlInterface.Velocity
    request.synchronization = Synchronization.No
    request.current_position = state.position.tolist()
    request.current_velocity = state.velocity.tolist()
    request.current_acceleration = state.acceleration.tolist()
    request.target_velocity = request.target_acceleration = [0.0] * n
    request.max_acceleration, request.max_jerk = limits.acceleration.tolist(), limits.jerk.tolist()
    Ruckig(n).calculate(request, trajectory)
    return float(trajectory.duration)


def _off_path(stop: Stop) -> float:
    """Return the largest distance of a stop from the nearest point of its path, over the joints [rad]."""
    path = stop.path.sample_many(np.arange(stop.time, stop.path.end, 0.002))[0]
    tail = stop.tail.sample_many(np.linspace(stop.time, stop.tail.end, 40))[0]
    distances = np.abs(tail[:, None] - path[None]).max(axis=2)
    return float(distances.min(axis=1).max())
