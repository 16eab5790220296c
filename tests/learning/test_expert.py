import numpy as np

from steadyhand.learning.expert import HORIZON, Clumsiness, Truth, labels, misjudge


def test_every_moment_is_labelled_for_every_object(truth: Truth) -> None:
    rows = labels(truth)
    assert rows.shape == (40, 3, HORIZON, 5)
    # The label for an object goes to that object and to no other.
    for index in range(3):
        offset = truth.objects[:, index, :2] - truth.tool[:, :2]
        far = np.linalg.norm(offset, axis=1) > 0.05
        along = np.sum(rows[:, index, -1, :2] * offset, axis=1) / np.linalg.norm(offset, axis=1)
        aside = rows[:, index, -1, 0] * offset[:, 1] - rows[:, index, -1, 1] * offset[:, 0]
        assert np.all(along[far] >= -1e-9) and np.abs(aside[far]).max() < 1e-3


def test_labels_depend_on_the_moment_alone(truth: Truth) -> None:
    one = Truth(truth.tool[3:4], truth.yaw[3:4], truth.opening[3:4], truth.objects[3:4])
    assert np.allclose(labels(one)[0], labels(truth)[3])


def test_a_held_object_is_lifted_and_let_go_for_another() -> None:
    cubes = np.array([[[0.5, 0.0, 0.02, 0.0], [0.4, 0.2, 0.02, 0.0], [0.6, -0.2, 0.02, 0.0]]])
    holding = Truth(np.array([[0.5, 0.0, 0.018]]), np.zeros(1), np.array([0.5]), cubes)
    rows = labels(holding)[0]
    assert rows[0, -1, 2] > 0.1 and np.all(rows[0, :, 4] < 0.5)
    assert np.all(rows[1, :, 4] > 0.5) and np.all(rows[2, :, 4] > 0.5)


def test_a_flawless_demonstrator_makes_no_mistakes() -> None:
    errors = Clumsiness(np.random.default_rng(0), rate=0.0)
    for step in range(200):
        push = errors.at(step * 0.1, 0.1)
        assert not push.velocity.any() and not push.aim.any() and push.opening is None


def test_mistakes_come_at_the_rate_asked_for_and_end() -> None:
    errors = Clumsiness(np.random.default_rng(0), rate=1.0)
    pushes = [errors.at(step * 0.1, 0.1) for step in range(4000)]
    wrong = [p for p in pushes if p.velocity.any() or p.aim.any() or p.opening is not None]
    assert 0.2 < len(wrong) / len(pushes) < 0.6
    assert {p.opening for p in wrong} >= {None, 0.0, 1.0}


def test_misjudging_moves_only_the_belief(truth: Truth) -> None:
    errors = Clumsiness(np.random.default_rng(1), rate=100.0)
    state = truth.towards(0)
    push = next(p for p in (errors.at(t, 0.1) for t in range(0, 300, 3)) if p.aim.any())
    believed = misjudge(state, push)
    assert np.allclose(believed.object - state.object, push.aim)
    assert believed.tool is state.tool
