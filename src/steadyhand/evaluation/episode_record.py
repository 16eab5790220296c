"""What happened in one episode, as far as a picture of it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steadyhand.chunks.targets import JointTargets

Array = NDArray[np.float64]


@dataclass
class Samples:
    """Vectors sampled at increasing times.

    Attributes:
        width: Number n of elements.
    """

    width: int
    _times: list[float] = field(default_factory=list)
    _rows: list[Array] = field(default_factory=list)

    def append(self, time: float, row: ArrayLike) -> None:
        """Add one vector, shape (n,), unless it is not newer than the last."""
        if not self._times or time > self._times[-1]:
            self._times.append(time)
            self._rows.append(np.array(row, dtype=np.float64).reshape(self.width))

    @property
    def times(self) -> Array:
        """Times, ROS clock, shape (T,) [s]."""
        return np.array(self._times, dtype=np.float64)

    @property
    def values(self) -> Array:
        """Values, shape (T, n)."""
        return np.array(self._rows, dtype=np.float64).reshape(-1, self.width)


@dataclass
class Interval:
    """A stretch of time with a name.

    Attributes:
        start: Begin, ROS clock [s].
        name: What was the case, a phase or a reason code.
        end: End, ROS clock [s]; None while it lasts.
    """

    start: float
    name: str
    end: float | None = None


@dataclass
class Timeline:
    """Intervals that follow each other."""

    intervals: list[Interval] = field(default_factory=list)

    def note(self, time: float, name: str) -> None:
        """Say what is the case now; an empty name for nothing."""
        last = self.intervals[-1] if self.intervals else None
        if last is not None and last.end is None:
            if last.name == name:
                return
            last.end = time
        if name:
            self.intervals.append(Interval(time, name))

    def close(self, time: float) -> None:
        """End the interval that still lasts."""
        self.note(time, "")


@dataclass(frozen=True)
class Frame:
    """One camera image.

    Attributes:
        stamp: Capture time, ROS clock [s].
        image: RGB, shape (height, width, 3), uint8.
    """

    stamp: float
    image: NDArray[np.uint8]


class EpisodeRecord:
    """Everything seen of one episode.

    Attributes:
        joint_names: Names of the arm's n joints.
        measured: Measured joint positions, width n [rad or m].
        reference: Commanded joint positions, width n [rad or m].
        opening: Measured opening of the gripper, width 1, 0 closed to 1 open.
        targets: Joint targets of each chunk, in the order the chunks came.
        handovers: Times at which the reference began to follow a new chunk, ROS clock [s].
        phases: Phases of the episode.
        holds: Stretches in which the arm braked or was held by a fault or a stop, named by reason code.
        frames: Camera name to its images.
    """

    def __init__(self, joint_names: Sequence[str], cameras: Sequence[str]) -> None:
        """Begin an empty record."""
        self.joint_names = tuple(joint_names)
        self.measured = Samples(len(self.joint_names))
        self.reference = Samples(len(self.joint_names))
        self.opening = Samples(1)
        self.targets: list[JointTargets] = []
        self.handovers: list[float] = []
        self.phases = Timeline()
        self.holds = Timeline()
        self.frames: dict[str, list[Frame]] = {camera: [] for camera in cameras}

    def close(self, time: float) -> None:
        """End what still lasts."""
        self.phases.close(time)
        self.holds.close(time)

    @property
    def span(self) -> tuple[float, float]:
        """First and last time of the phases, else of the measurements, ROS clock [s]; (0, 0) where there is nothing."""
        intervals = self.phases.intervals
        if intervals:
            return intervals[0].start, max(intervals[-1].end or intervals[-1].start, intervals[-1].start)
        times = self.measured.times
        return (float(times[0]), float(times[-1])) if len(times) else (0.0, 0.0)

    def summary(self) -> dict[str, Any]:
        """Return the largest distance between reference and measurement [rad or m], counts, and codes of holds."""
        tracking = 0.0
        if len(self.measured.times) and len(self.reference.times) > 1:
            inside = (self.measured.times >= self.reference.times[0]) & (
                self.measured.times <= self.reference.times[-1]
            )
            for joint in range(len(self.joint_names)):
                commanded = np.interp(
                    self.measured.times[inside], self.reference.times, self.reference.values[:, joint]
                )
                distance = np.abs(commanded - self.measured.values[inside, joint])
                tracking = max(tracking, float(distance.max(initial=0.0)))
        return {
            "tracking_error_max": round(tracking, 4),
            "images": {camera: len(frames) for camera, frames in self.frames.items()},
            "joint_states": len(self.measured.times),
            "hold_codes": sorted({hold.name for hold in self.holds.intervals}),
        }
