import numpy as np
import pytest

from steadyhand.chunks.arm import arm_model
from steadyhand.kinematics.inverse import InverseKinematics
from steadyhand.learning.demonstrations import Demonstrator
from steadyhand.learning.expert import Truth
from steadyhand.profiles.contract import load_deployment
from steadyhand.simulation.world import World


@pytest.fixture(scope="session")
def demonstrator() -> Demonstrator:
    contract = load_deployment("panda_embedded")
    robot = contract.robot
    arm = arm_model(contract)
    return Demonstrator(World("pick"), arm, InverseKinematics(arm, robot.lower, robot.upper, robot.home_positions))


def moments(count: int, seed: int = 0) -> Truth:
    random = np.random.default_rng(seed)
    places = random.uniform([0.36, -0.22, 0.02], [0.62, 0.22, 0.0201], (count, 3, 3))
    yaws = random.uniform(-0.78, 0.78, (count, 3, 1))
    return Truth(
        random.uniform([0.3, -0.3, 0.02], [0.7, 0.3, 0.5], (count, 3)),
        random.uniform(-1.0, 1.0, count),
        random.uniform(0.0, 1.0, count),
        np.concatenate([places, yaws], axis=-1),
    )


@pytest.fixture
def truth() -> Truth:
    return moments(40)
