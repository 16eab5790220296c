"""The gate: the full check of a chunk, from its receipt to the reference that contains it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.benchmarks.scenario import Swing, free_start, joint_space_contract, random_swing
from steadyhand.benchmarks.stopwatch import Stopwatch
from steadyhand.chunks.arm import arm_model
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.phase import Phase
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]

_TICK = 0.05
_DELAY = 0.1  # from the observation to the receipt of its chunk [s]
_CHUNKS = 6  # in an episode; the first begins from rest
_TICKS = 4  # between two chunks
_WARM_UP = 3  # episodes
SHARES = {"kept": (0.2, 1.0), "too fast": (1.1, 1.6)}
"""Peak speed of the chunks' motions, as shares of the limits: as policies move, and as they should not."""


def measure(chunks: int, seed: int = 0) -> dict[str, Any]:
    """Hand chunks of random smooth motions to the bridge's own check, in motion and at 10 Hz of observations.

    The check is that of `Bridge.receive`: names, width, finite values, timing, ages and state of the chunk, meaning,
    position limits of the rows, start jump, velocity, acceleration, jerk and position on the polynomials of the spliced
    reference and of its braking tail, collisions of the arm with itself and with the table.

    Args:
        chunks: Number of each kind.
        seed: Of the motions.

    Returns:
        ``rows`` and ``columns`` of a chunk; for every outcome (``passed``, ``slowed``, ``refused``) and for ``all``
        together ``count``, ``wall_ms`` and ``cpu_ms``; ``refusals``: how often each reason was given.
    """
    contract = joint_space_contract()
    trial = _Trial(contract, np.random.default_rng(seed))
    for _ in range(_WARM_UP):
        trial.play(0.5)
    trial.reset()
    for low, high in SHARES.values():
        for _ in range(-(-chunks // _CHUNKS)):
            trial.play(trial.random.uniform(low, high))
    shape = (contract.policy.horizon, len(contract.policy.dimension_names))
    return {"rows": shape[0], "columns": shape[1], "seed": seed, **trial.result()}


class _Trial:
    """A bridge with an arm that follows, and what its checks took."""

    def __init__(self, contract: Contract, random: np.random.Generator) -> None:
        self.random = random
        self._contract = contract
        self._forward = arm_model(contract).forward
        self._bridge = Bridge(contract)
        self._now = 1.7e9
        self._episodes = 0
        self._bridge.activate()
        self.reset()

    def reset(self) -> None:
        """Forget what was measured."""
        self._times = {outcome: Stopwatch() for outcome in ("passed", "slowed", "refused")}
        self._refusals: Counter[str] = Counter()

    def result(self) -> dict[str, Any]:
        """Return what was measured since the last reset."""
        together = Stopwatch()
        for times in self._times.values():
            together.wall += times.wall
            together.cpu += times.cpu
        outcomes = {outcome: times.result() for outcome, times in self._times.items()}
        return {"all": together.result(), **outcomes, "refusals": dict(self._refusals)}

    def play(self, share: float) -> None:
        """Play an episode whose motion peaks at ``share`` of the limits; it ends with the first refusal."""
        robot = self._contract.robot
        swing = random_swing(robot, self.random, share, free_start(robot, self.random, self._forward, 0.3))
        bridge, name = self._bridge, f"episode {self._episodes}"
        self._episodes += 1
        # The arm stands elsewhere now: it was moved while the bridge held.
        self._hear(swing.start)
        bridge.tick(self._now, self._now)
        bridge.open(name, self._now, self._now, shadow=False, speed=1.0)
        bridge.run(name, self._now)
        begun = self._now
        lag = 0.0
        for sequence in range(_CHUNKS):
            chunk = self._chunk(swing, begun + lag, name, sequence)
            before = bridge.executor.refusals.copy()
            watch = Stopwatch()
            with watch.lap():
                bridge.receive(chunk, self._now)
            refused = bridge.refused > 0
            if refused:
                outcome = "refused"
                self._refusals.update(map(str, bridge.executor.refusals - before))
            else:
                assert bridge.executor.stitched is not None
                outcome = "slowed" if bridge.executor.stitched.stretch > 1.0 + 1e-9 else "passed"
                lag += bridge.executor.stitched.lag
            self._times[outcome].wall += watch.wall
            self._times[outcome].cpu += watch.cpu
            if refused:
                break
            self._advance(_TICKS)
        bridge.close(self._now)
        while bridge.executor.phase is not Phase.HELD:
            self._advance(1)

    def _chunk(self, swing: Swing, begun: float, episode: str, sequence: int) -> ActionChunk:
        policy, robot = self._contract.policy, self._contract.robot
        stamp = self._now - _DELAY
        times = stamp + policy.first_row * policy.dt + policy.dt * np.arange(policy.horizon) - begun
        return ActionChunk(
            stamp=stamp,
            rows=swing.positions(np.maximum(times, 0.0)),
            dimension_names=policy.dimension_names,
            dt=policy.dt,
            first_row_offset=policy.first_row * policy.dt,
            state_names=robot.joint_names,
            state=swing.positions(np.array([max(stamp - begun, 0.0)]))[0],
            inputs={"front": stamp, "wrist": stamp, "state": stamp},
            episode_id=episode,
            sequence=sequence,
            policy=policy.name,
            profile_hash=self._contract.hash,
        )

    def _advance(self, ticks: int) -> None:
        for _ in range(ticks):
            self._now += _TICK
            reference = self._bridge.executor.reference
            assert reference is not None
            self._hear(reference.sample(self._now).position)
            self._bridge.tick(self._now, self._now)

    def _hear(self, positions: Array) -> None:
        self._bridge.watch.hear_joints(self._now, positions)
        self._bridge.watch.hear_pilot(self._now)
        self._bridge.watch.hear_policy(self._now)
