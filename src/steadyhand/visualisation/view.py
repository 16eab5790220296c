"""What there is to see of an execution now: the newest chunk, the ways of the tools, and why the arm is held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.arm import workspace_arm
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.meaning import Meaning
from steadyhand.execution.reasons import CALM as CALM_REASONS
from steadyhand.kinematics.model import ArmModel
from steadyhand.profiles.contract import Contract
from steadyhand.visualisation.progress import Progress
from steadyhand.visualisation.shapes import (
    CALM,
    COMMITTED,
    MEASURED,
    PASSED,
    PREDICTED,
    REFERENCE,
    REFUSED,
    Colour,
    Shape,
)
from steadyhand.visualisation.surroundings import named, surroundings
from steadyhand.visualisation.track import Track

Array = NDArray[np.float64]

_ABOVE = np.array([0.0, 0.0, 0.15])
"""From the tool to the text [m]."""


@dataclass(frozen=True)
class ToolPath:
    """Where one tool is to be, or has been.

    Attributes:
        name: What it is of: ``chunk``, ``reference`` or ``measured``, after the arm's name where there are several.
        frame: Base frame of the arm.
        times: ROS clock, shape (N,) [s].
        poses: Of the tool centre point, shape (N, 4, 4) [m].
    """

    name: str
    frame: str
    times: Array
    poses: Array


@dataclass
class _Arm:
    frame: str
    columns: NDArray[np.intp]
    model: ArmModel
    reference: Track
    measured: Track
    chunk: ToolPath | None = None


class View:
    """Turns what is published of an execution into shapes and paths, by forward kinematics.

    Args:
        contract: The resolved deployment.
        seconds: How far back reference and measured ways go [s].

    Attributes:
        progress: The bridge's newest report.
        complaint: Why the newest chunk cannot be shown, empty where it is.
    """

    def __init__(self, contract: Contract, seconds: float = 10.0) -> None:
        self.progress = Progress()
        self.complaint = ""
        self._meaning = Meaning(contract)
        columns = contract.robot.arm_columns
        self._arms = {
            name: _Arm(one.robot.frames.base, columns[name], workspace_arm(one), Track(seconds), Track(seconds))
            for name, one in contract.each_arm().items()
        }
        self._around = surroundings(contract.robot)
        self._sequence: int | None = None

    def hear_chunk(self, chunk: ActionChunk) -> None:
        """Take a chunk; one that stands for no motion is not shown."""
        self.complaint, self._sequence = "", chunk.sequence
        try:
            targets = self._meaning.targets(chunk)
        except (MeaningError, ValueError) as error:
            self.complaint = f"chunk {chunk.sequence} cannot be shown: {error}"
            for arm in self._arms.values():
                arm.chunk = None
            return
        for name, arm in self._arms.items():
            poses = arm.model.forward_many(targets.positions[:, arm.columns])
            arm.chunk = ToolPath(named("chunk", name), arm.frame, targets.times, poses)

    def hear_report(self, progress: Progress) -> None:
        """Take a report of the bridge; where another episode begins, the chunk is none of it."""
        if progress.episode_id != self.progress.episode_id:
            self._sequence = None
            for arm in self._arms.values():
                arm.chunk = None
        self.progress = progress
        if progress.positions is not None:
            for arm in self._arms.values():
                arm.reference.add(progress.stamp, arm.model.forward(progress.positions[arm.columns]))

    def hear_measured(self, time: float, positions: Array) -> None:
        """Take measured joint positions of all arms, shape (n,) [rad or m]."""
        for arm in self._arms.values():
            arm.measured.add(time, arm.model.forward(positions[arm.columns]))

    def paths(self) -> list[ToolPath]:
        """Return the paths of every tool: of the chunk, the reference and the measurement."""
        found = []
        for name, arm in self._arms.items():
            empty = ToolPath(named("chunk", name), arm.frame, np.empty(0), np.empty((0, 4, 4)))
            found.append(arm.chunk or empty)
            for what, track in (("reference", arm.reference), ("measured", arm.measured)):
                found.append(ToolPath(named(what, name), arm.frame, track.times, track.poses))
        return found

    def shapes(self) -> list[Shape]:
        """Return everything there is to draw now."""
        found = list(self._around)
        for name, arm in self._arms.items():
            found += self._chunk(name, arm)
            for what, track, colour in (
                ("reference", arm.reference, REFERENCE),
                ("measured", arm.measured, MEASURED),
            ):
                if len(track.times) > 1:
                    found.append(Shape("line", named(what, name), arm.frame, colour, track.points, (0.004,)))
            found += self._hold(name, arm)
        return found

    def _chunk(self, name: str, arm: _Arm) -> list[Shape]:
        """Return the rows of the chunk: passed over, committed, still open; or all of them as refused."""
        if arm.chunk is None:
            return []
        points = arm.chunk.poses[:, :3, 3]
        shapes = []
        for what, colour, first, last in self._parts(len(points)):
            # Parts of a line meet: each but the first begins where the one before ends.
            line = points[max(first - 1, 0) : last]
            if last > first:
                shapes.append(
                    Shape("dots", named(f"rows {what}", name), arm.frame, colour, points[first:last], (0.01,))
                )
            if last > first and len(line) > 1:
                shapes.append(Shape("line", named(f"chunk {what}", name), arm.frame, colour, line, (0.006,)))
        return shapes

    def _parts(self, rows: int) -> list[tuple[str, Colour, int, int]]:
        progress = self.progress
        if progress.sequence != self._sequence:
            refused = bool(progress.hold_code) and progress.hold_code not in CALM_REASONS
            return [("refused", REFUSED, 0, rows)] if refused else [("predicted", PREDICTED, 0, rows)]
        first = min(progress.first_row, rows)
        committed = min(max(progress.committed_rows, first), rows)
        return [
            ("passed", PASSED, 0, first),
            ("committed", COMMITTED, first, committed),
            ("predicted", PREDICTED, committed, rows),
        ]

    def _hold(self, name: str, arm: _Arm) -> list[Shape]:
        code, track = self.progress.hold_code, arm.measured if len(arm.measured.times) else arm.reference
        if not code or not len(track.times):
            return []
        text = f"{code}\n{self.progress.hold_message}" if self.progress.hold_message else code
        colour = CALM if code in CALM_REASONS else REFUSED
        return [Shape("text", named("hold", name), arm.frame, colour, track.points[-1:] + _ABOVE, (0.04,), text=text)]
