from __future__ import annotations

import contextlib
from collections.abc import Callable

import numpy as np
import pytest

from steadyhand.chunks.arm import arm_model
from steadyhand.observation.assembly import ObservationAssembler
from steadyhand.observation.exceptions import ImageError, ObservationError
from steadyhand.observation.images import RawImage
from steadyhand.profiles.contract import Contract

NAMES = (*(f"panda_joint{index}" for index in range(1, 8)), "panda_finger_joint1")


def raw(value: int = 0, height: int = 480, width: int = 640) -> RawImage:
    return RawImage("/camera", "rgb8", np.full(height * width * 3, value, np.uint8), height, width, width * 3)


class Rig:
    """An assembler, fed like the node feeds it."""

    def __init__(self, contract: Contract) -> None:
        posed = any(term.kind.startswith("end_effector") for term in contract.policy.state)
        self.assembler = ObservationAssembler(contract, arm_model(contract) if posed else None)
        self.latency = contract.robot.joint_states.latency

    def joints(self, *stamps: float) -> Rig:
        """Measure joint 1 at 0.1 rad/s; stamps are of measurement, which the message's follow by the latency."""
        for stamp in stamps:
            positions = [0.1 * stamp, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785, 0.04]
            self.assembler.add_joint_state(stamp + self.latency, NAMES, positions, [0.1] + [0.0] * 7)
        return self

    def image(self, key: str, *stamps: float, value: int = 0) -> Rig:
        for stamp in stamps:
            self.assembler.add_image(key, stamp, raw(value))
        return self

    def code(self, now: float) -> tuple[str, str]:
        with pytest.raises(ObservationError) as caught:
            self.assembler.select(now)
        return caught.value.code, str(caught.value)


@pytest.fixture
def rig(contract: Contract) -> Rig:
    return Rig(contract)


def test_everything_belongs_to_one_capture_time(rig: Rig, contract: Contract) -> None:
    rig.joints(*np.arange(9.9, 10.2, 0.01)).image("front", 10.0, 10.033).image("wrist", 10.0, 10.033)
    selection = rig.assembler.select(10.05)
    observation = rig.assembler.assemble(selection, "pick up the red cube")
    assert observation.stamp == 10.033
    assert observation.inputs == {
        "front": 10.033,
        "wrist": 10.033,
        "state": 10.033,
        "state/arm/before": pytest.approx(10.03),
        "state/arm/after": pytest.approx(10.04),
        "state/gripper hand/before": pytest.approx(10.03),
        "state/gripper hand/after": pytest.approx(10.04),
    }
    assert observation.joint_names == NAMES and observation.instruction == "pick up the red cube"
    assert observation.joint_positions[0] == pytest.approx(1.0033)
    assert {key: image.shape for key, image in observation.images.items()} == dict.fromkeys(
        contract.policy.images, (96, 96, 3)
    )


def test_the_slower_camera_sets_the_time_and_the_other_gives_what_it_saw_before(rig: Rig) -> None:
    rig.joints(*np.arange(9.9, 10.2, 0.01)).image("front", 10.0, 10.033, 10.066).image("wrist", 10.01, 10.04)
    selection = rig.assembler.select(10.07)
    assert selection.stamp == 10.04
    assert {key: sample.stamp for key, sample in selection.moments[0].images.items()} == {
        "front": 10.033,
        "wrist": 10.04,
    }


def test_cameras_that_are_further_apart_than_their_period_are_refused(rig: Rig) -> None:
    rig.joints(*np.arange(9.9, 10.3, 0.01)).image("front", 10.0, 10.2).image("wrist", 10.1)
    code, message = rig.code(10.2)
    assert code == "IMAGES_APART" and "front" in message


def test_a_cameras_latency_is_taken_off_its_stamps(altered: Callable[..., Contract]) -> None:
    cameras = {
        name: {"frame": "", "width": 640, "height": 480, "rate": 30.0, "latency": latency}
        for name, latency in (("front", 0.1), ("wrist", 0.02))
    }
    rig = Rig(altered(robot={"cameras": cameras}))
    rig.joints(*np.arange(9.7, 10.2, 0.01)).image("front", 10.1).image("wrist", 10.02)
    assert rig.assembler.select(10.12).stamp == pytest.approx(10.0)


def test_nothing_received_names_what_is_missing(rig: Rig) -> None:
    assert rig.code(10.0)[0] == "NO_IMAGE"
    rig.image("front", 10.0)
    code, message = rig.code(10.0)
    assert code == "NO_IMAGE" and "/wrist_camera/image_raw" in message
    rig.image("wrist", 10.0)
    code, message = rig.code(10.0)
    assert code == "NO_JOINT_STATE" and "/joint_states" in message


def test_a_frozen_camera_is_named(rig: Rig) -> None:
    rig.joints(*np.arange(9.9, 10.8, 0.01)).image("front", 10.0).image("wrist", 10.0, 10.7)
    code, message = rig.code(10.7)
    assert code == "OBSERVATION_STALE" and "front" in message and "0.700 s" in message


def test_frozen_joints_are_named(rig: Rig) -> None:
    rig.joints(*np.arange(9.5, 9.9, 0.01)).image("front", 10.0).image("wrist", 10.0)
    code, message = rig.code(10.01)
    assert code == "JOINT_STATE_BEHIND" and "/joint_states" in message


def test_stamps_of_another_clock_are_refused(rig: Rig) -> None:
    rig.joints(*np.arange(10.0, 10.4, 0.01)).image("front", 10.3).image("wrist", 10.3)
    assert rig.code(10.1)[0] == "OBSERVATION_FUTURE"


def test_a_clock_that_goes_back_clears_everything(rig: Rig) -> None:
    rig.joints(*np.arange(9.9, 10.2, 0.01)).image("front", 10.0).image("wrist", 10.0)
    rig.assembler.select(10.05)
    assert rig.code(3.0)[0] == "NO_IMAGE"
    rig.joints(*np.arange(2.9, 3.2, 0.01)).image("front", 3.0).image("wrist", 3.0)
    assert rig.assembler.select(3.05).stamp == 3.0


def test_a_policy_without_images_goes_by_its_joints(altered: Callable[..., Contract]) -> None:
    rig = Rig(altered(policy={"images": {}}, deployment={"images": {}})).joints(10.0, 10.01)
    assert rig.assembler.select(10.02).stamp == pytest.approx(10.01)


def test_a_masked_camera_is_black_and_not_waited_for(altered: Callable[..., Contract], contract: Contract) -> None:
    images = contract.deployment.model_dump()["images"] | {"wrist": {"masked": True}}
    rig = Rig(altered(deployment={"images": images})).joints(*np.arange(9.9, 10.1, 0.01)).image("front", 10.0, value=9)
    observation = rig.assembler.assemble(rig.assembler.select(10.01), "")
    assert not observation.images["wrist"].any() and observation.images["front"].all()
    assert "wrist" not in observation.inputs


def test_an_image_of_another_size_than_the_cameras_is_an_error(rig: Rig) -> None:
    rig.joints(*np.arange(9.9, 10.1, 0.01)).image("wrist", 10.0)
    rig.assembler.add_image("front", 10.0, raw(height=240, width=320))
    with pytest.raises(ImageError, match=r"320x240.*640x480"):
        rig.assembler.assemble(rig.assembler.select(10.01), "")


def test_commanded_joints_are_waited_for_where_the_state_wants_them(altered: Callable[..., Contract]) -> None:
    rig = Rig(altered(policy={"state": [{"kind": "joint_position", "source": "commanded"}]}))
    rig.joints(*np.arange(9.9, 10.1, 0.01)).image("front", 10.0).image("wrist", 10.0)
    assert rig.code(10.01)[0] == "COMMANDED_STATE_BEHIND"
    for stamp in (9.98, 10.03):
        rig.assembler.add_commanded(stamp, NAMES[:7], [stamp] * 7, [0.0] * 7)
    observation = rig.assembler.assemble(rig.assembler.select(10.04), "")
    assert observation.state == pytest.approx([10.0] * 7)
    assert observation.joint_positions[0] == pytest.approx(1.0), "relative actions refer to what was measured"


def bound(contract: Contract, altered: Callable[..., Contract], **front: object) -> Contract:
    """The contract with other keys of the front camera's image."""
    images = contract.deployment.model_dump()["images"]
    return altered(deployment={"images": images | {"front": images["front"] | front}})


def test_a_streams_latency_is_the_deployments_where_it_says_one(
    altered: Callable[..., Contract], contract: Contract
) -> None:
    rig = Rig(bound(contract, altered, latency=0.1))
    rig.joints(*np.arange(9.7, 10.2, 0.01)).image("front", 10.1).image("wrist", 10.0)
    selection = rig.assembler.select(10.12)
    assert {key: sample.stamp for key, sample in selection.moments[0].images.items()} == {
        "front": pytest.approx(10.0),
        "wrist": 10.0,
    }


def test_a_grippers_state_may_be_later_than_the_arms(altered: Callable[..., Contract], contract: Contract) -> None:
    hand = contract.robot.grippers["hand"].model_dump() | {"state_latency": 0.1}
    rig = Rig(altered(robot={"grippers": {"hand": hand}}))
    for stamp in np.arange(9.8, 10.2, 0.01):
        rig.assembler.add_joint_state(stamp + rig.latency, NAMES[:7], [0.0] * 7, [])
        rig.assembler.add_joint_state(stamp + 0.1, NAMES[7:], [0.1 * stamp], [])
    rig.image("front", 10.0).image("wrist", 10.0)
    assert rig.assembler.assemble(rig.assembler.select(10.05), "").joint_positions[-1] == pytest.approx(1.0)


def test_images_may_be_apart_as_far_as_the_deployment_says(
    altered: Callable[..., Contract], contract: Contract
) -> None:
    for tolerance, code in ((0.11, None), (0.09, "IMAGES_APART")):
        rig = Rig(bound(contract, altered, tolerance=tolerance))
        rig.joints(*np.arange(9.9, 10.3, 0.01)).image("front", 10.0, 10.2).image("wrist", 10.1)
        if code is None:
            assert rig.assembler.select(10.2).moments[0].images["front"].stamp == 10.0
        else:
            assert rig.code(10.2)[0] == code


def test_every_stream_has_its_own_age(altered: Callable[..., Contract], contract: Contract) -> None:
    rig = Rig(bound(contract, altered, age=0.2, tolerance=0.5))
    rig.joints(*np.arange(9.9, 10.5, 0.01)).image("front", 10.0).image("wrist", 10.0)
    assert rig.assembler.select(10.19).stamp == 10.0
    code, message = rig.code(10.21)
    assert code == "OBSERVATION_STALE" and "front" in message and "0.2 s" in message
    rig.image("wrist", 10.25).image("front", 10.4)
    code, message = rig.code(10.4)
    assert code == "OBSERVATION_STALE" and "front" in message, "also the image that is seen, not only the newest"


def test_a_driver_that_does_not_stamp_is_told_so(rig: Rig) -> None:
    rig.joints(*np.arange(9.9, 10.2, 0.01)).image("front", 0.0).image("wrist", 10.0)
    code, message = rig.code(10.05)
    assert code == "OBSERVATION_STALE" and "does not stamp" in message


@pytest.mark.parametrize("jump", [-1000.0, -5.0, -0.4, 0.4, 5.0, 1000.0])
def test_after_a_jump_of_every_clock_observations_come_back_and_are_new(rig: Rig, jump: float) -> None:
    rig.joints(*np.arange(1999.9, 2000.2, 0.01)).image("front", 2000.0).image("wrist", 2000.0)
    assert rig.assembler.select(2000.05).stamp == 2000.0
    seen = []
    for tick in np.arange(2000.1 + jump, 2000.4 + jump, 1 / 30):
        rig.joints(*np.arange(tick - 0.03, tick + 0.01, 0.01)).image("front", tick).image("wrist", tick)
        with contextlib.suppress(ObservationError):
            selection = rig.assembler.select(tick + 0.01)
            assert max(abs(stamp - tick) for stamp in selection.inputs.values()) < 0.1
            seen.append(selection.stamp)
    assert len(seen) >= 7 and seen[-1] == tick


@pytest.mark.parametrize("wild", [1e6, 150.0, 1.0])
def test_one_message_with_a_wild_stamp_does_not_blind(rig: Rig, wild: float) -> None:
    rig.joints(*np.arange(99.9, 100.2, 0.01)).image("front", 100.0).image("wrist", 100.0)
    rig.image("front", wild)
    rig.joints(*np.arange(100.2, 100.6, 0.01)).image("front", 100.3).image("wrist", 100.3)
    assert rig.assembler.select(100.32).stamp == 100.3


def test_joint_states_that_are_on_their_way_keep_no_episode_from_beginning(rig: Rig) -> None:
    rig.joints(*np.arange(9.9, 10.0, 0.01)).image("front", 10.033).image("wrist", 10.033)
    assert rig.code(10.04)[0] == "JOINT_STATE_BEHIND"
    rig.assembler.check(10.04)


def test_joint_states_that_have_stopped_keep_an_episode_from_beginning(rig: Rig, contract: Contract) -> None:
    late = 9.99 + contract.robot.safety.joint_state_age + 0.05
    rig.joints(*np.arange(9.9, 10.0, 0.01)).image("front", late).image("wrist", late)
    with pytest.raises(ObservationError) as caught:
        rig.assembler.check(late)
    assert caught.value.code == "JOINT_STATE_BEHIND"


def test_an_image_scaled_before_it_is_selected_is_the_same_image(contract: Contract) -> None:
    observed = []
    for ahead in (False, True):
        rig = Rig(contract).joints(*np.arange(9.9, 10.2, 0.01))
        for key, value in (("front", 10), ("wrist", 200)):
            rig.image(key, 10.0, value=value)
            if ahead:
                rig.assembler.prepare(key)
        rig.image("wrist", 10.033, value=90)
        observed.append(rig.assembler.assemble(rig.assembler.select(10.05), ""))
    for key, image in observed[0].images.items():
        assert image.tobytes() == observed[1].images[key].tobytes()


def test_a_damaged_image_is_complained_of_when_it_is_used_and_not_before(rig: Rig) -> None:
    rig.joints(*np.arange(9.9, 10.2, 0.01)).image("wrist", 10.0)
    rig.assembler.add_image("front", 10.0, raw(height=240))
    rig.assembler.prepare("front")
    with pytest.raises(ImageError):
        rig.assembler.assemble(rig.assembler.select(10.05), "")
