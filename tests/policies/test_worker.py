from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from queue import SimpleQueue
from typing import Any

import numpy as np
import pytest

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.observation.exceptions import ImageError
from steadyhand.observation.observation import Observation
from steadyhand.policies.exceptions import OutputError
from steadyhand.policies.hold import HoldPolicy
from steadyhand.policies.policy import InferenceContext
from steadyhand.policies.worker import Inference, InferenceWorker, check_output
from steadyhand.profiles.contract import Contract

Answer = tuple[ActionChunk | None, str]


class Puppet:
    """A policy that does what the test says."""

    def __init__(self, act: Callable[[Observation], Any]) -> None:
        self.act = act
        self.resets = 0

    def infer(self, observation: Observation, context: InferenceContext) -> Any:
        return self.act(observation)

    def reset(self) -> None:
        self.resets += 1


@pytest.fixture
def hold(contract: Contract) -> HoldPolicy:
    return HoldPolicy(contract)


@pytest.fixture
def begin(contract: Contract, observation: Observation) -> Iterator[Callable[..., Answer]]:
    workers: list[InferenceWorker] = []

    def make(policy: Any, *, reset: bool = False, observe: Callable[[], Observation] = lambda: observation) -> Answer:
        worker = InferenceWorker(policy, contract)
        workers.append(worker)
        answers: SimpleQueue[Answer] = SimpleQueue()
        inference = Inference(
            12.5, observe, InferenceContext(seed=5), lambda chunk, text: answers.put((chunk, text)), reset=reset
        )
        assert worker.begin(inference)
        return answers.get(timeout=10.0)

    yield make
    for worker in workers:
        worker.stop(1.0)


def test_a_chunk_says_what_it_is_made_of(
    begin: Callable[..., Answer], hold: HoldPolicy, observation: Observation, contract: Contract
) -> None:
    careless = Puppet(
        lambda seen: replace(hold.infer(seen, InferenceContext()), stamp=0.0, inputs={}, profile_hash="", seed=0)
    )
    chunk, complaint = begin(careless)
    assert complaint == "" and chunk is not None
    assert (chunk.stamp, chunk.inputs, chunk.seed) == (12.5, observation.inputs, 5)
    assert (chunk.policy, chunk.profile_hash) == ("embedded", contract.hash)
    assert (chunk.dt, chunk.first_row_offset, chunk.dimension_names) == (0.1, 0.1, contract.policy.dimension_names)
    assert chunk.state_names == observation.joint_names
    assert np.array_equal(chunk.state, observation.joint_positions)
    assert 0.0 < chunk.latency < 5.0


def test_the_context_is_completed_with_the_observation_and_the_chunk_says_so(
    contract: Contract, observation: Observation, hold: HoldPolicy
) -> None:
    heard: list[InferenceContext] = []

    class Listener(Puppet):
        def infer(self, observation: Observation, context: InferenceContext) -> Any:
            heard.append(context)
            return hold.infer(observation, context)

    def commit(seen: Observation, context: InferenceContext) -> InferenceContext:
        assert seen is observation
        return replace(context, prefix=np.zeros((9, 5)), delay=3)

    worker = InferenceWorker(Listener(lambda _seen: None), contract)
    answers: SimpleQueue[Answer] = SimpleQueue()
    order = Inference(
        12.5,
        lambda: observation,
        InferenceContext(seed=5),
        lambda chunk, text: answers.put((chunk, text)),
        commit=commit,
    )
    assert worker.begin(order)
    chunk, complaint = answers.get(timeout=10.0)
    worker.stop(1.0)
    assert complaint == "" and chunk is not None
    assert (heard[0].seed, heard[0].delay) == (5, 3)
    assert chunk.prefix_length == 3, "what may still change is not counted"


def raising(error: Exception) -> Callable[[Observation], Any]:
    def act(_seen: Observation) -> Any:
        raise error

    return act


def test_a_policy_that_raises_costs_its_chunk_and_says_why(begin: Callable[..., Answer]) -> None:
    assert begin(Puppet(raising(RuntimeError("out of memory")))) == (
        None,
        "policy 'embedded' raised RuntimeError: out of memory",
    )


def test_an_observation_that_cannot_be_made_costs_its_chunk(begin: Callable[..., Answer], hold: HoldPolicy) -> None:
    def observe() -> Observation:
        raise ImageError("/camera: damaged")

    assert begin(hold, observe=observe) == (None, "/camera: damaged")


@pytest.mark.parametrize("shape", [(15, 5), (16, 4), (5, 16), (80,), (1, 16, 5)])
def test_a_wrong_shape_is_refused_with_both_shapes(
    begin: Callable[..., Answer], hold: HoldPolicy, shape: tuple[int, ...]
) -> None:
    wrong = Puppet(lambda seen: replace(hold.infer(seen, InferenceContext()), rows=np.zeros(shape)))
    chunk, complaint = begin(wrong)
    assert chunk is None and str(shape) in complaint and "(16, 5)" in complaint


def test_what_is_no_chunk_is_refused(contract: Contract) -> None:
    with pytest.raises(OutputError, match="ndarray"):
        check_output(np.zeros((16, 5)), contract)  # type: ignore[arg-type]


def test_the_policy_forgets_where_it_is_told_to(begin: Callable[..., Answer], hold: HoldPolicy) -> None:
    puppet = Puppet(lambda seen: hold.infer(seen, InferenceContext()))
    begin(puppet)
    assert puppet.resets == 0
    begin(puppet, reset=True)
    assert puppet.resets == 1


def test_one_inference_at_a_time_and_its_stamp_is_known(
    contract: Contract, observation: Observation, hold: HoldPolicy
) -> None:
    release, answers = threading.Event(), SimpleQueue[Answer]()

    def act(seen: Observation) -> ActionChunk:
        release.wait(10.0)
        return hold.infer(seen, InferenceContext())

    worker = InferenceWorker(Puppet(act), contract)
    inference = Inference(12.5, lambda: observation, InferenceContext(), lambda *answer: answers.put(answer))
    assert worker.stamp is None
    assert worker.begin(inference) and not worker.begin(inference)
    assert worker.stamp == 12.5
    release.set()
    assert answers.get(timeout=10.0)[0] is not None
    assert worker.stop(5.0) and worker.stamp is None


def test_a_receiver_that_raises_does_not_end_the_worker(
    contract: Contract, observation: Observation, hold: HoldPolicy, caplog: pytest.LogCaptureFixture
) -> None:
    worker = InferenceWorker(hold, contract)
    called, answers = threading.Event(), SimpleQueue[Answer]()

    def refuse(chunk: ActionChunk | None, complaint: str) -> None:
        called.set()
        raise RuntimeError("shut down")

    assert worker.begin(Inference(12.5, lambda: observation, InferenceContext(), refuse))
    called.wait(10.0)
    good = Inference(12.6, lambda: observation, InferenceContext(), lambda *answer: answers.put(answer))
    while not worker.begin(good):
        pass
    assert answers.get(timeout=10.0)[0] is not None
    worker.stop(5.0)


def test_a_policy_that_hangs_does_not_hold_the_end(contract: Contract, observation: Observation) -> None:
    release = threading.Event()
    worker = InferenceWorker(Puppet(lambda _seen: release.wait(30.0)), contract)
    worker.begin(Inference(12.5, lambda: observation, InferenceContext(), lambda *_answer: None))
    assert not worker.stop(0.05)
    release.set()
