from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from steadyhand.observation.assembly import ObservationAssembler
from steadyhand.observation.exceptions import DecoderError, ImageError
from steadyhand.observation.images import RawImage
from steadyhand.observation.observation import Observation
from steadyhand.profiles.contract import Contract

NAMES = (*(f"panda_joint{index}" for index in range(1, 8)), "panda_finger_joint1")
METRES = RawImage("/depth", "32FC1", np.full((480, 640), 0.75, np.float32), 480, 640, 2560)
COLOURS = RawImage("/colour", "rgb8", np.full((480, 640, 3), 7, np.uint8), 480, 640, 1920)


@pytest.fixture
def sees(altered: Callable[..., Contract], contract: Contract) -> Callable[[dict[str, object]], Contract]:
    def make(image: dict[str, object]) -> Contract:
        return altered(
            policy={"state": [], "images": {"front": {"width": 32, "height": 24, **image}}},
            deployment={"images": {"front": contract.deployment.images["front"].model_dump()}},
        )

    return make


def observed(contract: Contract, raw: RawImage) -> Observation:
    assembler = ObservationAssembler(contract)
    for stamp in (9.99, 10.02):
        assembler.add_joint_state(stamp, NAMES, [0.0] * 8, [])
    assembler.add_image("front", 10.0, raw)
    return assembler.assemble(assembler.select(10.01), "")


def test_distances_become_grey_where_the_profile_says_how(sees: Callable[[dict[str, object]], Contract]) -> None:
    observation = observed(sees({"depth": {"near": 0.5, "far": 1.0}}), METRES)
    assert np.all(observation.images["front"] == 128) and observation.images["front"].shape == (24, 32, 3)
    assert np.all(observed(sees({}), COLOURS).images["front"] == 7)


def test_distances_and_colours_are_not_mixed_up(sees: Callable[[dict[str, object]], Contract]) -> None:
    with pytest.raises(ImageError, match=r"^/depth: encoding '32FC1' carries distances, .*lacks the key 'depth'"):
        observed(sees({}), METRES)
    with pytest.raises(ImageError, match=r"^/colour: encoding 'rgb8' carries no distances, .*has the key 'depth'"):
        observed(sees({"depth": {"far": 1.0}}), COLOURS)


def test_a_decoder_that_is_not_here_is_named(
    sees: Callable[[dict[str, object]], Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cv_bridge", None)
    contract = sees({})
    deployment = contract.deployment.model_copy(update={"decoder": "cv_bridge"})
    with pytest.raises(DecoderError, match=r"package cv_bridge cannot be imported.*decoder: own"):
        ObservationAssembler(replace(contract, deployment=deployment))
