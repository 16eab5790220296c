"""Arms for the kinematics tests."""

import numpy as np
import pytest

from steadyhand.kinematics.inverse import InverseKinematics
from steadyhand.kinematics.model import ArmModel
from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource

PANDA_JOINTS = tuple(f"panda_joint{number}" for number in range(1, 8))
HOME = np.array([0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785])
MARGIN = 0.05


@pytest.fixture(scope="session")
def panda_urdf() -> str:
    return read_description(resource("urdf/panda.urdf.xacro"))


@pytest.fixture(scope="session")
def panda(panda_urdf: str) -> ArmModel:
    tool = np.eye(4)
    tool[2, 3] = 0.1034
    return ArmModel(panda_urdf, PANDA_JOINTS, "panda_link0", "panda_hand", tool)


@pytest.fixture(scope="session")
def panda_inverse(panda: ArmModel) -> InverseKinematics:
    return InverseKinematics(panda, panda.lower + MARGIN, panda.upper - MARGIN, HOME)
