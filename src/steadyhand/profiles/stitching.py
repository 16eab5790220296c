"""How successive chunks become one motion."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from steadyhand.profiles.base import Count, NonNegative, Positive, ProfileModel

StitchingMethod = Literal["splice", "ensemble", "prefix", "guided"]


class Stitching(ProfileModel):
    """How successive chunks become one motion, and how often a new one is asked for."""

    method: StitchingMethod = Field(
        "splice",
        description="splice: drop the rows that have passed and blend; ensemble: weighted mean of the chunks that "
        "cover a time; prefix: the policy is given the committed rows; guided: the policy's sampling is guided by them",
    )
    execute: Count = Field(description="rows used before the next inference is due")
    blend: NonNegative = Field(0.0, description="time over which splice blends from the old motion to the new [s]")
    wait: NonNegative | None = Field(
        None,
        description="splice: longest time that a chunk waits for a moment to take over at which the arm turns little "
        "[s]; where it is left out, half of the time until the next inference, up to 0.15 s",
    )
    decay: NonNegative = Field(0.01, description="ensemble: weight exp(-decay i), i = 0 the oldest chunk")
    guidance: Positive = Field(5.0, description="guided: largest weight of the correction")
