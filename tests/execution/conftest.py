from __future__ import annotations

import numpy as np
import pytest

from steadyhand.execution.limits import JointLimits


def joint_limits(n: int, *, velocity: float, acceleration: float, jerk: float, position: float = 3.0) -> JointLimits:
    ones = np.ones(n)
    return JointLimits(
        tuple(f"joint{i + 1}" for i in range(n)),
        -position * ones,
        position * ones,
        velocity * ones,
        acceleration * ones,
        jerk * ones,
    )


@pytest.fixture
def limits() -> JointLimits:
    return joint_limits(3, velocity=1.0, acceleration=4.0, jerk=150.0)


@pytest.fixture
def brake_limits() -> JointLimits:
    return joint_limits(3, velocity=1.0, acceleration=5.0, jerk=300.0)
