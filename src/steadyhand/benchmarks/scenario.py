"""What the benchmarks of parts measure on: a joint-space policy on the Panda, and motions at random."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from steadyhand.benchmarks.overhead import write_deployment
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.robot import RobotProfile

Array = NDArray[np.float64]


def joint_space_contract() -> Contract:
    """Return the deployment that `overhead` is measured with: chunks of 50 rows x 7 joints at 50 Hz."""
    with tempfile.TemporaryDirectory() as name:
        return load_deployment(str(write_deployment(Path(name))))


@dataclass(frozen=True)
class Swing:
    """Every joint on its own sinusoid, from rest at time 0: q = q0 + A (1 - cos(w t)).

    Attributes:
        start: q0, shape (n,) [rad].
        amplitude: A, shape (n,) [rad]; negative ones begin downwards.
        frequency: w, shape (n,) [rad/s].
    """

    start: Array
    amplitude: Array
    frequency: Array

    def positions(self, times: Array) -> Array:
        """Return positions at ``times`` (M,) since the start [s], shape (M, n) [rad]."""
        return self.start + self.amplitude * (1.0 - np.cos(np.multiply.outer(times, self.frequency)))

    def derivatives(self, times: Array) -> tuple[Array, Array]:
        """Return velocities and accelerations at ``times`` (M,), each shape (M, n) [rad/s], [rad/s^2]."""
        phase = np.multiply.outer(times, self.frequency)
        speed = self.amplitude * self.frequency
        return speed * np.sin(phase), speed * self.frequency * np.cos(phase)


def random_swing(robot: RobotProfile, random: np.random.Generator, share: float, start: Array) -> Swing:
    """Return a motion whose fastest joint reaches ``share`` of its velocity limit, and less of its acceleration.

    Args:
        robot: The arm.
        random: Source of chance.
        share: Of the limits.
        start: Where it begins, shape (n,) [rad].
    """
    # The peak of the acceleration is w times that of the velocity; below 2 rad/s both limits are kept for the Panda.
    frequency = random.uniform(0.8, 1.0, len(start)) * np.minimum(2.0, 0.7 * robot.acceleration / robot.velocity)
    speed = random.uniform(0.3, 1.0, len(start))
    speed *= share / speed.max() * robot.velocity
    amplitude = speed / frequency
    # Each joint goes to the side on which it has more room.
    side = np.where(start - robot.lower > robot.upper - start, -1.0, 1.0)
    return Swing(start, side * amplitude, frequency)


def free_start(
    robot: RobotProfile, random: np.random.Generator, forward: Callable[[Array], Array], spread: float
) -> Array:
    """Return a configuration around home, within the limits, whose tool is in the workspace, shape (n,) [rad].

    Args:
        robot: The arm.
        random: Source of chance.
        forward: Pose of the tool centre point of a configuration, shape (4, 4) [m].
        spread: Largest distance of a joint from home [rad].
    """
    low, high = np.array(robot.workspace.lower), np.array(robot.workspace.upper)
    while True:
        q = robot.home_positions + random.uniform(-spread, spread, len(robot.joint_names))
        q = np.clip(q, robot.lower + 0.05, robot.upper - 0.05)
        point = forward(q)[:3, 3]
        if np.all((point >= low) & (point <= high)):
            return q
