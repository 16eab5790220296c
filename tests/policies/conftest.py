import numpy as np
import pytest

from steadyhand.observation.observation import Observation
from steadyhand.profiles.contract import Contract, load_deployment

JOINTS = (*(f"panda_joint{index}" for index in range(1, 8)), "panda_finger_joint1")


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_deployment("panda_embedded")


@pytest.fixture
def observation(contract: Contract) -> Observation:
    random = np.random.default_rng(0)
    return Observation(
        stamp=12.5,
        images={key: random.integers(0, 256, (96, 96, 3), dtype=np.uint8) for key in ("front", "wrist")},
        state=np.array([0.307, 0.0, 0.487, 0.0, 1.0, 1.0]),
        instruction="pick up the red cube",
        joint_names=JOINTS,
        joint_positions=np.array([*contract.robot.home_positions, 0.03]),
        inputs={"front": 12.5, "state": 12.5},
    )
