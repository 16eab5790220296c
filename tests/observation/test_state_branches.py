"""Which of the numbers that stand for one rotation a state has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from transforms3d.euler import euler2mat
from transforms3d.quaternions import quat2mat

from steadyhand.observation.joints import JointSample
from steadyhand.observation.state import StateLayout
from steadyhand.profiles.contract import Contract

NAMES = (*(f"panda_joint{index}" for index in range(1, 8)), "panda_finger_joint1")


class Wrist:
    """An arm whose first joint turns the tool about x and whose second turns it about z."""

    def forward(self, q: np.ndarray) -> np.ndarray:
        pose = np.eye(4)
        pose[:3, :3] = euler2mat(q[0], 0.0, q[1], axes="sxyz")
        return pose


def filled(contract: Contract, roll: float, yaw: float = 0.0) -> np.ndarray:
    joints = np.array([roll, yaw, *np.zeros(6)])
    return StateLayout(contract, NAMES, Wrist()).vector(JointSample(joints, np.zeros(8)))


def rotation(name: str) -> dict[str, object]:
    return {"state": [{"kind": "end_effector_rotation", "representation": name}]}


def test_a_quaternion_keeps_its_sign_about_the_home_pose(altered: Callable[..., Contract]) -> None:
    contract = altered(policy=rotation("quaternion_xyzw"), robot={"home": [np.pi, *np.zeros(6)]})
    above, below = filled(contract, np.pi - 0.05), filled(contract, np.pi + 0.05)
    assert above == pytest.approx([np.sin(np.pi / 2 - 0.025), 0.0, 0.0, np.cos(np.pi / 2 - 0.025)])
    assert np.abs(above - below).max() < 0.06


def test_a_quaternion_has_the_sign_of_the_training_data(altered: Callable[..., Contract]) -> None:
    for sign in (1.0, -1.0):
        mean = (sign * np.array([0.96, 0.0, 0.0, 0.05])).tolist()
        scaling = {"normalisation": {"method": "mean_std", "state": {"mean": mean, "std": [0.1] * 4}}}
        state = filled(altered(policy=rotation("quaternion_xyzw") | scaling), 3.0, 0.1)
        assert np.sign(state[0]) == sign
        assert np.allclose(quat2mat(np.roll(state, 1)), euler2mat(3.0, 0.0, 0.1, axes="sxyz"))


@pytest.mark.parametrize(
    "statistics",
    [
        {"mean": [0.02, 0.0, 0.0, 0.05], "std": [0.9] * 4},
        {"mean": [-0.96, 0.0, 0.0, 0.05], "std": [0.1] * 4, "mask": [False] * 4},
    ],
)
def test_training_data_of_both_signs_or_unscaled_decide_nothing(
    altered: Callable[..., Contract], statistics: dict[str, list[float]]
) -> None:
    scaling = {"normalisation": {"method": "mean_std", "state": statistics}}
    contract = altered(policy=rotation("quaternion_xyzw") | scaling, robot={"home": [np.pi, *np.zeros(6)]})
    assert filled(contract, np.pi + 0.05)[0] > 0.9


def test_a_rotation_vector_is_that_of_the_training_data(altered: Callable[..., Contract]) -> None:
    bounds = {"q01": [2.4, -0.5, -0.5], "q99": [3.7, 0.5, 0.5]}
    scaling = {"normalisation": {"method": "quantile", "state": bounds}}
    state = filled(altered(policy=rotation("axis_angle") | scaling), np.pi + 0.3)
    assert state == pytest.approx([np.pi + 0.3, 0.0, 0.0])
