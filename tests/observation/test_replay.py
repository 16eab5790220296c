from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario import SIZE, WRIST, Message, give, scenario

from steadyhand.chunks.arm import arm_model
from steadyhand.observation.assembly import ObservationAssembler
from steadyhand.observation.exceptions import ObservationError
from steadyhand.observation.images import RawImage
from steadyhand.observation.observation import Observation
from steadyhand.observation.replay import ObservationReplay
from steadyhand.observation.stamps import seconds
from steadyhand.profiles.contract import Contract


@pytest.fixture(scope="session")
def recorded(contract: Contract, altered: Callable[..., Contract]) -> Contract:
    """A policy with a history, of measured and commanded state, with every stream late in its own way."""
    camera = {"height": SIZE[0], "width": SIZE[1], "rate": 25.0}
    images = contract.deployment.model_dump()["images"]
    images["front"] |= {"latency": 0.07, "rotate": 90, "tolerance": 0.08}
    images["wrist"] |= {"transport": "compressed", "topic": WRIST, "tolerance": 0.08}
    hand = contract.robot.grippers["hand"].model_dump() | {"state_latency": 0.013}
    return altered(
        robot={"cameras": {"front": camera, "wrist": camera | {"latency": 0.11}}, "grippers": {"hand": hand}},
        policy={
            "history": {"steps": 2, "interval": 0.1},
            "images": {key: {"width": 30, "height": 20, "resize": "pad"} for key in ("front", "wrist")},
            "state": [
                {"kind": "end_effector_position"},
                {"kind": "joint_velocity"},
                {"kind": "gripper", "gripper": "hand"},
                {"kind": "joint_position", "source": "commanded"},
            ],
        },
        deployment={"images": images},
    )


def live(contract: Contract, messages: list[Message]) -> list[Observation]:
    """What the node would have observed, looking once after every fifth message."""
    assembler = ObservationAssembler(contract, arm_model(contract))
    observations: list[Observation] = []
    for index, message in enumerate(messages):
        give(message, assembler)
        if index % 5 == 0:
            try:
                selection = assembler.select(max(one.time for one in messages[: index + 1]))
            except ObservationError:
                continue
            if not observations or selection.stamp > observations[-1].stamp:
                observations.append(assembler.assemble(selection, "pick up the red cube"))
    return observations


def in_message(inputs: dict[str, float]) -> dict[str, float]:
    """The stamps as a chunk's message carries them, in whole nanoseconds."""
    return {name: seconds(*divmod(round(stamp * 1e9), 1_000_000_000)) for name, stamp in inputs.items()}


def bits(observation: Observation) -> dict[str, object]:
    return {
        "stamp": observation.stamp.hex(),
        "images": {key: (image.shape, image.tobytes()) for key, image in observation.images.items()},
        "state": observation.state.tobytes(),
        "positions": observation.joint_positions.tobytes(),
        "names": observation.joint_names,
        "instruction": observation.instruction,
        "inputs": {name: float(stamp).hex() for name, stamp in observation.inputs.items()},
    }


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
