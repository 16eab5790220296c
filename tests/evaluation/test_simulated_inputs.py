from dataclasses import replace

import numpy as np
import pytest

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.evaluation.closed_loop import ClosedLoop
from steadyhand.evaluation.simulated_inputs import SimulatedInputs
from steadyhand.observation.observation import Observation
from steadyhand.policies.factory import make_policy
from steadyhand.policies.policy import InferenceContext
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.policy import History
from steadyhand.simulation.robot import PERIOD, Capture, JointSample
from steadyhand.simulation.world import World


class Shade:
    """A renderer whose images are as bright as the first coordinate says, in hundredths."""

    def render(self, configuration: np.ndarray, camera: str) -> np.ndarray:
        del camera
        return np.full((480, 640, 3), round(100.0 * float(configuration[0])), dtype=np.uint8)


def looking_back(contract: Contract, steps: int, interval: float) -> Contract:
    policy = contract.policy.model_copy(update={"history": History(steps=steps, interval=interval)})
    return replace(contract, policy=policy)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def play(inputs: SimulatedInputs, world: World, ticks: int, every: int) -> list[bool]:
    """Let the first coordinate rise by 0.01 a period, with a capture in some; return whether there was enough."""
    enough = []
    for tick in range(1, ticks + 1):
        positions = np.full(len(world.joint_names), 0.01 * tick)
        sample = JointSample(tick * PERIOD, positions, np.zeros_like(positions), np.zeros_like(positions))
        capture = Capture(sample.stamp, np.full(64, 0.01 * tick)) if tick % every == 0 else None
        inputs.hear(sample, capture)
        if capture is not None:
            enough.append(inputs.reach_back)
    return enough


@pytest.mark.parametrize(("interval", "expected"), [(0.06, (0.54, 0.6)), (0.05, (0.54, 0.6)), (0.1, (0.48, 0.6))])
def test_every_step_has_the_newest_capture_before_it(
    contract: Contract, world: World, interval: float, expected: tuple[float, float]
) -> None:
    inputs = SimulatedInputs(looking_back(contract, 2, interval), world, Shade())
    play(inputs, world, 60, every=3)
    seen = inputs.observe("pick up the red cube")
    for image in seen.images.values():
        assert image.shape == (2, 96, 96, 3)
        assert [int(step[0, 0, 0]) for step in image] == [round(100.0 * value) for value in expected]
    assert seen.stamp == pytest.approx(0.6)


def test_the_joints_of_a_step_are_those_of_its_time_and_not_of_its_image(contract: Contract, world: World) -> None:
    inputs = SimulatedInputs(looking_back(contract, 3, 0.045), world, Shade())
    play(inputs, world, 60, every=3)
    opening = inputs.observe("").state[:, -1]
    steps = np.diff(opening)
    assert steps[0] == pytest.approx(steps[1], rel=1e-6) and abs(steps[0]) > 0.0


def test_what_is_not_there_yet_is_waited_for_and_nothing_is_left_of_an_episode_before(
    contract: Contract, world: World
) -> None:
    inputs = SimulatedInputs(looking_back(contract, 2, 0.1), world, Shade())
    for _ in range(2):
        assert play(inputs, world, 18, every=3) == [False, False, False, False, True, True]
        inputs.clear()
    alone = SimulatedInputs(contract, world, Shade())
    assert all(play(alone, world, 18, every=3))
    assert alone.observe("").state.ndim == 1


def test_a_policy_with_a_history_runs_in_the_closed_loop(contract: Contract, world: World) -> None:
    policy = contract.policy.model_copy(update={"backend": "hold", "arguments": {}})
    holding = looking_back(replace(contract, policy=policy), 2, 0.1)
    seen: list[Observation] = []

    class Onlooker:
        def __init__(self) -> None:
            self._policy = make_policy(holding)

        def reset(self) -> None:
            self._policy.reset()

        def infer(self, observation: Observation, context: InferenceContext) -> ActionChunk:
            seen.append(observation)
            return self._policy.infer(observation, context)

    verdict = ClosedLoop(holding, Onlooker(), world, Shade(), timeout=1.5).run(3, "pick up the red cube")
    assert verdict.chunks == len(seen) >= 1 and verdict.refused == 0
    assert all(one.state.shape[0] == 2 and one.images["front"].shape[0] == 2 for one in seen)
