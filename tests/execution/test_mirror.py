from __future__ import annotations

import numpy as np
import pytest

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.mirror import MirrorScene
from steadyhand.execution.reasons import Reason
from steadyhand.execution.referee import Referee
from steadyhand.execution.reference import Reference, State
from steadyhand.kinematics.obstacles import Box, Sphere, Surroundings
from steadyhand.profiles.contract import load_deployment

_CONTRACT = load_deployment("panda_embedded")
_HOME = _CONTRACT.robot.home_positions
_NOTHING = Surroundings()


class Mirror:
    """A mirror under a clock that the test moves."""

    def __init__(self) -> None:
        self.time = 100.0
        self.scene = MirrorScene(_CONTRACT, "/get_planning_scene", lambda: self.time)

    def hear(self, surroundings: Surroundings = _NOTHING, *unknown: str) -> None:
        self.scene.hear(surroundings, unknown, self.time)


@pytest.fixture(scope="module")
def lasting() -> Mirror:
    return Mirror()


@pytest.fixture
def mirror(lasting: Mirror) -> Mirror:
    lasting.time += 100.0
    return lasting


def turn(angle: float) -> Reference:
    """Return a turn of the base joint from home, from 50 s to 51 s."""
    goal = _HOME.copy()
    goal[0] = angle
    return Reference.from_states(np.array([50.0, 51.0]), [State.at_rest(_HOME), State.at_rest(goal)])


def wall(y: float) -> Surroundings:
    pose = np.eye(4)
    pose[:3, 3] = (0.3, y, 0.5)
    return Surroundings((Box("wall", (0.6, 0.02, 0.6), pose),))


def code(mirror: Mirror, reference: Reference) -> tuple[Reason, str]:
    with pytest.raises(RefusedError) as refusal:
        mirror.scene.check(reference)
    return refusal.value.reason, str(refusal.value)


def test_nothing_is_free_before_the_scene_was_heard() -> None:
    assert code(Mirror(), turn(0.1)) == (
        Reason.SCENE_STALE,
        "/get_planning_scene: the scene has not been heard, the limit is 1 s",
    )


def test_a_wall_of_the_scene_is_named_with_the_link_that_would_touch_it(mirror: Mirror) -> None:
    mirror.hear(wall(0.25))
    mirror.scene.check(turn(0.05))
    reason, message = code(mirror, turn(1.2))
    assert reason is Reason.COLLISION
    assert "panda_" in message
    assert "would touch wall" in message


def test_a_scene_that_is_not_heard_again_goes_stale(mirror: Mirror) -> None:
    mirror.hear()
    mirror.time += _CONTRACT.robot.scene.age + 0.01
    assert code(mirror, turn(0.1))[0] is Reason.SCENE_STALE
    mirror.scene.refresh(mirror.time)
    mirror.scene.check(turn(0.1))


def test_what_cannot_be_checked_makes_nothing_free(mirror: Mirror) -> None:
    mirror.hear(_NOTHING, "an octomap")
    reason, message = code(mirror, turn(0.1))
    assert reason is Reason.SCENE_UNKNOWN
    assert "an octomap" in message
    mirror.hear(Surroundings((Sphere("ball", -1.0, np.eye(4)),)))
    assert "'ball'" in code(mirror, turn(0.1))[1]
    mirror.hear()
    mirror.scene.check(turn(0.1))


def test_a_wall_that_comes_up_is_held_against_what_is_left_of_the_motion(mirror: Mirror) -> None:
    mirror.hear()
    motion = turn(1.2)
    mirror.scene.check(motion)
    mirror.scene.supervise(motion, 50.1)
    mirror.hear(wall(0.25))
    with pytest.raises(RefusedError) as refusal:
        mirror.scene.supervise(motion, 50.2)
    assert refusal.value.reason is Reason.COLLISION
    mirror.hear(wall(-0.25))
    mirror.scene.supervise(motion, 50.3)


def test_boxes_of_the_profile_stay_whatever_the_scene_says(mirror: Mirror) -> None:
    mirror.hear()
    reason, message = code(mirror, _dive())
    assert reason is Reason.COLLISION
    assert "would touch table" in message


def _dive() -> Reference:
    down = np.array([0.0, 0.9, 0.0, -1.8, 0.0, 2.5, 0.785])
    return Reference.from_states(np.array([50.0, 52.0]), [State.at_rest(_HOME), State.at_rest(down)])


class Nobody:
    """Stands for whoever would be asked, who is there or not."""

    name = "/check_state_validity"

    def __init__(self) -> None:
        self.ready = True
        self.asked = 0

    def ask(self, _position: np.ndarray, _answer: object) -> None:
        self.asked += 1

    def forget(self) -> None:
        pass


def test_what_cannot_be_checked_here_is_asked_about_where_somebody_is_there_to_be_asked() -> None:
    now, states = 100.0, Nobody()
    referee = Referee(states, 1.0, lambda: now, lambda: now)
    scene = MirrorScene(_CONTRACT, "/get_planning_scene", lambda: now, referee)
    scene.hear(_NOTHING, (), now)
    assert scene.ask(turn(0.1)) is None
    assert scene.patience == 0.0
    scene.hear(wall(0.25), ("an octomap",), now)
    scene.check(turn(0.05))
    assert scene.ask(turn(0.05)) is not None
    assert states.asked
    assert scene.patience > 0.0
    # What can be checked here is not free because of what somebody else may say.
    with pytest.raises(RefusedError, match="wall"):
        scene.check(turn(1.2))
    states.ready = False
    with pytest.raises(RefusedError) as refusal:
        scene.check(turn(0.05))
    assert refusal.value.reason is Reason.SCENE_UNKNOWN
