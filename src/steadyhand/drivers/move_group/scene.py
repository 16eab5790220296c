"""The planning scene of a running move_group, mirrored for our own checks, and asked where a mirror cannot hold it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from moveit_msgs.msg import PlanningScene, PlanningSceneComponents
from moveit_msgs.srv import GetPlanningScene
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.qos import QoSProfile
from rclpy.task import Future

from steadyhand.drivers.move_group.names import resolve
from steadyhand.drivers.move_group.planning_scene import mirror
from steadyhand.drivers.move_group.validity import StateValidity
from steadyhand.execution.mirror import MirrorScene
from steadyhand.execution.referee import Referee
from steadyhand.kinematics.frames import FixedFrames
from steadyhand.profiles.contract import Contract

_COMPONENTS = (
    PlanningSceneComponents.ROBOT_STATE
    | PlanningSceneComponents.ROBOT_STATE_ATTACHED_OBJECTS
    | PlanningSceneComponents.WORLD_OBJECT_NAMES
    | PlanningSceneComponents.WORLD_OBJECT_GEOMETRY
    | PlanningSceneComponents.OCTOMAP
    | PlanningSceneComponents.TRANSFORMS
    | PlanningSceneComponents.ALLOWED_COLLISION_MATRIX
    | PlanningSceneComponents.LINK_PADDING_AND_SCALING
)
# Of the age limit, between two questions: one answer may be lost.
_SHARE = 0.25
_LONGEST = 0.5
# A question without an answer is asked again after as many periods: whoever should have answered may be gone.
_PATIENCE = 4


class MoveGroupScene(MirrorScene):
    """Asks for the whole scene at least twice a second, and at once where move_group says that something changed.

    A difference only says that there is something new: the whole scene is asked for, so that no message that was lost
    leaves the mirror wrong for longer than a period.

    Args:
        node: The node that asks.
        contract: The resolved deployment.
        told: Called when it is known whether a motion that waits for that is free.
    """

    def __init__(self, node: Node, contract: Contract, told: Callable[[], None] = lambda: None) -> None:
        assert contract.robot.moveit is not None
        service = resolve(contract.robot.moveit.namespace, "get_planning_scene")
        self._validity = StateValidity(node, contract)
        self._judge = Referee(
            self._validity,
            contract.robot.scene.age,
            time.monotonic,
            lambda: float(node.get_clock().now().nanoseconds) * 1e-9,
            told,
        )
        super().__init__(contract, service, referee=self._judge)
        self._node = node
        self._frames = FixedFrames(contract.urdf, contract.robot.frames.base)
        self._period = min(_LONGEST, _SHARE * contract.robot.scene.age)
        self._client = node.create_client(GetPlanningScene, service)
        self._news = node.create_subscription(
            PlanningScene,
            resolve(contract.robot.moveit.namespace, "monitored_planning_scene"),
            self._on_news,
            QoSProfile(depth=10),
        )
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = node.create_timer(self._period, self._on_time, clock=self._steady)
        self._pending: Future[Any] | None = None
        self._asked = -np.inf
        self._again = False
        self._told: tuple[Any, ...] = ()
        self._seen = "nothing heard yet"

    @property
    def outcome(self) -> str:
        """What is known of the scene, for diagnostics."""
        return f"{self._seen}; {self._judge.outcome}" if self._judge.outcome else self._seen

    def close(self) -> None:
        """Give up every connection."""
        self._node.destroy_timer(self._timer)
        self._node.destroy_subscription(self._news)
        self._node.destroy_client(self._client)
        self._validity.close()

    def _on_time(self) -> None:
        if self._pending is not None and time.monotonic() - self._asked > _PATIENCE * self._period:
            self._client.remove_pending_request(self._pending)
            self._pending = None
            self._seen = "get_planning_scene does not answer"
        self._ask()

    def _on_news(self, news: PlanningScene) -> None:
        if news.is_diff and not _says_more_than_joints(news):
            return
        self._again = self._pending is not None
        self._ask()

    def _ask(self) -> None:
        if self._pending is not None:
            return
        if not self._client.service_is_ready():
            self._seen = "get_planning_scene is not there"
            return
        request = GetPlanningScene.Request()
        request.components.components = _COMPONENTS
        self._asked = time.monotonic()
        self._pending = self._client.call_async(request)
        self._pending.add_done_callback(self._on_answer)

    def _on_answer(self, answer: Future[Any]) -> None:
        if self._pending is None or answer is not self._pending:
            return
        self._pending = None
        response = answer.result()
        if response is not None:
            self._take(response.scene)
        if self._again:
            self._again = False
            self._ask()

    def _take(self, scene: PlanningScene) -> None:
        """Put the scene into force; one that has not changed only stays fresh."""
        told = _but_joints(scene)
        if told == self._told:
            self.refresh(self._asked)
            return
        self._told = told
        seen = mirror(scene, self._frames.pose)
        self.hear(seen.surroundings, seen.unknown, self._asked)
        count = len(seen.surroundings.obstacles) + len(seen.surroundings.attached)
        self._seen = f"{count} shapes" if not seen.unknown else f"{count} shapes, and {', '.join(seen.unknown)}"


def _but_joints(scene: PlanningScene) -> tuple[Any, ...]:
    """Return what a scene says beside the positions of joints and the time of its making."""
    state, octomap = scene.robot_state, scene.world.octomap
    return (
        scene.world.collision_objects,
        octomap.octomap.data,
        octomap.origin,
        state.attached_collision_objects,
        state.joint_state.header.frame_id,
        state.multi_dof_joint_state.transforms,
        scene.fixed_frame_transforms,
        scene.allowed_collision_matrix,
        scene.link_padding,
        scene.link_scale,
    )


def _says_more_than_joints(news: PlanningScene) -> bool:
    """Return whether a difference has anything but positions of joints, which come tens of times a second."""
    return bool(
        news.world.collision_objects
        or news.world.octomap.octomap.data
        or news.robot_state.attached_collision_objects
        or news.allowed_collision_matrix.entry_names
        or news.link_padding
        or news.link_scale
        or news.fixed_frame_transforms
    )
