"""The pick task: its layouts and its judgement."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.simulation.exceptions import TaskError
from steadyhand.simulation.tasks import pick
from steadyhand.simulation.tasks.pick import CLEARANCE, LOWER, SIDE, UPPER, Pick
from steadyhand.simulation.tasks.registry import make_task
from steadyhand.simulation.tasks.task import ObjectPose

seeds = st.integers(0, 2**63)


def poses(**heights):
    """All cubes at rest, but those named raised to a height above it [m]."""
    return {
        f"{colour}_cube": ObjectPose(
            np.array([0.5, 0.0, SIDE / 2 + heights.get(colour, 0.0)]), np.array([1.0, 0, 0, 0])
        )
        for colour in ("red", "green", "blue")
    }


def watch(task, start, seconds, **heights):
    """Shows a constant scene every 10 ms."""
    for tick in range(round(seconds / 0.01) + 1):
        task.observe(start + tick * 0.01, poses(**heights))


@given(seeds)
def test_cubes_lie_apart_inside_the_area_on_the_table(seed):
    layout = Pick().layout(np.random.default_rng(seed))
    places = np.array([pose.position for pose in layout.values()])
    assert np.all(places[:, :2] >= LOWER)
    assert np.all(places[:, :2] <= UPPER)
    assert np.all(places[:, 2] == SIDE / 2)
    for first in range(3):
        for second in range(first):
            assert np.linalg.norm(places[first] - places[second]) >= CLEARANCE
    for pose in layout.values():
        assert np.linalg.norm(pose.quaternion) == pytest.approx(1.0)


@given(seeds)
def test_equal_seeds_give_equal_layouts(seed):
    first, second = (Pick().layout(np.random.default_rng(seed)) for _ in range(2))
    for name, pose in first.items():
        np.testing.assert_array_equal(pose.position, second[name].position)
        np.testing.assert_array_equal(pose.quaternion, second[name].quaternion)


def test_every_colour_comes_to_lie_everywhere():
    task, random = Pick(), np.random.default_rng(0)
    places = np.array([[pose.position[:2] for pose in task.layout(random).values()] for _ in range(400)])
    middle = (np.array(LOWER) + UPPER) / 2
    np.testing.assert_allclose(places.mean(axis=0), [middle] * 3, atol=0.03)


def test_success_is_the_named_cube_up_for_one_second():
    task = Pick()
    watch(task, 0.0, 0.98, red=0.06)
    assert not task.status("pick up the red cube").success
    watch(task, 0.99, 0.02, red=0.06)
    status = task.status("pick up the red cube")
    assert status.understood
    assert status.success
    assert not status.failed


def test_a_dip_below_5_cm_starts_the_second_again():
    task = Pick()
    watch(task, 0.0, 0.9, red=0.06)
    watch(task, 0.91, 0.0, red=0.049)
    watch(task, 0.92, 0.9, red=0.06)
    assert not task.status("pick up the red cube").success


def test_a_success_stays_one_after_the_cube_is_set_down():
    task = Pick()
    watch(task, 0.0, 1.1, red=0.06)
    watch(task, 1.2, 1.0)
    watch(task, 2.3, 1.1, blue=0.06)
    assert task.status("pick up the red cube").success


def test_lifting_another_cube_fails():
    task = Pick()
    watch(task, 0.0, 1.1, blue=0.06)
    status = task.status("grab the green block")
    assert status.failed
    assert not status.success
    assert "blue" in status.message


def test_a_cube_off_the_table_fails():
    task = Pick()
    watch(task, 0.0, 0.1, green=-0.3)
    assert task.status("pick up the red cube").failed
    assert task.status("pick up the green cube").failed


def test_a_new_layout_forgets_what_was_seen():
    task = Pick()
    watch(task, 0.0, 1.1, red=0.06)
    task.layout(np.random.default_rng(1))
    status = task.status("pick up the red cube")
    assert (status.success, status.failed) == (False, False)


def test_what_is_not_understood_neither_succeeds_nor_fails():
    task = Pick()
    watch(task, 0.0, 1.1, red=0.06)
    status = task.status("make coffee")
    assert (status.understood, status.success, status.failed) == (False, False, False)
    assert "make coffee" in status.message


def test_an_impossible_clearance_is_reported(monkeypatch):
    task = Pick()
    monkeypatch.setattr(pick, "CLEARANCE", 2.0)
    with pytest.raises(TaskError, match="CLEARANCE"):
        task.layout(np.random.default_rng(0))


def test_tasks_are_made_by_name():
    assert isinstance(make_task("pick"), Pick)
    with pytest.raises(TaskError, match="pick"):
        make_task("juggle")
