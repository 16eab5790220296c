"""What the arm was commanded and what it did, kept from the first message on and checked against the robot's limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.interpolate import BPoly

from steadyhand.nodes.conversions import to_seconds
from steadyhand.profiles.robot import RobotProfile

PAST = 0.1
"""Part of a window that lies before the time at which it was made [s]."""

TRACKING = 0.12
"""How far the simulated arm may be from its command: its lag of 50 ms at 1.5 rad/s, and what it swings [rad]."""

SHORT = 5e-3
"""In shorter segments the nanosecond that a message resolves shows in the jerk; they cannot hide a motion [s]."""


@dataclass(frozen=True)
class Window:
    """One trajectory message, as a JointTrajectoryController interpolates it.

    Attributes:
        received: Time on the ROS clock when it came [s].
        stamp: Of its header [s].
        times: Of its points, ROS clock [s], shape (K,).
        states: Positions, velocities and accelerations of its points, shape (K, 3, n).
    """

    received: float
    stamp: float
    times: np.ndarray
    states: np.ndarray

    @classmethod
    def of(cls, message: Any, joint_names: tuple[str, ...], received: float) -> Window:
        order = [message.joint_names.index(name) for name in joint_names]
        stamp = to_seconds(message.header.stamp)
        points = [(point.positions, point.velocities, point.accelerations) for point in message.points]
        times = np.array([stamp + to_seconds(point.time_from_start) for point in message.points])
        return cls(received, stamp, times, np.array(points)[:, :, order])

    @property
    def made(self) -> float:
        """When the bridge made it, ROS clock [s]."""
        return float(self.times[0]) + PAST

    @cached_property
    def curves(self) -> tuple[BPoly, ...]:
        """Position, velocity, acceleration and jerk over time: quintics between the points."""
        position = BPoly.from_derivatives(self.times, self.states)
        return position, position.derivative(1), position.derivative(2), position.derivative(3)

    def at(self, times: np.ndarray) -> list[np.ndarray]:
        """Return positions, velocities and accelerations, each (M, n); after the last point the arm rests there."""
        inside = np.clip(times, self.times[0], self.times[-1])
        states = [curve(inside) for curve in self.curves[:3]]
        for derivative in states[1:]:
            derivative[times > self.times[-1]] = 0.0
        return states

    @cached_property
    def samples(self) -> list[np.ndarray]:
        """Position, velocity, acceleration and jerk, each (M, n), close together and inside of the segments."""
        spans = [(a, b) for a, b in pairwise(self.times) if b - a > SHORT]
        times = np.concatenate([np.linspace(a, b, max(3, int((b - a) / 2e-3)))[:-1] for a, b in spans])
        return [curve(times) for curve in self.curves]


@dataclass
class MotionRecord:
    """Everything commanded to an arm, and everything measured.

    Attributes:
        windows: Trajectories on the controller's topic.
        measured: Stamp [s], positions and velocities in the profile's order.
    """

    robot: RobotProfile
    windows: list[Window] = field(default_factory=list)
    measured: list[tuple[float, np.ndarray, np.ndarray]] = field(default_factory=list)

    def clear(self) -> None:
        self.windows.clear()
        self.measured.clear()

    def hear_command(self, message: Any, received: float) -> None:
        self.windows.append(Window.of(message, self.robot.joint_names, received))

    def hear_joints(self, message: Any) -> None:
        if not set(self.robot.joint_names) <= set(message.name):
            return  # another broadcaster's joints
        order = [message.name.index(name) for name in self.robot.joint_names]
        values = (np.array(message.position)[order], np.array(message.velocity)[order])
        self.measured.append((to_seconds(message.header.stamp), *values))

    def check(self) -> None:
        """Fail where anything commanded or measured breaks a motion rule."""
        for window in self.windows:
            self._check_form(window)
            self._check_limits(window)
            self._check_start(window)
        for before, after in pairwise(self.windows):
            self._check_continuity(before, after)
        self._check_measured()

    def _check_form(self, window: Window) -> None:
        longest = self.robot.safety.max_unattended_motion
        assert window.stamp > 0.0, "stamp 0 makes the controller bridge from wherever the arm is"
        assert np.all(np.diff(window.times) > 0.0)
        assert window.times[0] <= window.received, "no point lies at or before the receipt"
        assert window.times[-1] - window.times[0] <= PAST + longest + 1e-3, "the window is too long to be unattended"
        np.testing.assert_allclose(window.states[-1, 1:], 0.0, atol=1e-9, err_msg="the window does not end at rest")

    def _check_limits(self, window: Window) -> None:
        robot = self.robot
        position, velocity, acceleration, jerk = window.samples
        assert np.all(position >= robot.lower - 1e-6)
        assert np.all(position <= robot.upper + 1e-6)
        # A window's tail is a brake, which may use more than a policy may ask for.
        for name, values, limit, room in (
            ("velocity", velocity, robot.velocity, 1.001),
            ("acceleration", acceleration, robot.brake_acceleration, 1.02),
            # Phases of a brake shorter than 0.1 ms are made one with the next.
            ("jerk", jerk, robot.brake_jerk, 1.1),
        ):
            excess = float((np.abs(values).max(axis=0) / limit).max())
            assert excess <= room, f"{name} of {excess:.4f} times its limit, commanded at {window.made:.3f} s"

    def _check_start(self, window: Window) -> None:
        """A window begins where the arm is, but for the lag of the arm."""
        nearest = min(self.measured, key=lambda sample: abs(sample[0] - window.times[0]), default=None)
        if nearest is not None and abs(nearest[0] - window.times[0]) < 0.015:
            np.testing.assert_allclose(window.states[0, 0], nearest[1], atol=TRACKING)

    def _check_continuity(self, before: Window, after: Window) -> None:
        """Where the controller changes from one window to the next, both are the same curve."""
        if before.times[-1] <= after.times[0]:
            return  # the arm had come to rest; each window's start is compared with the measured one
        times = np.linspace(after.times[0], after.made, 21)
        steps = [np.abs(a - b).max() for a, b in zip(before.at(times), after.at(times), strict=True)]
        for name, step, tolerance in zip(
            ("position", "velocity", "acceleration"), steps, (1e-5, 1e-3, 0.05), strict=True
        ):
            assert step <= tolerance, f"{name} steps by {step:.4g} at {after.made:.3f} s between two windows"

    def _check_measured(self) -> None:
        robot = self.robot
        for stamp, positions, velocities in self.measured:
            assert np.all(positions >= robot.lower - 0.01), f"at {stamp:.3f} s"
            assert np.all(positions <= robot.upper + 0.01), f"at {stamp:.3f} s"
            assert np.all(np.abs(velocities) <= 1.1 * robot.velocity), f"at {stamp:.3f} s"

    def speed(self, since: float = 0.0) -> float:
        """Return the greatest measured velocity of any joint from a time on [rad/s]."""
        return max(
            (float(np.abs(velocities).max()) for stamp, _, velocities in self.measured if stamp >= since), default=0.0
        )

    def travel(self, since: float) -> float:
        """Return how far any joint has moved from where it was at a time [rad]."""
        positions = np.array([positions for stamp, positions, _ in self.measured if stamp >= since])
        return float(np.abs(positions - positions[0]).max()) if len(positions) else 0.0
