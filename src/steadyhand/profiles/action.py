"""The terms that a row of a policy's actions is made of, and what they mean."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from steadyhand.profiles.arm_names import ARM_OF_SEVERAL, of_arm
from steadyhand.profiles.base import Count, Fraction, Name, Number, ProfileModel
from steadyhand.profiles.rotations import ROTATION_ELEMENTS, ROTATION_UNITS, RotationRepresentation

JointMeaning = Literal["absolute", "delta_to_observation", "delta_per_step"]
PoseMeaning = Literal["absolute", "delta_to_observation", "delta_per_step", "relative"]
PoseFrame = Literal["base", "tool"]

_POSE_MEANING = (
    "absolute: a pose; delta_to_observation: added to the pose at the observation; delta_per_step: added to the row "
    "before; relative: the pose seen from the tool at the observation (T_obs^-1 T)"
)
_POSE_FRAME = "axes that the values refer to: those of the base, or of the tool that the delta starts from"


class JointPositionAction(ProfileModel):
    """Positions of joints."""

    kind: Literal["joint_position"] = Field(description="positions of joints")
    joints: tuple[Name, ...] = Field(
        (), description="names in the policy's order, of the robot or of the deployment's policy_joints; empty: all"
    )
    meaning: JointMeaning = Field(
        description="absolute: a position; delta_to_observation: added to the position at the observation; "
        "delta_per_step: added to the row before"
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return self.joints

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the columns, in order."""
        return ("rad or m",) * len(self.joints)


class JointVelocityAction(ProfileModel):
    """Velocities of joints."""

    kind: Literal["joint_velocity"] = Field(description="velocities of joints, held for one dt")
    joints: tuple[Name, ...] = Field(
        (), description="names in the policy's order, of the robot or of the deployment's policy_joints; empty: all"
    )
    meaning: Literal["absolute"] = Field("absolute", description="a velocity")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(f"{joint}_velocity" for joint in self.joints)

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the columns, in order."""
        return ("rad/s or m/s",) * len(self.joints)


class EndEffectorPositionAction(ProfileModel):
    """Position of the tool centre point."""

    kind: Literal["end_effector_position"] = Field(description="x, y, z of the tool centre point [m]")
    meaning: PoseMeaning = Field(description=_POSE_MEANING)
    frame: PoseFrame = Field("base", description=_POSE_FRAME)
    arm: str = Field("", description=ARM_OF_SEVERAL)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return of_arm(self.arm, ("x", "y", "z"))

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the columns, in order."""
        return ("m", "m", "m")


class EndEffectorRotationAction(ProfileModel):
    """Rotation of the tool."""

    kind: Literal["end_effector_rotation"] = Field(description="rotation of the tool")
    representation: RotationRepresentation = Field(description="how the rotation is written")
    meaning: PoseMeaning = Field(description=_POSE_MEANING)
    frame: PoseFrame = Field("base", description=_POSE_FRAME)
    arm: str = Field("", description=ARM_OF_SEVERAL)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return of_arm(self.arm, ROTATION_ELEMENTS[self.representation])

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the columns, in order."""
        return (ROTATION_UNITS.get(self.representation, "1"),) * len(self.names)


class GripperAction(ProfileModel):
    """Opening of a gripper, one column. Its sign is the order of ``closed`` and ``open``."""

    kind: Literal["gripper"] = Field(description="opening of a gripper, one column")
    gripper: Name = Field(description="gripper of the robot profile")
    meaning: Literal["absolute", "binary"] = Field(
        description="absolute: an opening between closed and open; binary: only which of the two"
    )
    closed: Number = Field(0.0, description="value that means closed, in the policy's own unit")
    open: Number = Field(1.0, description="value that means open, in the policy's own unit")
    threshold: Fraction = Field(
        0.5, description="opening (0 closed to 1 open) that decides between the two, where the driver knows only two"
    )
    hysteresis: Fraction = Field(
        0.1, description="the opening must pass the threshold by this much before the decision changes"
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return (self.gripper,)

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the columns, in order."""
        return (f"{self.closed:g} closed, {self.open:g} open",)


class BaseVelocityAction(ProfileModel):
    """Velocity of the mobile base."""

    kind: Literal["base_velocity"] = Field(description="forward [m/s] and turning [rad/s] velocity of the mobile base")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return ("base_linear_x", "base_angular_z")

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the columns, in order."""
        return ("m/s", "rad/s")


class PaddingAction(ProfileModel):
    """Columns that are ignored: a policy with a fixed width has them."""

    kind: Literal["padding"] = Field(description="columns that are ignored")
    size: Count = Field(description="number of columns")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(f"padding_{i}" for i in range(self.size))

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the columns, in order."""
        return ("1",) * self.size


ActionTerm = Annotated[
    JointPositionAction
    | JointVelocityAction
    | EndEffectorPositionAction
    | EndEffectorRotationAction
    | GripperAction
    | BaseVelocityAction
    | PaddingAction,
    Field(discriminator="kind"),
]
