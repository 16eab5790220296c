"""Stands for move_group: its planning scene and its planner as services of a process of its own.

Parameters make it late, let it refuse, or fall silent. Objects come on /planning_scene, as MoveIt takes them; the
one that is called <octomap> is told as an octomap, whose shape it keeps to itself.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import numpy as np
import rclpy
from moveit_msgs.msg import CollisionObject, ContactInformation, MoveItErrorCodes, PlanningScene
from moveit_msgs.srv import GetMotionPlan, GetPlanningScene, GetStateValidity
from rclpy.callback_groups import MutuallyExclusiveCallbackGroup, ReentrantCallbackGroup
from rclpy.duration import Duration
from rclpy.executors import ExternalShutdownException, MultiThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import JointState
from trajectory_msgs.msg import JointTrajectoryPoint

from steadyhand.drivers.move_group.planning_scene import mirror
from steadyhand.kinematics.collision import CollisionModel
from steadyhand.kinematics.frames import FixedFrames
from steadyhand.profiles.contract import load_deployment

RATED = 2.175  # of every joint of the Panda in MoveIt's joint_limits.yaml [rad/s]
WAYPOINTS = 400
OCTOMAP = "<octomap>"
"""Name of the object that is told as an octomap, as move_group calls one in contacts."""


class StandIn(Node):
    """A move_group of the Panda that knows one group, ``panda_arm``."""

    def __init__(self) -> None:
        super().__init__("move_group")
        for name, value in {"code": 1, "planning_time": 0.0, "silent": False, "fast": False, "mute": False}.items():
            self.declare_parameter(name, value)
        contract = load_deployment("panda_embedded")
        robot = contract.robot
        self.names = list(robot.joint_names)
        self.model = CollisionModel(contract.urdf, robot.joint_names, robot.frames.base)
        self.frames = FixedFrames(contract.urdf, robot.frames.base)
        self.scene = PlanningScene(robot_model_name="panda")
        self.scene.robot_state.joint_state.header.frame_id = "world"
        self.octomap: CollisionObject | None = None
        group = ReentrantCallbackGroup()
        for kind, name, callback in (
            (GetPlanningScene, "get_planning_scene", self.on_scene),
            (GetMotionPlan, "plan_kinematic_path", self.on_plan),
        ):
            self.create_service(kind, name, callback, callback_group=group)
        # One state after the other, as move_group, which locks its scene for each.
        self.create_service(
            GetStateValidity, "check_state_validity", self.on_state, callback_group=MutuallyExclusiveCallbackGroup()
        )
        self.create_subscription(PlanningScene, "planning_scene", self.on_difference, 10)
        self.create_subscription(JointState, "/joint_states", self.on_joints, 10)
        self.news = self.create_publisher(PlanningScene, "monitored_planning_scene", 10)

    def value(self, name: str) -> Any:
        return self.get_parameter(name).value

    def on_joints(self, message: JointState) -> None:
        self.scene.robot_state.joint_state.name = message.name
        self.scene.robot_state.joint_state.position = message.position

    def on_difference(self, message: PlanningScene) -> None:
        for item in message.world.collision_objects:
            if item.id == OCTOMAP:
                self.octomap = None if item.operation == CollisionObject.REMOVE else item
                self.scene.world.octomap.octomap.data = [] if self.octomap is None else [1]
                continue
            others = [known for known in self.scene.world.collision_objects if known.id != item.id]
            self.scene.world.collision_objects = others if item.operation == CollisionObject.REMOVE else [*others, item]
        # What only move_group can check against: nobody else is told its shape.
        known = PlanningScene(robot_state=self.scene.robot_state)
        known.world.collision_objects = [*self.scene.world.collision_objects]
        if self.octomap is not None:
            known.world.collision_objects.append(self.octomap)
        self.model.surround(mirror(known, self.frames.pose).surroundings)
        self.news.publish(PlanningScene(is_diff=True, world=message.world))

    def on_scene(self, _request: GetPlanningScene.Request, response: Any) -> Any:
        while self.value("silent"):
            time.sleep(0.02)
        response.scene = self.scene
        return response

    def on_state(self, request: GetStateValidity.Request, response: Any) -> Any:
        while self.value("mute"):
            time.sleep(0.02)
        contact = self.model.check(self.positions(request.robot_state.joint_state))
        # Whoever asks about a whole state, and not a difference, asks about an arm that carries nothing.
        response.valid = contact is None and request.robot_state.is_diff
        if contact is not None:
            response.contacts = [ContactInformation(contact_body_1=contact.first, contact_body_2=contact.second)]
        return response

    def positions(self, state: JointState) -> np.ndarray:
        return np.array([state.position[list(state.name).index(name)] for name in self.names])

    def on_plan(self, request: GetMotionPlan.Request, response: Any) -> Any:
        asked, answer = request.motion_plan_request, response.motion_plan_response
        time.sleep(self.value("planning_time"))
        answer.error_code.val = self.value("code")
        if asked.group_name != "panda_arm":
            answer.error_code.val = MoveItErrorCodes.INVALID_GROUP_NAME
        if answer.error_code.val != MoveItErrorCodes.SUCCESS:
            return response
        wanted = {joint.joint_name: joint.position for joint in asked.goal_constraints[0].joint_constraints}
        start, goal = self.positions(asked.start_state.joint_state), np.array([wanted[name] for name in self.names])
        if self.model.check(start) is not None:
            answer.error_code.val = MoveItErrorCodes.START_STATE_IN_COLLISION
            return response
        if self.model.check(goal) is not None:
            answer.error_code.val = MoveItErrorCodes.GOAL_IN_COLLISION
            return response
        way = self.way(start, goal)
        if way is None:
            answer.error_code.val = MoveItErrorCodes.PLANNING_FAILED
            return response
        scaling = 1.0 if self.value("fast") else asked.max_velocity_scaling_factor
        # The finger joints are in MoveIt's trajectories where the group has them, in its own order.
        self.fill(answer.trajectory.joint_trajectory, way[:, ::-1], scaling)
        self.get_logger().info(f"planned, {'straight' if len(way) == WAY else 'around'}")
        return response

    def way(self, start: np.ndarray, goal: np.ndarray) -> np.ndarray | None:
        """Return a free way, straight or over one waypoint drawn at random, shape (K, 7)."""
        straight = _between(start, goal)
        if self.model.check(straight) is None:
            return straight
        random = np.random.default_rng(0)
        for spread in np.linspace(0.2, 1.2, WAYPOINTS):
            over = 0.5 * (start + goal) + random.uniform(-spread, spread, len(start))
            if self.model.check(over) is None:
                way = np.concatenate([_between(start, over), _between(over, goal)[1:]])
                if self.model.check(way) is None:
                    return way
        return None

    def fill(self, trajectory: Any, way: np.ndarray, scaling: float) -> None:
        trajectory.joint_names = self.names[::-1]
        steps = np.abs(np.diff(way, axis=0)).max(axis=1)
        times = np.concatenate([[0.0], np.cumsum(np.maximum(steps / (RATED * scaling), 1e-3))])
        speeds = np.gradient(way, times, axis=0)
        for moment, row, speed in zip(times, way, speeds, strict=True):
            point = JointTrajectoryPoint(positions=row.tolist(), velocities=speed.tolist())
            point.time_from_start = Duration(seconds=float(moment)).to_msg()
            trajectory.points.append(point)


WAY = 40


def _between(start: np.ndarray, goal: np.ndarray) -> np.ndarray:
    return start + (goal - start) * np.linspace(0.0, 1.0, WAY)[:, None]


def main() -> None:
    rclpy.init()
    executor = MultiThreadedExecutor(4)
    executor.add_node(StandIn())
    with suppress(KeyboardInterrupt, ExternalShutdownException):
        executor.spin()


if __name__ == "__main__":
    main()
