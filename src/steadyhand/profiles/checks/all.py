"""All checks of a deployment, in the order in which their problems are found."""

from __future__ import annotations

from steadyhand.profiles.checks import (
    arms,
    backend,
    base,
    description,
    drivers,
    images,
    joints,
    layout,
    limits,
    scaling,
    servo,
    support,
    timing,
)
from steadyhand.profiles.parts import Check

CHECKS: tuple[Check, ...] = (
    *limits.CHECKS,
    *arms.CHECKS,
    *base.CHECKS,
    *description.CHECKS,
    *layout.CHECKS,
    *timing.CHECKS,
    *scaling.CHECKS,
    *backend.CHECKS,
    *images.CHECKS,
    *joints.CHECKS,
    *drivers.CHECKS,
    *servo.CHECKS,
    *support.CHECKS,
)
