"""A prefix or suffix that all joints got is recognised; other names are not guessed at."""

from __future__ import annotations

import pytest

from steadyhand.doctor.judgements.joint_names import renaming

NAMES = ("joint1", "joint2")


@pytest.mark.parametrize(
    ("missing", "heard", "expected"),
    [
        (NAMES, ("left_joint1", "left_joint2", "other"), {"joint1": "left_joint1", "joint2": "left_joint2"}),
        (NAMES, ("joint1_left", "joint2_left"), {"joint1": "joint1_left", "joint2": "joint2_left"}),
        (("a/joint1", "a/joint2"), NAMES, {"a/joint1": "joint1", "a/joint2": "joint2"}),
        (NAMES, ("left_joint1",), {}),
        (NAMES, ("shoulder", "elbow"), {}),
        (NAMES, (), {}),
    ],
)
def test_only_what_fits_all_joints_is_suggested(missing, heard, expected):
    assert renaming(missing, heard) == expected
