from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.joint_motion import JointMotion

from .contracts import contract

_OBSERVED = np.linspace(-0.3, 0.3, 7)


def joints(*names: str, meaning: str = "absolute") -> dict[str, object]:
    return {"kind": "joint_position", "joints": names, "meaning": meaning}


def test_joints_come_by_name_in_the_policys_order_and_units() -> None:
    bindings = {"elbow": {"joint": "panda_joint4", "unit": "deg", "sign": -1, "offset": 10.0}}
    motion = JointMotion(contract([joints("elbow", "panda_joint1")], bindings))
    positions = motion.decode(np.array([[55.0, 0.5]]), _OBSERVED)
    assert_allclose(positions[0, [3, 0]], [-np.pi / 4, 0.5])


def test_joints_without_a_column_stay_where_they_were_observed() -> None:
    positions = JointMotion(contract([joints("panda_joint2")])).decode(np.full((3, 1), 0.7), _OBSERVED)
    assert_allclose(positions[:, 1], 0.7)
    assert_allclose(np.delete(positions, 1, axis=1), np.tile(np.delete(_OBSERVED, 1), (3, 1)))


def test_terms_with_a_gripper_and_padding_between_them_move_together() -> None:
    """The layout of a policy for two arms: joints, gripper, joints, gripper, with different meanings."""
    first = joints("panda_joint1", "panda_joint2", meaning="delta_to_observation")
    gripper = {"kind": "gripper", "gripper": "hand", "meaning": "absolute"}
    last = {"kind": "joint_velocity", "joints": ["panda_joint6", "panda_joint7"]}
    motion = JointMotion(contract([first, gripper, {"kind": "padding", "size": 1}, last]))
    rows = np.array([[0.1, 0.2, 1.0, 99.0, 1.0, -1.0]] * 2)
    positions = motion.decode(rows, _OBSERVED)
    assert_allclose(positions[:, :2], np.tile(np.add(_OBSERVED[:2], [0.1, 0.2]), (2, 1)))
    assert_allclose(positions[:, 5:], np.add(_OBSERVED[5:], [[0.1, -0.1], [0.2, -0.2]]))
    written = np.array(rows)
    written[:, [0, 1, 4, 5]] = 0.0
    motion.encode(positions, _OBSERVED, written)
    assert_allclose(written, rows, atol=1e-12)


def test_a_joint_moved_by_two_columns_is_refused() -> None:
    bindings = {"base": {"joint": "panda_joint1"}}
    with pytest.raises(MeaningError, match="two columns of its actions move panda_joint1"):
        JointMotion(contract([joints("base"), joints("panda_joint1", "panda_joint2")], bindings))


def test_a_gripper_joint_is_no_joint_of_the_arm() -> None:
    bindings = {"jaw": {"joint": "panda_finger_joint1"}}
    with pytest.raises(MeaningError, match="'jaw', which is 'panda_finger_joint1' and no joint of the arm"):
        JointMotion(contract([joints("panda_joint1", "jaw")], bindings))
