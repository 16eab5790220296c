"""How the tolerances of a goal and of the controller combine."""

import numpy as np
import pytest

from steadyhand.simulation.controllers.exceptions import ControllerError
from steadyhand.simulation.controllers.tolerances import Tolerances, exceeded

JOINTS = ("a", "b")
DEFAULTS = Tolerances(np.array([0.1, 0.0]), np.array([0.01, 0.02]), 0.5)


def test_zero_keeps_the_default_minus_one_lifts_it_and_a_positive_value_replaces_it():
    merged = DEFAULTS.requested(JOINTS, {"a": -1.0, "b": 0.3}, {"a": 0.0, "b": 0.05}, -1.0)
    np.testing.assert_array_equal(merged.path, [0.0, 0.3])
    np.testing.assert_array_equal(merged.goal, [0.01, 0.05])
    assert merged.goal_time == 0.0
    assert DEFAULTS.requested(JOINTS, {}, {}, 0.0).goal_time == 0.5
    assert DEFAULTS.requested(JOINTS, {}, {}, 2.0).goal_time == 2.0


@pytest.mark.parametrize(
    ("path", "goal", "time", "said"),
    [
        ({"c": 0.1}, {}, 0.0, "path_tolerance names joint c"),
        ({}, {"c": 0.1}, 0.0, "goal_tolerance names joint c"),
        ({"a": -2.0}, {}, 0.0, "-2"),
        ({}, {}, -0.5, "goal_time_tolerance is -0.5"),
    ],
)
def test_wrong_requests_are_named(path, goal, time, said):
    with pytest.raises(ControllerError, match=said):
        DEFAULTS.requested(JOINTS, path, goal, time)


def test_zero_is_unchecked():
    assert not exceeded(np.array([9.0, 9.0]), np.zeros(2))
    assert exceeded(np.array([0.0, -0.2]), np.array([0.1, 0.1]))
    assert not exceeded(np.array([0.0, -0.2]), np.array([0.1, 0.0]))
