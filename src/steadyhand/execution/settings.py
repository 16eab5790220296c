"""Settings of the executor."""

from __future__ import annotations

from dataclasses import dataclass

from steadyhand.execution.limits import JointLimits


@dataclass(frozen=True)
class ExecutorSettings:
    """Settings of the executor.

    Attributes:
        limits: Limits of motion.
        brake_limits: Limits of a stop.
        max_unattended_motion: Longest motion handed to the controller, braking tail included [s].
        lead: Time from a decision until the controller can act on it [s].
    """

    limits: JointLimits
    brake_limits: JointLimits
    max_unattended_motion: float
    lead: float = 0.03
