"""The policy profile: what a policy sees, what it says, and when it is meant."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from steadyhand.profiles.action import ActionTerm
from steadyhand.profiles.base import Count, Fraction, Name, NonNegative, Positive, ProfileModel, Truth
from steadyhand.profiles.normalisation import Normalisation
from steadyhand.profiles.state import StateTerm
from steadyhand.profiles.stitching import Stitching

_WAIT = 0.15


class DepthRange(ProfileModel):
    """How distances become grey values from 0 to 255; what was not measured is 0."""

    near: NonNegative = Field(0.0, description="distance that becomes 0 [m]")
    far: Positive = Field(description="distance that becomes 255 [m]")


class History(ProfileModel):
    """Observations that one inference sees."""

    steps: Count = Field(1, description="how many, the newest included")
    interval: Positive | None = Field(None, description="time between two of them [s]; none: dt")


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
    depth: DepthRange | None = Field(
        None, description="the image is one of distances; none: of colours, or grey in three equal channels"
    )
    optional: Truth = Field(False, description="the policy accepts a black image with a mask where a camera is missing")


def _method_alone(value: object) -> object:
    return {"method": value} if isinstance(value, str) else value


def _steps_alone(value: object) -> object:
    return {"steps": value} if isinstance(value, int) else value


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
    history: Annotated[History, BeforeValidator(_steps_alone)] = Field(
        default_factory=lambda: History.model_validate({}), description="observations that one inference sees"
    )
    horizon: Count = Field(description="rows of a chunk")
    dt: Positive = Field(description="time between two rows [s]")
    first_row: NonNegative = Field(
        1.0, description="row 0 is meant for the observation's stamp + first_row * dt [rows]"
    )
    stitching: Stitching = Field(description="how successive chunks become one motion")
    vocabulary: tuple[Name, ...] = Field((), description="instructions that the policy knows, shown to the user")

    @property
    def history_offsets(self) -> tuple[float, ...]:
        """Times of the observations of one inference against the newest, oldest first [s]: ..., -interval, 0."""
        interval = self.dt if self.history.interval is None else self.history.interval
        return tuple(-step * interval for step in reversed(range(self.history.steps)))

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the elements of the state vector, in order."""
        return tuple(name for term in self.state for name in term.names)

    @property
    def state_size(self) -> int:
        """Number of elements of the state vector."""
        return len(self.state_names)

    @property
    def handover_wait(self) -> float:
        """Longest time that a chunk waits for a calm moment to take over at [s]; none where rows are committed."""
        stitching = self.stitching
        if stitching.method != "splice":
            return 0.0
        return min(_WAIT, 0.5 * stitching.execute * self.dt) if stitching.wait is None else stitching.wait

    @property
    def dimension_names(self) -> tuple[str, ...]:
        """Names of the columns of a row of actions, in order."""
        return tuple(name for term in self.action for name in term.names)
