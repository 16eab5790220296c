"""The bridge with a move_group beside it: its scene stops the arm, and its planner brings it home."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml
from geometry_msgs.msg import Pose
from moveit_msgs.msg import CollisionObject, PlanningScene
from ros_client import PATIENCE
from shape_msgs.msg import SolidPrimitive
from stage import DEPLOYMENTS, Stage
from steadyhand.msg import ExecutionState

from steadyhand.chunks.arm import arm_model
from steadyhand.kinematics.collision import CollisionModel
from steadyhand.kinematics.obstacles import Box
from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.resources import resource

STAND_IN = Path(__file__).parent / "move_group.py"
HELD = ExecutionState.STATE_HELD
AWAY = {"size": (0.5, 0.7, 0.02), "centre": (0.55, 0.0, 0.13)}
"""A shelf above the cubes: nothing stands in the way to it, everything beyond."""
DEFAULTS = {"code": 1, "planning_time": 0.0, "silent": False, "fast": False, "mute": False}
"""Parameters of the stand-in."""
ASIDE = ((0.1, 0.1, 0.1), (-0.7, 0.0, 0.5))
"""Size and centre of what is in nobody's way."""


def config(folder: Path) -> str:
    """Write a deployment whose robot asks move_group for everything, and return its path."""
    for name in ("robots", "deployments", "policies"):
        (folder / name).mkdir()
    shutil.copy(DEPLOYMENTS.parent / "policies" / "scripted.yaml", folder / "policies")
    robot = yaml.safe_load(Path(str(resource("config/robots/panda.yaml"))).read_text())
    robot["name"] = "moveit_panda"
    robot["arm"]["driver"] = robot["scene"]["check"] = "move_group"
    robot["scene"]["age"] = 3.0  # on a machine that is busy otherwise
    robot["start"] = {"planner": "move_group", "timeout": 3.0}
    (folder / "robots" / "moveit_panda.yaml").write_text(yaml.safe_dump(robot, sort_keys=False))
    deployment = yaml.safe_load((DEPLOYMENTS / "panda_scripted.yaml").read_text())
    deployment |= {"name": "panda_moveit", "robot": "moveit_panda"}
    path = folder / "deployments" / "panda_moveit.yaml"
    path.write_text(yaml.safe_dump(deployment, sort_keys=False))
    return str(path)


class Scene:
    """What the tests do to move_group.

    Attributes:
        stage: The graph.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._changes = stage.client.node.create_publisher(PlanningScene, "planning_scene", 10)
        self._there: set[str] = set()
        self._set: set[str] = set()
        self.start()

    def start(self) -> None:
        self.process = self.stage.graph.run("move_group", [sys.executable, str(STAND_IN)])
        self._there, self._set = set(), set()
        self.stage.client.wait_for(lambda: self._changes.get_subscription_count() > 0, message="no move_group")

    def set(self, **parameters: float | bool) -> None:
        for name, value in parameters.items():
            self.stage.client.set_parameter("/move_group", name, value)
            self._set.add(name)

    def tidy(self) -> None:
        """Leave nothing of a test to the next one, however it ended."""
        if not self.process.alive:
            self.start()
        for name in self._there.copy():
            self.remove(name)
        self.set(**{name: DEFAULTS[name] for name in self._set})
        self._set.clear()
        self.stage.settle()
        # A way home may still be planned, or gone.
        _retry(self.stage, lambda: self.stage.states.latest.state == HELD)

    def add(self, name: str, size: tuple[float, ...], centre: tuple[float, ...]) -> None:
        box = CollisionObject(id=name, operation=CollisionObject.ADD)
        box.header.frame_id = "world"
        box.primitives = [SolidPrimitive(type=SolidPrimitive.BOX, dimensions=list(size))]
        box.pose.position.x, box.pose.position.y, box.pose.position.z = centre
        box.primitive_poses = [Pose()]
        self._there.add(name)
        self._change(box)

    def remove(self, name: str) -> None:
        self._there.discard(name)
        self._change(CollisionObject(id=name, operation=CollisionObject.REMOVE))

    def _change(self, item: CollisionObject) -> None:
        message = PlanningScene(is_diff=True)
        message.world.collision_objects = [item]
        self._changes.publish(message)


@pytest.fixture(scope="module")
def scene(shared_graph, tmp_path_factory) -> Iterator[Scene]:
    stage = Stage(shared_graph, config(tmp_path_factory.mktemp("config")))
    scene = Scene(stage)
    stage.start()
    until_heard(stage)
    yield scene
    stage.close()


@pytest.fixture
def stage(scene: Scene) -> Iterator[Stage]:
    yield scene.stage
    print(scene.stage.graph.logs())
    scene.tidy()


def until_heard(stage: Stage, *, octomap: bool = False) -> None:
    def heard() -> bool:
        told = [value.value for value in stage.bridge_status.latest.values if value.key == "scene"]
        return any("shapes" in words and ("an octomap" in words) is octomap for words in told)

    stage.client.wait_for(heard, message="the scene is not heard")


def leave_home(stage: Stage, distance: float = 0.25) -> None:
    """Let the policy take the arm away from home, and end the episode."""
    stage.reset()
    stage.moving_goal()
    stage.client.wait_for(lambda: stage.away_from_home > distance, message="the arm stays at home")
    stage.settle()
    stage.until(lambda report: report.state == HELD)


def planning_failed(stage: Stage, words: str) -> None:
    """Wait until the arm is held since no plan was had, as the words say: a report of a hold before may come late."""
    stage.until(
        lambda report: report.state == HELD and report.hold_code == "PLANNING_FAILED" and words in report.hold_message
    )


def tool_half_way_home(stage: Stage) -> tuple[float, float, float]:
    """Return where the tool would be in the middle of a straight joint motion home [m]."""
    contract = load_deployment("panda_embedded")
    middle = 0.5 * (stage.record.measured[-1][1] + contract.robot.home_positions)
    x, y, z = arm_model(contract).forward(middle)[:3, 3]
    return float(x), float(y), float(z)


def free(stage: Stage, name: str, size: tuple[float, ...], centre: tuple[float, ...]) -> bool:
    """Tell whether the measured arm was free of a box all the time since the last reset."""
    contract = load_deployment("panda_embedded")
    pose = np.eye(4)
    pose[:3, 3] = centre
    box = Box(name, (size[0], size[1], size[2]), pose)
    model = CollisionModel(contract.urdf, contract.robot.joint_names, contract.robot.frames.base, obstacles=[box])
    return model.check(np.array([entry[1] for entry in stage.record.measured])) is None


def test_an_obstacle_on_the_way_stops_the_arm_before_it_is_touched_and_the_episode_goes_on_without(
    scene: Scene, stage: Stage
) -> None:
    stage.reset()
    scene.add("shelf", AWAY["size"], AWAY["centre"])
    stage.goal()
    report = stage.until_held("COLLISION")
    assert "would touch shelf" in report.hold_message
    assert "panda_" in report.hold_message
    assert free(stage, "shelf", AWAY["size"], AWAY["centre"])
    stage.record.check()
    scene.remove("shelf")

    def resumed() -> bool:
        stage.trigger("bridge/resume")
        return stage.states.latest.state == ExecutionState.STATE_RUNNING

    stage.client.wait_for(resumed, message="the episode does not go on")
    stage.settle()


def test_the_way_home_is_planned_around_what_stands_between(scene: Scene, stage: Stage) -> None:
    leave_home(stage, 0.5)
    size, centre = (0.02, 0.02, 0.02), tool_half_way_home(stage)
    scene.add("post", size, centre)
    scene.set(fast=True)
    stage.record.clear()
    assert stage.trigger("bridge/go_home").success
    stage.until(lambda report: report.state == ExecutionState.STATE_STARTING)
    stage.client.wait_for(lambda: stage.away_from_home < 0.01, message="the arm does not come home")
    assert free(stage, "post", size, centre)
    scene.set(fast=False)
    scene.remove("post")
    # The plan was as fast as the motors; what was commanded keeps the profile's limits.
    stage.record.check()
    assert "planned, around" in scene.process.log


@pytest.mark.parametrize(
    ("code", "words"), [(-1, "found no way (code -1)"), (-10, "starts in a collision"), (-6, "ran out of time")]
)
def test_a_plan_that_fails_is_told_in_words_and_nothing_moves(
    scene: Scene, stage: Stage, code: int, words: str
) -> None:
    if stage.away_from_home < 0.1:
        leave_home(stage)
    scene.set(code=code)
    since = stage.client.now
    assert stage.trigger("bridge/go_home").success
    planning_failed(stage, words)
    assert not [window for window in stage.record.windows if window.made > since]
    scene.set(code=1)


def test_a_plan_that_takes_too_long_is_not_waited_for(scene: Scene, stage: Stage) -> None:
    if stage.away_from_home < 0.1:
        leave_home(stage)
    scene.set(planning_time=20.0)
    since = stage.client.now
    assert stage.trigger("bridge/go_home").success
    planning_failed(stage, "no plan within 3 s")
    assert not [window for window in stage.record.windows if window.made > since]
    scene.set(planning_time=0.0)


def test_a_scene_that_is_no_longer_told_brakes_the_arm_and_resume_waits_for_it(scene: Scene, stage: Stage) -> None:
    stage.reset()
    stage.moving_goal()
    scene.set(silent=True)
    stage.until_held("SCENE_STALE")
    assert "SCENE_STALE" in stage.trigger("bridge/resume").message
    scene.set(silent=False)
    _resume(stage)
    stage.settle()


def test_an_octomap_in_the_way_is_asked_about_and_stops_the_arm_before_it_is_touched(
    scene: Scene, stage: Stage
) -> None:
    stage.reset()
    scene.add("<octomap>", AWAY["size"], AWAY["centre"])
    until_heard(stage, octomap=True)
    stage.goal()
    report = stage.until_held("COLLISION")
    assert "would touch <octomap>" in report.hold_message
    assert free(stage, "octomap", AWAY["size"], AWAY["centre"])
    stage.record.check()
    scene.remove("<octomap>")
    _resume(stage)
    stage.settle()


def test_an_arm_moves_among_an_octomap_for_as_long_as_its_states_are_said_to_be_free(
    scene: Scene, stage: Stage
) -> None:
    stage.reset()
    scene.add("<octomap>", *ASIDE)
    until_heard(stage, octomap=True)
    stage.moving_goal()
    scene.set(mute=True)
    report = stage.until(lambda report: report.state == HELD)
    assert report.hold_code in ("SCENE_LATE", "SCENE_UNAVAILABLE")
    accepted = report.chunk_sequence
    stage.until(lambda report: report.hold_code == "SCENE_UNAVAILABLE")
    assert stage.states.latest.chunk_sequence == accepted
    scene.set(mute=False)
    _resume(stage)
    stage.record.check()
    stage.settle()
    scene.remove("<octomap>")
    until_heard(stage)


def test_a_move_group_that_dies_while_it_plans_moves_nothing_and_the_next_one_is_met(
    scene: Scene, stage: Stage
) -> None:
    leave_home(stage)
    scene.set(planning_time=30.0)
    since = stage.client.now
    assert stage.trigger("bridge/go_home").success
    stage.until(lambda report: report.state == ExecutionState.STATE_STARTING)
    scene.process.kill()
    report = stage.until(lambda report: report.state == HELD)
    assert report.hold_code in ("SCENE_STALE", "PLANNING_FAILED")
    assert not [window for window in stage.record.windows if window.made > since]
    refused = stage.trigger("bridge/go_home")
    assert not refused.success
    assert "SCENE_STALE" in refused.message
    scene.start()
    _retry(stage, lambda: stage.trigger("bridge/go_home").success)
    stage.client.wait_for(lambda: stage.away_from_home < 0.01, message="the arm does not come home")


def test_a_move_group_that_dies_brakes_an_arm_that_moves_among_what_only_it_knows(scene: Scene, stage: Stage) -> None:
    stage.reset()
    scene.add("<octomap>", *ASIDE)
    until_heard(stage, octomap=True)
    stage.moving_goal()
    scene.process.kill()
    report = stage.until(lambda report: report.state == HELD)
    assert report.hold_code in ("SCENE_LATE", "SCENE_UNAVAILABLE", "SCENE_STALE")
    stage.record.check()


def _resume(stage: Stage) -> None:
    def resumed() -> bool:
        stage.trigger("bridge/resume")
        return stage.states.latest.state == ExecutionState.STATE_RUNNING

    _retry(stage, resumed)


def _retry(stage: Stage, attempt: Callable[[], bool]) -> None:
    stage.client.wait_for(attempt, PATIENCE, "it is never allowed")
