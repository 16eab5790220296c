"""The policy profile: what a policy sees, what it says, and when it is meant."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from steadyhand.profiles.action import ActionTerm
from steadyhand.profiles.base import Count, Fraction, Name, NonNegative, Positive, ProfileModel, Truth
from steadyhand.profiles.normalisation import Normalisation
from steadyhand.profiles.state import StateTerm
from steadyhand.profiles.stitching import Stitching


class ImageInput(ProfileModel):
    """One image that the policy sees."""

    width: Count = Field(description="width [px]")
    height: Count = Field(description="height [px]")
    resize: Literal["stretch", "pad", "crop"] = Field(
        "stretch",
        description="stretch: each axis by itself; pad: whole image, black borders; crop: centre that fills the size",
    )
    crop_area: Fraction = Field(1.0, gt=0.0, description="part of the AREA kept by a centre crop before resizing")
    encoding: Literal["rgb", "bgr"] = Field("rgb", description="order of the colours")
    optional: Truth = Field(False, description="the policy accepts a black image with a mask where a camera is missing")


def _method_alone(value: object) -> object:
    return {"method": value} if isinstance(value, str) else value


class PolicyProfile(ProfileModel):
    """A policy as any arm may use it."""

    name: Name = Field(description="name of the profile")
    backend: Name = Field(description="what computes the policy")
    arguments: dict[str, Any] = Field(default_factory=dict, description="arguments of the backend")
    images: dict[Name, ImageInput] = Field(default_factory=dict, description="images by the policy's own keys")
    state: tuple[StateTerm, ...] = Field((), description="terms of the state vector, in order")
    action: tuple[ActionTerm, ...] = Field(min_length=1, description="terms of a row of actions, in order")
    normalisation: Annotated[Normalisation, BeforeValidator(_method_alone)] = Field(
        default_factory=lambda: Normalisation.model_validate({}), description="how state and actions are scaled"
    )
    history: Count = Field(1, description="observations that one inference sees, dt apart")
    horizon: Count = Field(description="rows of a chunk")
    dt: Positive = Field(description="time between two rows [s]")
    first_row: NonNegative = Field(
        1.0, description="row 0 is meant for the observation's stamp + first_row * dt [rows]"
    )
    stitching: Stitching = Field(description="how successive chunks become one motion")
    vocabulary: tuple[Name, ...] = Field((), description="instructions that the policy knows, shown to the user")

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the elements of the state vector, in order."""
        return tuple(name for term in self.state for name in term.names)

    @property
    def state_size(self) -> int:
        """Number of elements of the state vector."""
        return len(self.state_names)

    @property
    def dimension_names(self) -> tuple[str, ...]:
        """Names of the columns of a row of actions, in order."""
        return tuple(name for term in self.action for name in term.names)
