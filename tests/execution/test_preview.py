from __future__ import annotations

import numpy as np

from steadyhand.execution.preview import joint_changes, preview
from steadyhand.execution.reference import Reference, State


def test_the_joints_that_move_most_are_named_in_their_order() -> None:
    said = joint_changes(("a", "b", "c", "d", "e"), np.array([0.1, -0.4, 0.0, 0.2, 0.05]))
    assert said == "b -0.400, d +0.200, a +0.100 and 1 more by less [rad or m]"


def test_a_motion_that_is_none_says_so() -> None:
    assert joint_changes(("a",), np.array([1e-6])) == "no joint moves"


def test_a_motion_is_told_by_how_far_it_goes_and_not_by_where_it_ends() -> None:
    there_and_back = [State.at_rest(np.array([p])) for p in (0.0, 0.3, 0.0)]
    motion = Reference.from_states(np.array([1.0, 2.0, 3.5]), there_and_back)
    tools = {"arm": np.array([[0.0, 0.0, 0.0], [0.1, 0.0, 0.0], [0.1, 0.2, 0.0]])}
    said = preview(("a",), motion, 1.0, tools, {"hand": np.array([1.0, 0.0])})
    assert said == "a +0.300 [rad or m]; the tool goes 0.300 m; hand closed at the end; 2.5 s"
