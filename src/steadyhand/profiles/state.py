"""The terms that a policy's state vector is made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from steadyhand.profiles.arm_names import ARM_OF_SEVERAL, of_arm
from steadyhand.profiles.base import Count, Name, Number, ProfileModel
from steadyhand.profiles.rotations import ROTATION_ELEMENTS, ROTATION_UNITS, RotationRepresentation

StateSource = Literal["measured", "commanded"]


class JointPositionState(ProfileModel):
    """Positions of joints."""

    kind: Literal["joint_position"] = Field(description="positions of joints")
    joints: tuple[Name, ...] = Field(
        (), description="names in the policy's order, of the robot or of the deployment's policy_joints; empty: all"
    )
    source: StateSource = Field("measured", description="measured by the robot, or commanded by the bridge")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the elements, in order."""
        return self.joints

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the elements, in order."""
        return ("rad or m",) * len(self.joints)


class JointVelocityState(ProfileModel):
    """Velocities of joints."""

    kind: Literal["joint_velocity"] = Field(description="velocities of joints")
    joints: tuple[Name, ...] = Field(
        (), description="names in the policy's order, of the robot or of the deployment's policy_joints; empty: all"
    )
    source: StateSource = Field("measured", description="measured by the robot, or commanded by the bridge")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the elements, in order."""
        return tuple(f"{joint}_velocity" for joint in self.joints)

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the elements, in order."""
        return ("rad/s or m/s",) * len(self.joints)


class EndEffectorPositionState(ProfileModel):
    """Position of the tool centre point in the base frame."""

    kind: Literal["end_effector_position"] = Field(description="x, y, z of the tool centre point in the base frame [m]")
    source: StateSource = Field("measured", description="measured by the robot, or commanded by the bridge")
    arm: str = Field("", description=ARM_OF_SEVERAL)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the elements, in order."""
        return of_arm(self.arm, ("x", "y", "z"))

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the elements, in order."""
        return ("m", "m", "m")


class EndEffectorRotationState(ProfileModel):
    """Rotation of the tool in the base frame."""

    kind: Literal["end_effector_rotation"] = Field(description="rotation of the tool in the base frame")
    representation: RotationRepresentation = Field(description="how the rotation is written")
    source: StateSource = Field("measured", description="measured by the robot, or commanded by the bridge")
    arm: str = Field("", description=ARM_OF_SEVERAL)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the elements, in order."""
        return of_arm(self.arm, ROTATION_ELEMENTS[self.representation])

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the elements, in order."""
        return (ROTATION_UNITS.get(self.representation, "1"),) * len(self.names)


class GripperState(ProfileModel):
    """Opening of a gripper, one element."""

    kind: Literal["gripper"] = Field(description="opening of a gripper, one element")
    gripper: Name = Field(description="gripper of the robot profile")
    closed: Number = Field(0.0, description="value when closed, in the policy's own unit")
    open: Number = Field(1.0, description="value when open, in the policy's own unit")
    source: StateSource = Field("measured", description="measured by the robot, or commanded by the bridge")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the elements, in order."""
        return (self.gripper,)

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the elements, in order."""
        return (f"{self.closed:g} closed, {self.open:g} open",)


class PaddingState(ProfileModel):
    """Elements that carry nothing: a policy with a fixed width wants them."""

    kind: Literal["padding"] = Field(description="elements that carry nothing")
    size: Count = Field(description="number of elements")
    value: Number = Field(0.0, description="value of every element, after normalisation")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the elements, in order."""
        return tuple(f"padding_{i}" for i in range(self.size))

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the elements, in order."""
        return ("1",) * self.size


StateTerm = Annotated[
    JointPositionState
    | JointVelocityState
    | EndEffectorPositionState
    | EndEffectorRotationState
    | GripperState
    | PaddingState,
    Field(discriminator="kind"),
]
