from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import NormalisationError
from steadyhand.observation.observation import Observation
from steadyhand.policies import factory
from steadyhand.policies.hold import HoldPolicy
from steadyhand.policies.normalised import NormalisedPolicy
from steadyhand.policies.policy import InferenceContext
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.normalisation import Normalisation

MEAN, STD = [0.1, 0.2, 0.3, 0.0], [0.5, 0.5, 0.25, 2.0]
SCALING = Normalisation.model_validate(
    {
        "method": "mean_std",
        "epsilon": 0.0,
        "state": {"mean": [0.3, 0.0, 0.5, 0.0, 1.0, 0.5], "std": [0.1] * 6},
        "action": {"mean": [*MEAN, 0.5], "std": [*STD, 1.0], "mask": [True] * 4 + [False]},
    }
)


class Recorder:
    """Remembers what it is asked, and answers with ones."""

    def __init__(self, width: int = 5) -> None:
        self.asked: list[tuple[Observation, InferenceContext]] = []
        self.resets = 0
        self._width = width

    def infer(self, observation: Observation, context: InferenceContext) -> ActionChunk:
        self.asked.append((observation, context))
        return ActionChunk(
            observation.stamp, np.ones((16, self._width)), (), 0.1, 0.1, (), observation.joint_positions, seed=3
        )

    def reset(self) -> None:
        self.resets += 1


@pytest.fixture
def scaled(contract: Contract) -> Contract:
    return replace(contract, policy=contract.policy.model_copy(update={"normalisation": SCALING}))


def test_the_network_sees_scaled_states_and_its_rows_leave_in_physical_units(
    scaled: Contract, observation: Observation
) -> None:
    network = Recorder()
    chunk = NormalisedPolicy(network, scaled).infer(observation, InferenceContext())
    seen, _ = network.asked[0]
    assert_allclose(seen.state, (observation.state - SCALING.state.mean) / 0.1)
    assert seen.images is observation.images and seen.stamp == observation.stamp
    assert_allclose(chunk.rows, np.tile([*np.add(MEAN, STD), 1.0], (16, 1)))
    assert chunk.seed == 3 and chunk.stamp == observation.stamp


def test_a_prefix_reaches_the_network_as_it_left_it(scaled: Contract, observation: Observation) -> None:
    network = Recorder()
    policy = NormalisedPolicy(network, scaled)
    rows = policy.infer(observation, InferenceContext()).rows
    policy.infer(observation, InferenceContext(prefix=rows[4:8], delay=4, seed=9))
    _, context = network.asked[1]
    assert_allclose(context.prefix, np.ones((4, 5)))
    assert (context.delay, context.seed) == (4, 9)


def test_resets_reach_the_network(scaled: Contract) -> None:
    network = Recorder()
    NormalisedPolicy(network, scaled).reset()
    assert network.resets == 1


def test_rows_of_another_width_are_an_error_that_names_the_columns(scaled: Contract, observation: Observation) -> None:
    with pytest.raises(NormalisationError, match="5 elements, x, y, z, yaw, hand"):
        NormalisedPolicy(Recorder(width=7), scaled).infer(observation, InferenceContext())


def test_only_backends_that_compute_in_normalised_units_are_wrapped(
    scaled: Contract, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(factory.BACKENDS, "onnx", (__name__, "make_recorder"))
    assert isinstance(factory.make_policy(scaled), NormalisedPolicy)
    assert isinstance(factory.make_policy(contract), Recorder)
    held = replace(scaled, policy=scaled.policy.model_copy(update={"backend": "hold"}))
    assert isinstance(factory.make_policy(held), HoldPolicy)


def make_recorder(contract: Contract) -> Recorder:
    return Recorder()
