"""The robot profile: an arm, its limits, what is mounted on it and what drives it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from steadyhand.profiles.base import Count, Name, NonNegative, Number, Positive, ProfileModel, Triple
from steadyhand.profiles.mobile_base import MobileBase
from steadyhand.profiles.signals import ControllerState, Enable, SafetySignal, SpeedScaling

ArmDriver = Literal[
    "joint_trajectory",
    "follow_joint_trajectory",
    "move_group",
    "moveit_py",
    "servo",
    "forward_position",
    "forward_velocity",
]
GripperDriver = Literal["gripper_command", "parallel_gripper_command", "joint_trajectory", "forward_position"]


class JointLimits(ProfileModel):
    """What one joint may be asked for. Units are rad for revolute joints and m for prismatic ones."""

    lower: Number = Field(description="smallest position [rad or m]")
    upper: Number = Field(description="largest position [rad or m]")
    velocity: Positive = Field(description="largest speed a policy may ask for [rad/s or m/s]")
    acceleration: Positive = Field(description="largest acceleration a policy may ask for [rad/s^2 or m/s^2]")
    jerk: Positive = Field(description="largest jerk a policy may ask for [rad/s^3 or m/s^3]")
    brake_acceleration: Positive = Field(description="acceleration that a stop may use [rad/s^2 or m/s^2]")
    brake_jerk: Positive = Field(description="jerk that a stop may use [rad/s^3 or m/s^3]")


class JointStates(ProfileModel):
    """Where measured joint positions come from."""

    topic: Name = Field("/joint_states", description="topic of sensor_msgs/JointState")
    rate: Positive = Field(100.0, description="rate of the messages [Hz]")
    latency: NonNegative = Field(0.001, description="from measurement to the message's stamp [s]")


class Tolerances(ProfileModel):
    """How far the joints may stray from a goal of FollowJointTrajectory; 0 leaves it to the controller."""

    path: NonNegative = Field(0.0, description="while moving, every joint [rad or m]")
    goal: NonNegative = Field(0.0, description="at rest after the last point, every joint [rad or m]")
    goal_time: NonNegative = Field(0.0, description="time after the last point until then [s]")


class Servo(ProfileModel):
    """MoveIt Servo, where it drives the arm."""

    node: Name = Field("/servo_node", description="name of Servo's node, with its namespace")
    command: Literal["joint_jog", "twist", "pose"] = Field(
        "joint_jog", description="what Servo is sent: joint velocities, or the motion or pose of its tip"
    )
    tip: str = Field(
        "", description="twist and pose: link that Servo moves, the tip of the group's IK solver; empty: frames.tip"
    )
    gain: NonNegative = Field(
        2.0, description="joint_jog and twist: correction for each rad or m that the arm is off its reference [1/s]"
    )


class Arm(ProfileModel):
    """What drives the arm."""

    driver: ArmDriver = Field(
        "joint_trajectory",
        description="the way motion reaches the controller; move_group: as joint_trajectory, and MoveIt plans the "
        "way to the start pose and home",
    )
    controller: Name = Field(description="name of the controller, the namespace of its topics and actions")
    latency: NonNegative = Field(0.03, description="from a command's publication to motion [s]")
    tolerances: Tolerances | None = Field(
        None, description="of follow_joint_trajectory's goals; none: the controller's own"
    )
    rate: Positive = Field(100.0, description="servo, forward_position and forward_velocity: commands sent [Hz]")
    downstream_timeout: Positive | None = Field(
        None,
        description="servo, forward_position and forward_velocity: silence after which what is downstream stops the "
        "arm by itself [s]; forward_command_controller does not",
    )
    servo: Servo = Field(
        default_factory=lambda: Servo.model_validate({}), description="MoveIt Servo, where it drives the arm"
    )


class Gripper(ProfileModel):
    """One gripper, known by the position of one joint."""

    driver: GripperDriver = Field("gripper_command", description="the way commands reach the gripper")
    controller: Name = Field(description="name of the controller")
    joint: Name = Field(description="joint in the description and in the joint states that tells the opening")
    closed: Number = Field(description="position of the joint when closed [m or rad]")
    open: Number = Field(description="position of the joint when open [m or rad]")
    max_effort: NonNegative = Field(0.0, description="largest effort [N or N m]; 0 leaves it to the controller")
    latency: NonNegative = Field(0.05, description="from a command's publication to motion [s]")
    travel: Positive = Field(1.0, description="joint_trajectory: time of a full opening or closing [s]")
    state_latency: NonNegative | None = Field(
        None, description="from measurement to the stamp of its joint state [s]; none: as joint_states.latency"
    )


class MoveGroup(ProfileModel):
    """Names in the MoveIt configuration."""

    group: Name = Field(description="planning group of the arm")
    hand_group: str = Field("", description="planning group of the gripper; empty where there is none")
    namespace: str = Field("", description="namespace of move_group, whose services are asked; empty for none")
    package: str = Field("", description="MoveIt configuration package, NAME_moveit_config, which moveit_py reads")


class Start(ProfileModel):
    """How the arm gets to the start pose of an episode, and home."""

    planner: Literal["none", "move_group", "moveit_py"] = Field(
        "none",
        description="none: a limited move of every joint, straight to the pose; move_group, moveit_py: MoveIt plans "
        "the way, the bridge verifies it against the limits and executes it itself",
    )
    timeout: Positive = Field(5.0, description="longest wait for a plan [s]")
    attempts: Count = Field(1, description="plans that the planner may try")


class Frames(ProfileModel):
    """Frames of the description that end-effector poses are expressed in."""

    base: Name = Field(description="frame that end-effector poses and the workspace are expressed in")
    tip: str = Field("", description="last link of the arm, which the tool is fixed to; of several, each names its own")


class Tool(ProfileModel):
    """The tool centre point in the tip's frame."""

    xyz: Triple = Field((0.0, 0.0, 0.0), description="position [m]")
    rpy: Triple = Field((0.0, 0.0, 0.0), description="rotation about fixed x, y, z axes, in this order [rad]")


class Workspace(ProfileModel):
    """The box that the tool centre point must stay in."""

    lower: Triple = Field(description="smallest x, y, z in the base frame [m]")
    upper: Triple = Field(description="largest x, y, z in the base frame [m]")


class ArmOfSeveral(Arm):
    """One arm of a robot that has several: what drives it, and its part of the joints."""

    joints: tuple[Name, ...] = Field(min_length=1, description="its part of the joints, in the order of its controller")
    frames: Frames = Field(description="frames of its end-effector poses")
    tool: Tool = Field(
        default_factory=lambda: Tool(xyz=(0.0, 0.0, 0.0), rpy=(0.0, 0.0, 0.0)),
        description="tool centre point in its tip's frame",
    )
    workspace: Workspace = Field(description="box that its tool centre point must stay in, in its own base frame")
    moveit: MoveGroup | None = Field(None, description="names in the MoveIt configuration, where there is one")


class SceneBox(ProfileModel):
    """A box that the arm must not touch, fixed to the base frame."""

    size: tuple[Positive, Positive, Positive] = Field(description="edge lengths x, y, z [m]")
    xyz: Triple = Field(description="position of its centre in the base frame [m]")
    rpy: Triple = Field((0.0, 0.0, 0.0), description="rotation about fixed x, y, z axes, in this order [rad]")


class Scene(ProfileModel):
    """What motion is checked against besides limits."""

    check: Literal["none", "local", "move_group", "moveit_py"] = Field(
        "none",
        description="none; local: the description's collision shapes against each other and the boxes; move_group: "
        "these, and the planning scene of a running move_group; moveit_py: the same of MoveIt in our process",
    )
    age: Positive = Field(1.0, description="oldest planning scene of MoveIt to move by [s]")
    margin: NonNegative = Field(0.0, description="least distance between two shapes [m]")
    boxes: dict[Name, SceneBox] = Field(default_factory=dict, description="boxes around the arm, by name")
    disabled: tuple[tuple[Name, Name], ...] = Field(
        (), description="pairs of links that are never checked, as an SRDF's disable_collisions"
    )


class Camera(ProfileModel):
    """A camera that looks at the scene or is mounted on the arm."""

    frame: str = Field("", description="optical frame in the description; empty where it is not part of it")
    width: Count = Field(description="image width as published [px]")
    height: Count = Field(description="image height as published [px]")
    rate: Positive = Field(description="rate of the images [Hz]")
    latency: NonNegative = Field(0.0, description="from exposure to the image's stamp [s]")


class Safety(ProfileModel):
    """Limits of time and distance beyond which the arm brakes."""

    max_unattended_motion: Positive = Field(
        description="longest motion handed to the controller, braking tail included [s]"
    )
    observation_age: Positive = Field(description="oldest observation that a chunk may be executed from [s]")
    chunk_age: Positive = Field(description="longest time between a chunk's receipt and its use [s]")
    joint_state_age: Positive = Field(description="oldest measured joint state to act on [s]")
    policy_silence: Positive = Field(description="longest time without the policy's heartbeat [s]")
    pilot_silence: Positive = Field(description="longest time without the pilot's status [s]")
    start_jump: Positive = Field(
        description="largest step from the commanded position to a new chunk's first used row [rad or m]"
    )
    tracking_error: Positive = Field(description="largest distance between commanded and measured position [rad or m]")
    lag: NonNegative = Field(description="longest slowing of a chunk against the policy's timing [s]")


class RobotProfile(ProfileModel):
    """An arm as a policy may use it."""

    name: Name = Field(description="name of the profile")
    description: Name = Field(
        description="URDF or xacro: a path beside the profile, beside its config folder or in the package, "
        "or package://PACKAGE/PATH"
    )
    description_arguments: dict[Name, str] = Field(
        default_factory=dict, description="arguments of the description's xacro, by name"
    )
    joints: dict[Name, JointLimits] = Field(
        min_length=1, description="joints of the arm in the order of its controller, by name in the description"
    )
    home: tuple[Number, ...] = Field(description="positions at rest, in the order of joints [rad or m]")
    joint_states: JointStates = Field(default_factory=JointStates, description="measured joint positions")
    arm: Arm = Field(
        default_factory=lambda: Arm.model_construct(controller=""),
        description="what drives the arm, of a robot with one",
    )
    arms: dict[Name, ArmOfSeveral] = Field(
        default_factory=dict, description="arms by name, of a robot with several; in place of arm, tool and workspace"
    )
    base: MobileBase | None = Field(None, description="what the arms drive about on, where it moves")
    grippers: dict[Name, Gripper] = Field(default_factory=dict, description="grippers by name")
    moveit: MoveGroup | None = Field(None, description="names in the MoveIt configuration, where there is one")
    start: Start = Field(
        default_factory=lambda: Start.model_validate({}), description="how the arm gets to the start pose, and home"
    )
    frames: Frames = Field(description="frames of end-effector poses")
    tool: Tool = Field(
        default_factory=lambda: Tool(xyz=(0.0, 0.0, 0.0), rpy=(0.0, 0.0, 0.0)),
        description="tool centre point in the tip's frame",
    )
    workspace: Workspace = Field(
        default_factory=lambda: Workspace(lower=(0.0, 0.0, 0.0), upper=(0.0, 0.0, 0.0)),
        description="box that the tool centre point must stay in, of a robot with one arm",
    )
    scene: Scene = Field(
        default_factory=lambda: Scene.model_validate({}), description="what motion is checked against besides limits"
    )
    cameras: dict[Name, Camera] = Field(default_factory=dict, description="cameras by name")
    safety: Safety = Field(description="limits beyond which the arm brakes")
    speed_scaling: SpeedScaling | None = Field(None, description="the robot's own speed scaling; none: it has none")
    safety_state: dict[Name, SafetySignal] = Field(
        default_factory=dict, description="signals of the robot's safety system by name: all must allow motion"
    )
    enable: Enable | None = Field(None, description="the operator's enable signal; none: there is none")
    controller_state: ControllerState | None = Field(
        None, description="what the arm's controller says it follows; none: not compared"
    )

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Names of the arm's joints in profile order, length n."""
        return tuple(self.joints)

    @property
    def each_arm(self) -> dict[str, RobotProfile]:
        """Each arm as the profile of a robot that has no other, by name; the only one of a robot has the name ''."""
        return {name: self._one_arm(arm) for name, arm in self.arms.items()} if self.arms else {"": self}

    @property
    def arm_columns(self) -> dict[str, NDArray[np.intp]]:
        """Where the joints of each arm stand in the order of joints, by its name."""
        order = {name: column for column, name in enumerate(self.joints)}
        return {name: np.array([order[joint] for joint in arm.joints]) for name, arm in self.each_arm.items()}

    @property
    def arm_latency(self) -> float:
        """The longest time from a command's publication to motion of an arm [s]."""
        return max(profile.arm.latency for profile in self.each_arm.values())

    def _one_arm(self, arm: ArmOfSeveral) -> RobotProfile:
        home = dict(zip(self.joints, self.home, strict=True))
        own = {
            "joints": {name: self.joints[name] for name in arm.joints},
            "home": tuple(home[name] for name in arm.joints),
            "arm": arm,
            "arms": {},
            "frames": arm.frames,
            "tool": arm.tool,
            "workspace": arm.workspace,
            "moveit": arm.moveit,
        }
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return RobotProfile.model_construct(**(fields | own))

    @cached_property
    def lower(self) -> NDArray[np.float64]:
        """Smallest positions, shape (n,), read-only [rad or m]."""
        return _read_only(limits.lower for limits in self.joints.values())

    @cached_property
    def upper(self) -> NDArray[np.float64]:
        """Largest positions, shape (n,), read-only [rad or m]."""
        return _read_only(limits.upper for limits in self.joints.values())

    @cached_property
    def velocity(self) -> NDArray[np.float64]:
        """Largest speeds, shape (n,), read-only [rad/s or m/s]."""
        return _read_only(limits.velocity for limits in self.joints.values())

    @cached_property
    def acceleration(self) -> NDArray[np.float64]:
        """Largest accelerations, shape (n,), read-only [rad/s^2 or m/s^2]."""
        return _read_only(limits.acceleration for limits in self.joints.values())

    @cached_property
    def jerk(self) -> NDArray[np.float64]:
        """Largest jerks, shape (n,), read-only [rad/s^3 or m/s^3]."""
        return _read_only(limits.jerk for limits in self.joints.values())

    @cached_property
    def brake_acceleration(self) -> NDArray[np.float64]:
        """Accelerations that a stop may use, shape (n,), read-only [rad/s^2 or m/s^2]."""
        return _read_only(limits.brake_acceleration for limits in self.joints.values())

    @cached_property
    def brake_jerk(self) -> NDArray[np.float64]:
        """Jerks that a stop may use, shape (n,), read-only [rad/s^3 or m/s^3]."""
        return _read_only(limits.brake_jerk for limits in self.joints.values())

    @cached_property
    def home_positions(self) -> NDArray[np.float64]:
        """Positions at rest, shape (n,), read-only [rad or m]."""
        return _read_only(self.home)


def _read_only(values: Iterable[float]) -> NDArray[np.float64]:
    array = np.array(list(values), dtype=np.float64)
    array.setflags(write=False)
    return array
