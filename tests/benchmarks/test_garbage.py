"""Garbage in: the windows that the bridge hands over keep every limit, and garbage is refused by code."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.benchmarks.garbage import Extremes, Ordeal, summary
from steadyhand.benchmarks.mischief import MISCHIEF
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.limits import Extrema
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Recovery
from steadyhand.execution.reference import Reference
from steadyhand.profiles.contract import load_deployment

_CONTRACT = load_deployment("panda_embedded")
_STEP = 0.05


class Arm:
    """An arm that follows perfectly, and an operator who resumes at once."""

    def __init__(self) -> None:
        self.bridge = Bridge(_CONTRACT)
        self.now, self.sequence = 50.0, 0
        self.measured = _CONTRACT.robot.home_positions.copy()
        self.windows: list[tuple[float, Reference]] = []
        self.bridge.activate()
        self.advance()
        self.bridge.open("e", self.now, self.now, shadow=False, speed=1.0)
        self.advance()
        self.bridge.run("e", self.now)

    def advance(self) -> None:
        self.now = round(self.now + _STEP, 6)
        if self.windows:
            self.measured = self.windows[-1][1].sample(self.now).position
        watch, executor = self.bridge.watch, self.bridge.executor
        watch.hear_joints(self.now, self.measured)
        watch.hear_pilot(self.now)
        watch.hear_policy(self.now)
        reason = executor.reason if executor.phase is Phase.HELD else None
        if reason is not None and reason.recovery is Recovery.RESUME:
            self.bridge.resume(self.now, self.now)
        self.tick()

    def receive(self, chunk: ActionChunk) -> None:
        self.bridge.receive(chunk, self.now)
        self.tick()

    def tick(self) -> None:
        motion = self.bridge.tick(self.now, self.now).motion
        if motion is not None:
            self.windows.append((self.now, motion))

    def sound(self, direction: np.ndarray) -> ActionChunk:
        rows = np.zeros((_CONTRACT.policy.horizon, len(_CONTRACT.policy.dimension_names)))
        rows[:, :3] = 0.02 * np.arange(1, len(rows) + 1)[:, None] * direction
        self.sequence += 1
        return ActionChunk(
            self.now - 0.1,
            rows,
            _CONTRACT.policy.dimension_names,
            _CONTRACT.policy.dt,
            _CONTRACT.policy.dt * _CONTRACT.policy.first_row,
            _CONTRACT.robot.joint_names,
            self.measured,
            episode_id="e",
            sequence=self.sequence,
            profile_hash=_CONTRACT.hash,
        )


@settings(max_examples=6)
@given(st.integers(0, 100_000), st.lists(st.sampled_from(sorted(MISCHIEF)), min_size=4, max_size=6))
def test_whatever_comes_every_window_keeps_the_limits(seed: int, sorts: list[str]) -> None:
    random, arm, robot = np.random.default_rng(seed), Arm(), _CONTRACT.robot
    for sort in sorts:
        direction = random.normal(size=3)
        for make in (None, MISCHIEF[sort]):
            chunk = arm.sound(direction / np.linalg.norm(direction))
            arm.receive(chunk if make is None else make(chunk, random))
            for _ in range(int(random.integers(1, 12))):
                arm.advance()
    followed = None
    for now, window in arm.windows:
        found = Extrema(window)
        assert np.all(found.lowest >= robot.lower) and np.all(found.highest <= robot.upper)
        assert np.all(found.speed <= robot.velocity * 1.001)
        assert np.all(found.acceleration <= np.maximum(robot.acceleration, robot.brake_acceleration) * 1.001)
        if followed is not None:
            assert_allclose(window.sample(now).position, followed.sample(now).position, atol=1e-6)
        followed = window


_PASSABLE = {"somewhat old stamp", "state that lies", "noise", "offset", "one wild row", "signs flipped", "rest"}
_PASSABLE |= {"random walk", "circles at the limit", "flight and stop", "chattering", "rows reversed", "rows shuffled"}


@pytest.mark.parametrize("sort", sorted(set(MISCHIEF) - _PASSABLE - {"other episode"}))
def test_what_cannot_be_meant_is_refused_and_counted(sort: str) -> None:
    arm = Arm()
    chunk = arm.sound(np.array([0.6, 0.0, -0.8]))
    arm.bridge.receive(replace(chunk, sequence=chunk.sequence), arm.now)
    arm.advance()
    again = arm.sound(np.array([0.6, 0.0, -0.8]))
    arm.bridge.receive(MISCHIEF[sort](again, np.random.default_rng(1)), arm.now)
    assert arm.bridge.refused == 1
    assert sum(arm.bridge.executor.refusals.values()) >= 1


def test_an_episode_that_was_noted_reads_as_it_was() -> None:
    ordeal = Ordeal(7, "noise", Extremes(-0.2, 0.5, 0.6, -0.1), reasons={"WORKSPACE": 2})
    assert Ordeal.read(json.loads(json.dumps(asdict(ordeal)))) == ordeal


def test_what_pushes_an_arm_is_told_apart_but_its_position_and_velocity_are_judged_all_the_same() -> None:
    free = Extremes(-0.2, 0.5, 0.6, -0.1)
    pushed = Ordeal(1, "noise", free, Extremes(-0.2, 1.1, 1.5, -0.1), "panda_hand and world")
    sudden = Ordeal(2, "rest", Extremes(-0.2, 0.5, 1.2, -0.1))
    found = summary([pushed, sudden, Ordeal(3, "noise", free)])
    assert found["violations"] == {"position": 0, "velocity": 1, "acceleration": 1, "acceleration_touching": 1}
    assert found["touched"] == {"panda_hand and world": 1}
    assert found["touching"] == 1
