"""Settings of the executor."""

from __future__ import annotations

from dataclasses import dataclass

from steadyhand.execution.limits import JointLimits
from steadyhand.profiles.contract import Contract


@dataclass(frozen=True)
class ExecutorSettings:
    """Settings of the executor.

    Attributes:
        limits: Limits of motion.
        brake_limits: Limits of a stop.
        max_unattended_motion: Longest motion handed to the controller, braking tail included [s].
        lead: Time from a decision until the controller can act on it [s].
        wait: Longest time that a chunk waits for a calm moment to take over at, `calm_moment` [s].
    """

    limits: JointLimits
    brake_limits: JointLimits
    max_unattended_motion: float
    lead: float = 0.03
    wait: float = 0.0


def executor_settings(contract: Contract) -> ExecutorSettings:
    """Return the settings that a deployment's robot profile asks for."""
    robot = contract.robot
    names, lower, upper = robot.joint_names, robot.lower, robot.upper
    return ExecutorSettings(
        JointLimits(names, lower, upper, robot.velocity, robot.acceleration, robot.jerk),
        # Along the path a brake never exceeds the velocities it begins with, which the gate has checked.
        JointLimits(names, lower, upper, robot.velocity, robot.brake_acceleration, robot.brake_jerk),
        robot.safety.max_unattended_motion,
        wait=contract.policy.handover_wait,
    )
