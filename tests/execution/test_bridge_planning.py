"""The way to the start pose and home where somebody else plans it, and a scene that changes on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.execution.bridge import Bridge
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.mirror import MirrorScene
from steadyhand.execution.phase import Phase
from steadyhand.execution.planning import Plan
from steadyhand.execution.reasons import Reason
from steadyhand.kinematics.obstacles import Box, Surroundings
from steadyhand.profiles.contract import Contract, load_deployment

from .test_bridge import Rig


class Planner:
    """Answers what the test says, when it says so.

    Attributes:
        asked: Start and goal of every question.
        answer: What `take` returns next.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[np.ndarray, np.ndarray]] = []
        self.answer: Plan | RefusedError | None = None

    def ask(self, start: np.ndarray, goal: np.ndarray, fraction: float) -> None:
        self.asked.append((start, goal))
        self.answer = None

    def take(self) -> Plan | RefusedError | None:
        answer, self.answer = self.answer, None
        return answer

    def forget(self) -> None:
        self.answer = None

    def plan(self, lift: float = 0.3) -> None:
        """Answer with a way that lifts the second joint on its way."""
        start, goal = self.asked[-1]
        s = np.linspace(0.0, 1.0, 21)[:, None]
        aside = np.zeros(len(start))
        aside[1] = -lift
        self.answer = Plan(4.0 * s[:, 0], start + (goal - start) * s + aside * np.sin(np.pi * s))


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_deployment("panda_embedded")


class PlannedRig(Rig):
    """A rig whose bridge asks a planner and looks at a mirrored scene."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        self.planner = Planner()
        self.scene = MirrorScene(contract, "/get_planning_scene", lambda: self.now)
        self.surroundings = Surroundings()
        self.heard: Surroundings | None = None
        self.answers = True
        self.bridge = Bridge(contract, scene=self.scene, planner=self.planner)
        self.bridge.activate()
        self.measured = np.array([-0.9, *contract.robot.home[1:]])

    def step(self):  # type: ignore[no-untyped-def]
        if self.surroundings is self.heard:
            self.scene.refresh(self.now)
        elif self.answers:
            self.scene.hear(self.surroundings, (), self.now)
            self.heard = self.surroundings
        return super().step()

    def open(self) -> None:
        self.advance(0.1)
        self.bridge.open("e1", self.now, self.now, shadow=False, speed=1.0)


@pytest.fixture
def rig(contract: Contract) -> PlannedRig:
    return PlannedRig(contract)


def test_nothing_moves_until_the_plan_is_there_and_then_the_arm_goes_its_way(rig: PlannedRig) -> None:
    rig.open()
    command = rig.advance(1.0)
    assert rig.bridge.executor.phase is Phase.STARTING
    assert command.motion is None
    assert rig.window is None
    rig.planner.plan()
    lowest = 0.0
    for _ in range(200):
        rig.step()
        lowest = min(lowest, rig.measured[1] - rig.contract.robot.home[1])
        if rig.bridge.executor.phase is Phase.HELD:
            break
    assert rig.bridge.executor.reason is Reason.START_POSE_REACHED
    assert_allclose(rig.measured, rig.contract.robot.home_positions, atol=1e-6)
    assert_allclose(lowest, -0.3, atol=0.01)


def test_a_plan_that_fails_says_so_and_nothing_has_moved(rig: PlannedRig) -> None:
    rig.open()
    rig.planner.answer = RefusedError(Reason.PLANNING_FAILED, "MoveIt's planner found no way (code -1)")
    rig.advance(0.2)
    executor = rig.bridge.executor
    assert (executor.phase, executor.reason) == (Phase.HELD, Reason.PLANNING_FAILED)
    assert "code -1" in executor.message
    assert rig.window is None


def test_a_plan_through_an_obstacle_is_refused(rig: PlannedRig) -> None:
    rig.surroundings = _pillar(rig.contract)
    rig.open()
    rig.planner.plan()
    rig.advance(0.2)
    assert rig.bridge.executor.reason is Reason.COLLISION
    assert "pillar" in rig.bridge.executor.message
    assert rig.window is None


@pytest.mark.parametrize("end", ["close", "stop"])
def test_a_plan_that_comes_after_the_end_moves_nothing(rig: PlannedRig, end: str) -> None:
    rig.open()
    getattr(rig.bridge, end)(rig.now)
    rig.planner.plan()
    rig.advance(0.5)
    assert rig.bridge.executor.phase is Phase.HELD
    assert rig.window is None


def test_an_obstacle_that_comes_up_on_the_way_brakes_before_it_is_touched(rig: PlannedRig) -> None:
    rig.open()
    rig.planner.plan(lift=0.0)
    rig.advance(0.6)
    assert rig.bridge.executor.phase is Phase.STARTING
    rig.surroundings = _pillar(rig.contract)
    model = rig.scene._model
    for _ in range(30):
        rig.step()
        assert model.check(rig.measured) is None
    assert (rig.bridge.executor.phase, rig.bridge.executor.reason) == (Phase.HELD, Reason.COLLISION)


def test_a_scene_that_goes_stale_on_the_way_brakes(rig: PlannedRig) -> None:
    rig.open()
    rig.planner.plan()
    rig.advance(0.6)
    rig.answers, rig.heard = False, None
    rig.advance(1.2)
    assert rig.bridge.executor.reason is Reason.SCENE_STALE


def test_home_is_gone_to_without_an_episode_and_only_from_rest(rig: PlannedRig) -> None:
    rig.advance(0.1)
    rig.bridge.go_home(rig.now, rig.now)
    rig.planner.plan()
    rig.advance(1.0)
    with pytest.raises(RefusedError, match="still"):
        rig.bridge.go_home(rig.now, rig.now)
    rig.advance(9.0)
    assert_allclose(rig.measured, rig.contract.robot.home_positions, atol=1e-6)
    assert (rig.bridge.executor.phase, rig.bridge.executor.reason) == (Phase.HELD, Reason.NOT_STARTED)
    rig.begin()
    assert rig.bridge.executor.episode_id == "e1"
    with pytest.raises(RefusedError, match="open"):
        rig.bridge.go_home(rig.now, rig.now)


def test_a_deployment_in_shadow_mode_is_not_moved_home(rig: PlannedRig) -> None:
    shadow = rig.contract.deployment.model_copy(update={"mode": "shadow"})
    watched = PlannedRig(replace(rig.contract, deployment=shadow))
    watched.advance(0.1)
    with pytest.raises(RefusedError, match="shadow"):
        watched.bridge.go_home(watched.now, watched.now)
    watched.advance(1.0)
    assert watched.window is None


def test_after_a_failed_plan_the_next_goal_plans_again(rig: PlannedRig) -> None:
    rig.open()
    rig.planner.answer = RefusedError(Reason.PLANNING_FAILED, "no way")
    rig.advance(0.2)
    rig.bridge.close(rig.now)
    rig.bridge.open("e2", rig.now, rig.now, shadow=False, speed=1.0)
    rig.planner.plan()
    rig.advance(9.0)
    assert rig.bridge.executor.reason is Reason.START_POSE_REACHED
    assert len(rig.planner.asked) == 2


def _pillar(contract: Contract) -> Surroundings:
    """A pillar where the hand is at home."""
    pose = np.eye(4)
    pose[:3, 3] = (0.36, 0.0, 0.4)
    return Surroundings((Box("pillar", (0.05, 0.05, 0.8), pose),))
