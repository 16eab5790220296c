"""How a policy scales the numbers that it takes and gives."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from steadyhand.profiles.base import NonNegative, Number, ProfileModel, Truth

NormalisationMethod = Literal["none", "mean_std", "min_max", "quantile"]

STATISTICS_OF: dict[str, tuple[str, ...]] = {
    "none": (),
    "mean_std": ("mean", "std"),
    "min_max": ("min", "max"),
    "quantile": ("q01", "q99"),
}
"""Statistics that each method needs."""


class Statistics(ProfileModel):
    """Statistics of one vector over the training data, in its physical units, one value for each element."""

    mean: tuple[Number, ...] | None = Field(None, description="mean, for mean_std")
    std: tuple[Number, ...] | None = Field(None, description="standard deviation, for mean_std")
    min: tuple[Number, ...] | None = Field(None, description="smallest value, for min_max; becomes -1")
    max: tuple[Number, ...] | None = Field(None, description="largest value, for min_max; becomes 1")
    q01: tuple[Number, ...] | None = Field(None, description="1 % quantile, for quantile; becomes -1")
    q99: tuple[Number, ...] | None = Field(None, description="99 % quantile, for quantile; becomes 1")
    mask: tuple[Truth, ...] | None = Field(None, description="false: this element is left as it is; none: all scaled")


class Normalisation(ProfileModel):
    """How state and actions are scaled. A bare word in the file is the method."""

    method: NormalisationMethod = Field(
        "none",
        description="none: physical units; mean_std: (x - mean) / (std + epsilon); min_max and quantile: "
        "2 (x - low) / (high - low + epsilon) - 1",
    )
    epsilon: NonNegative = Field(1e-6, description="added to the divisor")
    clip: Truth = Field(False, description="clip scaled values to -1..1 before use")
    file: str = Field("", description="JSON or YAML with state and action statistics, beside the profile or absolute")
    state: Statistics | None = Field(None, description="statistics of the state vector")
    action: Statistics | None = Field(None, description="statistics of the rows of actions")
