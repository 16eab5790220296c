from __future__ import annotations

import gc
import weakref

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario import WRIST, bits, give, in_message, live, scenario

from steadyhand.chunks.arm import arm_model
from steadyhand.observation.images import RawImage
from steadyhand.observation.replay import ObservationReplay
from steadyhand.profiles.contract import Contract


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1000), st.randoms(use_true_random=False))
def test_stamps_and_messages_in_any_order_give_the_same_bits(recorded: Contract, seed: int, order: object) -> None:
    messages = scenario(seed, duration=0.8)
    observations = live(recorded, messages)
    assert len(observations) > 3
    assert observations[0].images["front"].shape == (2, 20, 30, 3) and observations[0].state.shape == (2, 18)
    wanted = [in_message(observation.inputs) for observation in observations]
    replay = ObservationReplay(recorded, wanted, arm_model(recorded), "pick up the red cube")
    order.shuffle(messages)
    found = {}
    for message in messages:
        give(message, replay)
        found.update({one.index: one.observation for one in replay.completed()})
    assert not replay.incomplete()
    for index, observation in enumerate(observations):
        assert bits(found[index]) == bits(observation)


def test_what_live_did_not_receive_is_not_used_though_it_was_recorded(recorded: Contract) -> None:
    messages = scenario(5, duration=0.8)
    heard = [message for index, message in enumerate(messages) if index % 7]
    observations = live(recorded, heard)
    replay = ObservationReplay(
        recorded, [one.inputs for one in observations], arm_model(recorded), "pick up the red cube"
    )
    for message in messages:
        give(message, replay)
    found = {one.index: one.observation for one in replay.completed()}
    assert len(found) == len(observations) > 3
    for index, observation in enumerate(observations):
        assert bits(found[index]) == bits(observation)


def test_inputs_that_were_not_recorded_are_named(recorded: Contract) -> None:
    messages = scenario(3, duration=0.8)
    observations = live(recorded, messages)
    lost = observations[0].inputs["wrist"]
    replay = ObservationReplay(recorded, [one.inputs for one in observations], arm_model(recorded))
    for message in messages:
        if not (message.topic == WRIST and abs(message.time - 0.11 - lost) < 1e-6):
            give(message, replay)
    complete = {one.index for one in replay.completed()}
    missing = {one.index: one.missing for one in replay.incomplete()}
    assert missing[0] == ("wrist",)
    assert complete.isdisjoint(missing) and complete | missing.keys() == set(range(len(observations)))
    for index, observation in enumerate(observations):
        uses = {name for name, stamp in observation.inputs.items() if name.startswith("wrist") and stamp == lost}
        assert set(missing.get(index, ())) == uses


def test_a_stamp_that_is_not_among_the_inputs_is_missing(recorded: Contract) -> None:
    replay = ObservationReplay(recorded, [{"state": 1.0}], arm_model(recorded))
    assert not list(replay.completed())
    assert {"front", "wrist[-1]", "state/arm/before", "commanded/arm/before[-1]"} <= set(replay.incomplete()[0].missing)


def test_no_message_outlives_its_observations(recorded: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    messages = scenario(1, duration=0.8)
    observations = live(recorded, messages)
    replay = ObservationReplay(recorded, [one.inputs for one in observations], arm_model(recorded))
    taken: list[weakref.ref[RawImage]] = []
    add_image = replay.add_image

    def watched(key: str, stamp: float, raw: RawImage) -> None:
        taken.append(weakref.ref(raw))
        add_image(key, stamp, raw)

    monkeypatch.setattr(replay, "add_image", watched)
    for message in messages:
        give(message, replay)
        assert len([one for one in taken if one() is not None]) <= 2 * 2 * len(observations)
    assert any(one() is not None for one in taken)
    assert len(list(replay.completed())) == len(observations)
    gc.collect()
    assert not [one for one in taken if one() is not None]
