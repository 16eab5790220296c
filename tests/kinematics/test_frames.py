from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from steadyhand.kinematics.exceptions import KinematicsError
from steadyhand.kinematics.frames import FixedFrames

_URDF = """<robot name="on_a_stand">
  <link name="ground"/><link name="stand"/><link name="base"/><link name="arm"/>
  <joint name="a" type="fixed"><parent link="ground"/><child link="stand"/><origin xyz="1 0 0"/></joint>
  <joint name="b" type="fixed"><parent link="stand"/><child link="base"/><origin xyz="0 0 0.5"/></joint>
  <joint name="c" type="revolute"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/>
    <limit lower="-1" upper="1" velocity="1" effort="1"/></joint>
</robot>"""


def test_what_stands_still_is_told_from_the_base() -> None:
    frames = FixedFrames(_URDF, "base")
    for name, expected in {"": (-1.0, 0.0, -0.5), "stand": (0.0, 0.0, -0.5), "base": (0.0, 0.0, 0.0)}.items():
        pose = frames.pose(name)
        assert pose is not None
        assert_allclose(pose[:3, 3], expected, atol=1e-12)


def test_what_moves_or_is_unknown_has_no_pose() -> None:
    frames = FixedFrames(_URDF, "base")
    assert frames.pose("arm") is None
    assert frames.pose("camera") is None


def test_a_base_that_is_not_there_is_refused() -> None:
    with pytest.raises(KinematicsError, match="'bass'"):
        FixedFrames(_URDF, "bass")
