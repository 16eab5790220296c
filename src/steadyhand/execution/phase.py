"""What the executor is doing."""

from __future__ import annotations

from enum import Enum


class Phase(Enum):
    """What the executor is doing."""

    INACTIVE = "inactive"
    HELD = "held"
    STARTING = "starting"
    RUNNING = "running"
    BRAKING = "braking"
