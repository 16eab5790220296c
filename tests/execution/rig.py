"""A bridge with a perfect arm, for tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.command import Command
from steadyhand.execution.reference import Reference
from steadyhand.profiles.contract import Contract

STEP = 0.05


class Rig:
    """A bridge with a perfect arm, a pilot and a policy that are heard until told otherwise."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.bridge = Bridge(contract)
        self.now = 50.0
        self.measured = contract.robot.home_positions.copy()
        self.hand: list[float] = []
        self.window: Reference | None = None
        self.sequence = 0
        self.hears = {"joints", "pilot", "policy"}
        self.bridge.activate()

    def advance(self, duration: float) -> Command:
        command = Command()
        for _ in range(round(duration / STEP)):
            command = self.step()
        return command

    def step(self) -> Command:
        self.sample()
        if "joints" in self.hears:
            self.bridge.watch.hear_joints(self.now, self.measured)
        if "pilot" in self.hears:
            self.bridge.watch.hear_pilot(self.now)
        if "policy" in self.hears:
            self.bridge.watch.hear_policy(self.now)
        command = self.bridge.tick(self.now, self.now)
        self.take(command)
        self.now = round(self.now + STEP, 6)
        return command

    def sample(self) -> None:
        if self.window is not None:
            self.measured = self.window.sample(self.now).position

    def take(self, command: Command) -> None:
        if command.motion is not None:
            self.window = command.motion
        self.hand += command.grippers.values()

    def begin(self, *, shadow: bool = False, confirm: bool = False) -> None:
        self.advance(0.1)
        self.bridge.open("e1", self.now, self.now, shadow=shadow, confirm=confirm, speed=1.0)
        self.advance(0.1)
        self.bridge.run("e1", self.now)

    def chunk(self, **changes: object) -> ActionChunk:
        policy = self.contract.policy
        rows = np.zeros((policy.horizon, len(policy.dimension_names)))
        rows[:, 0] = 0.01 * np.arange(1, policy.horizon + 1)
        rows[:, -1] = 1.0
        good = ActionChunk(
            stamp=self.now - 0.1,
            rows=rows,
            dimension_names=policy.dimension_names,
            dt=policy.dt,
            first_row_offset=policy.dt * policy.first_row,
            state_names=self.contract.robot.joint_names,
            state=self.measured,
            inputs={"front": self.now - 0.1},
            episode_id="e1",
            sequence=self.sequence,
            profile_hash=self.contract.hash,
        )
        self.sequence += 1
        return replace(good, **changes)

    def receive(self, **changes: object) -> None:
        self.bridge.receive(self.chunk(**changes), self.now)
