"""Selections: which inputs an observation is made of, before anything is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from steadyhand.observation.images import RawImage
from steadyhand.observation.joints import Bracket
from steadyhand.observation.streams import Sample

CAPTURE = "state"
"""Name of the capture time among the inputs."""


@dataclass(frozen=True)
class Moment:
    """Inputs that belong to one time.

    Attributes:
        stamp: The time, ROS clock [s].
        images: Image key to its sample, at the time or just before it.
        joints: Part of the robot to what was measured around the time.
        commanded: What the bridge reported around the time, where the policy's state wants it.
    """

    stamp: float
    images: dict[str, Sample[RawImage]]
    joints: dict[str, Bracket]
    commanded: dict[str, Bracket] | None


@dataclass(frozen=True)
class Selection:
    """Inputs of one observation.

    Attributes:
        moments: One for each step of the policy's history, oldest first; the last is the capture time.
    """

    moments: tuple[Moment, ...]

    @property
    def stamp(self) -> float:
        """The capture time, ROS clock [s]."""
        return self.moments[-1].stamp

    @property
    def inputs(self) -> dict[str, float]:
        """Capture time of every input, name to ROS clock [s].

        ``KEY`` is an image, ``state`` the capture time, ``state/PART/before`` and ``state/PART/after`` are the joint
        states it was interpolated from (``after`` only where there was anything to interpolate), and
        ``commanded/PART/...`` the bridge's reports. Earlier steps of the history end with ``[-1]``, ``[-2]``, ...
        """
        stamps: dict[str, float] = {}
        for index, moment in enumerate(reversed(self.moments)):
            stamps.update((step_name(name, index), stamp) for name, stamp in _stamps(moment))
        return stamps


def step_name(name: str, back: int) -> str:
    """Return the name of an input ``back`` steps before the newest."""
    return f"{name}[-{back}]" if back else name


def is_earlier(name: str) -> bool:
    """Return whether an input's name is that of an earlier step than the newest."""
    return name.endswith("]")


def bracket_names(source: str, part: str) -> tuple[str, str]:
    """Return the names of the joint states before and after a time, of ``state`` or of ``commanded``."""
    return f"{source}/{part}/before", f"{source}/{part}/after"


def _stamps(moment: Moment) -> Iterator[tuple[str, float]]:
    yield from ((key, sample.stamp) for key, sample in moment.images.items())
    yield CAPTURE, moment.stamp
    for source, brackets in ((CAPTURE, moment.joints), ("commanded", moment.commanded or {})):
        for part, bracket in brackets.items():
            for name, sample in zip(bracket_names(source, part), bracket, strict=True):
                if sample is not None:
                    yield name, sample.stamp
