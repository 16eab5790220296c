"""What all profile models share: frozen, no unknown keys, numbers that are finite numbers."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, AllowInfNan, BaseModel, BeforeValidator, ConfigDict, Field, Strict


class ProfileModel(BaseModel):
    """A part of a profile. Its attributes are the keys of the YAML file."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")
    return value


NotTruth = BeforeValidator(_no_truth)
"""For literals that are numbers: Python takes true for 1."""

Number = Annotated[float, Strict(), AllowInfNan(False)]
Positive = Annotated[float, Strict(), AllowInfNan(False), Field(gt=0.0)]
NonNegative = Annotated[float, Strict(), AllowInfNan(False), Field(ge=0.0)]
Fraction = Annotated[float, Strict(), AllowInfNan(False), Field(ge=0.0, le=1.0)]
Count = Annotated[int, Strict(), Field(gt=0)]
Truth = Annotated[bool, Strict()]
Name = Annotated[str, AfterValidator(_not_blank)]
Triple = tuple[Number, Number, Number]
