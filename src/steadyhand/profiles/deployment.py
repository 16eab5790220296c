"""The deployment: which policy drives which robot, and how their inputs and outputs are bound."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from steadyhand.profiles.base import Fraction, Name, NonNegative, NotTruth, Number, Positive, ProfileModel, Truth
from steadyhand.profiles.robot import Tool

Namespace = Annotated[str, Field(pattern=r"^$|^[A-Za-z]\w*(/[A-Za-z]\w*)*$")]
"""Names of a ROS namespace without a slash at its ends, such as ``robot_a`` or ``cell/robot_a``; empty for none."""


def _compiles(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return text


Pattern = Annotated[Name, AfterValidator(_compiles)]
"""A regular expression."""

JointUnit = Literal["rad", "deg", "m", "mm", "ticks"]


class ImageBinding(ProfileModel):
    """The camera that feeds one image key of the policy."""

    camera: str = Field("", description="camera of the robot profile")
    topic: str = Field("", description="topic of its images")
    transport: Literal["raw", "compressed"] = Field("raw", description="sensor_msgs/Image or CompressedImage")
    rotate: Annotated[Literal[0, 90, 180, 270], NotTruth] = Field(0, description="turn the image clockwise [deg]")
    flip: Literal["none", "horizontal", "vertical", "both"] = Field("none", description="mirror it, after turning")
    latency: NonNegative | None = Field(
        None, description="from exposure to the message's stamp [s]; none: as the camera's in the robot profile"
    )
    tolerance: Positive | None = Field(
        None, description="longest time before the observation's [s]; none: one and a half periods of the camera"
    )
    age: Positive | None = Field(
        None, description="oldest image to observe with [s]; at most, and where none is given, safety.observation_age"
    )
    masked: Truth = Field(
        False, description="no camera: the policy, where it can do without, gets a black image and a mask"
    )


class JointConversion(ProfileModel):
    """How a joint is counted elsewhere: position [rad or m] = sign * scale * unit * (value - offset)."""

    unit: JointUnit | None = Field(None, description="unit of the value; none: rad or m, as the joint")
    sign: Annotated[Literal[1, -1], NotTruth] = Field(1, description="-1 where the direction is reversed")
    scale: Positive = Field(1.0, description="rad or m for one tick; a factor for the other units")
    offset: Number = Field(0.0, description="value at the joint's zero, in the value's unit")


class MessageJoint(JointConversion):
    """A joint as the driver's messages have it."""

    message: str = Field("", description="name in the messages; empty: the same as in the robot profile")


class PolicyJoint(JointConversion):
    """A joint as the policy has it."""

    joint: Name = Field(description="joint of the robot profile")


class EndEffectorOverride(ProfileModel):
    """Frames that the policy was trained with, where they differ from the robot profile's."""

    base: str = Field("", description="frame that the policy's poses are expressed in; empty: the robot profile's")
    tool: Tool | None = Field(None, description="tool centre point in the tip's frame; none: the robot profile's")


class DeploymentProfile(ProfileModel):
    """One policy bound to one robot."""

    name: Name = Field(description="name of the deployment")
    robot: Name = Field(description="robot profile: a name, or a path beside this file")
    policy: Name = Field(description="policy profile: a name, or a path beside this file")
    namespace: Namespace = Field(
        "", description="put before the robot profile's controllers and topics, for one of several robots in a graph"
    )
    images: dict[Name, ImageBinding] = Field(default_factory=dict, description="cameras by the policy's image keys")
    decoder: Literal["own", "cv_bridge"] = Field(
        "own", description="what reads image messages: steadyhand itself, or the ROS package cv_bridge"
    )
    joints: dict[Name, MessageJoint] = Field(
        default_factory=dict,
        description="joints of the robot profile that the messages call, count or turn differently",
    )
    policy_joints: dict[Name, PolicyJoint] = Field(
        default_factory=dict, description="joints that the policy calls, counts or turns differently, by its names"
    )
    end_effector: EndEffectorOverride = Field(
        default_factory=lambda: EndEffectorOverride.model_validate({}),
        description="frames that the policy was trained with",
    )
    mode: Literal["run", "confirm", "shadow"] = Field(
        "shadow", description="run: commands are sent; confirm: after the operator's consent; shadow: nothing is sent"
    )
    speed: Annotated[Fraction, Field(gt=0.0)] = Field(1.0, description="speed override, above 0 and up to 1")
    timeout: Positive = Field(60.0, description="longest episode [s]")
    success: Literal["simulator", "policy", "operator", "none"] = Field(
        "none", description="who says that the task has succeeded"
    )
    vocabulary: tuple[Pattern, ...] = Field(
        (), description="regular expressions of the whole instructions that are taken, in any case; empty: all"
    )
    start: Literal["home", "none"] = Field("home", description="where an episode starts: at home, or where the arm is")
