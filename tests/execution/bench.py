"""An executor, and what a controller that follows it exactly would do."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.executor import Executor
from steadyhand.execution.phase import Phase
from steadyhand.execution.reference import Reference
from steadyhand.execution.settings import ExecutorSettings
from steadyhand.execution.splice import Splice

from .conftest import joint_limits

LIMITS = joint_limits(3, velocity=1.0, acceleration=4.0, jerk=150.0)
BRAKE = joint_limits(3, velocity=1.0, acceleration=5.0, jerk=300.0)
STEP = 0.05


def executor() -> Executor:
    settings = ExecutorSettings(LIMITS, BRAKE, max_unattended_motion=0.5)
    return Executor(settings, Splice(LIMITS, blend=0.2, start_jump=0.35, lag=0.5))


@dataclass
class Bench:
    """An executor, its clock, and what a controller that follows exactly would do with every window."""

    executor: Executor = field(default_factory=executor)
    now: float = 100.0
    sequence: int = 0
    windows: list[tuple[float, Reference]] = field(default_factory=list)
    followed: list[np.ndarray] = field(default_factory=list)
    rest: np.ndarray = field(default_factory=lambda: np.zeros(3))

    def advance(self, duration: float) -> None:
        for _ in range(round(duration / STEP)):
            window = self.executor.tick(self.now)
            if window is not None:
                self.windows.append((self.now, window))
            for fine in np.arange(self.now, self.now + STEP - 1e-9, 0.005):
                self.followed.append(self.windows[-1][1].sample(fine).position if self.windows else self.rest)
            self.now = round(self.now + STEP, 6)

    def begin(self, start: np.ndarray | None = None) -> None:
        self.executor.activate(self.now, self.rest)
        self.executor.open("episode", self.now, self.rest, 1.0, start)
        while self.executor.phase is not Phase.HELD:
            self.advance(STEP)
        self.executor.run("episode")

    def chunk(self, speed: float = 0.4, rows: int = 16, delay: float = 0.1) -> bool:
        message = ActionChunk(
            self.now - delay, np.zeros((rows, 1)), ("x",), 0.1, 0.1, (), np.zeros(0), episode_id="episode",
            sequence=self.sequence,
        )  # fmt: skip
        self.sequence += 1
        if not self.executor.accepts(message):
            return False
        assert self.executor.reference is not None
        here = self.executor.reference.sample(self.now).position
        times = message.row_times
        self.executor.offer(message, JointTargets(times, here + speed * (times - self.now)[:, None]), self.now)
        return True
