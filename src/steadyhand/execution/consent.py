"""Consent: whether the robot, its operator and everybody else leave the arm to this bridge, and at which pace."""

from __future__ import annotations

from steadyhand.execution.interlocks import InterlockLimits, Interlocks
from steadyhand.execution.ownership import Ownership, OwnershipLimits
from steadyhand.execution.pace import Pace, PaceLimits
from steadyhand.profiles.robot import RobotProfile


class Consent:
    """What a robot profile names of speed scaling, safety state, enable and controller state, checked together.

    Attributes:
        pace: How fast the robot lets the reference advance.
        interlocks: What the robot's safety system and the operator's hand say.
        ownership: Who else commands the arm.
    """

    def __init__(self, robot: RobotProfile) -> None:
        scaling, state = robot.speed_scaling, robot.controller_state
        ages = {name: signal.age for name, signal in robot.safety_state.items()}
        self.pace = Pace(None if scaling is None else PaceLimits(scaling.age, scaling.freeze))
        self.interlocks = Interlocks(InterlockLimits(ages, None if robot.enable is None else robot.enable.age))
        self.ownership = Ownership(
            robot.joint_names, None if state is None else OwnershipLimits(state.age, state.tolerance)
        )

    @property
    def stopped(self) -> bool:
        """True while the robot stands by itself: what its controller is handed waits there."""
        return self.interlocks.stopped or self.pace.frozen

    def clear(self) -> None:
        """Forget everything heard."""
        self.pace.restart()
        self.interlocks.clear()
        self.ownership.clear()

    def check(self, now: float, steady: float, *, moving: bool) -> None:
        """Check all of it, the gravest first.

        Args:
            now: ROS clock [s].
            steady: Steady clock [s].
            moving: The arm is to move, so that it matters how long the robot has held it still.

        Raises:
            RefusedError: Something is against motion, or has not been heard in time.
        """
        self.interlocks.check(steady)
        self.pace.check(steady)
        self.ownership.check(now)
        if moving:
            self.pace.check_freeze(now)
