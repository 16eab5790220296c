"""A motion that was made and is not followed before somebody else has said that it is free."""

from __future__ import annotations

from dataclasses import dataclass, replace

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import Verdict
from steadyhand.execution.stitching import Stitched


@dataclass(frozen=True)
class StitchedChunk:
    """A chunk and how it was stitched.

    Attributes:
        chunk: The chunk.
        targets: Its rows as joint positions.
        stitched: Its motion.
        delay: From its observation until its motion can begin [s].
    """

    chunk: ActionChunk
    targets: JointTargets
    stitched: Stitched
    delay: float

    def delayed(self, delay: float) -> StitchedChunk:
        """Return the same, beginning later by ``delay`` [s]."""
        later = replace(self.stitched, reference=self.stitched.reference.delayed(delay), lag=self.stitched.lag + delay)
        return StitchedChunk(self.chunk, self.targets.delayed(delay), later, self.delay + delay)


@dataclass(frozen=True)
class Awaited:
    """A motion that awaits a verdict.

    Attributes:
        verdict: Polled.
        motion: From where it begins to where it rests.
        begins_at_rest: It may begin later; else it begins at its time or not at all.
        since: What was in force when it was made: it means nothing after that has changed.
        made_of: The chunk that it is made of, None for a way to a pose.
    """

    verdict: Verdict
    motion: Reference
    begins_at_rest: bool
    since: tuple[object, ...]
    made_of: StitchedChunk | None = None

    def delayed(self, delay: float) -> Awaited:
        """Return the same, beginning later by ``delay`` [s]."""
        made_of = None if self.made_of is None else self.made_of.delayed(delay)
        return replace(self, motion=self.motion.delayed(delay), made_of=made_of)
