"""Observations out of selected inputs: images decoded and fitted, the state vector filled."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from steadyhand.observation.decoders import make_decoder
from steadyhand.observation.exceptions import ImageError
from steadyhand.observation.fitting import blank, fitted
from steadyhand.observation.images import Image, RawImage
from steadyhand.observation.joints import interpolated
from steadyhand.observation.observation import Observation
from steadyhand.observation.selection import Moment, Selection
from steadyhand.observation.state import StateLayout, Tools
from steadyhand.profiles.contract import Contract

Scalar = TypeVar("Scalar", bound=np.generic)


class ObservationComposer:
    """Makes observations of selections: the same selection gives the same bits, live and out of a recording.

    Attributes:
        joint_names: Names of the joints of every observation: the arm's in profile order, then the grippers'.
        needs_commanded: True where the state has a term of the commanded joints.
    """

    def __init__(self, contract: Contract, joint_names: tuple[str, ...], arm: Tools | None) -> None:
        """Prepare for one deployment.

        Args:
            contract: The resolved deployment.
            joint_names: Names of the joints of every selection, in the order of its parts.
            arm: Kinematics with the deployment's base frame and tool, where the policy's state has end-effector terms.

        Raises:
            StateError: The policy's state layout cannot be filled from this robot.
            DecoderError: The deployment's decoder is not there.
        """
        self._contract = contract
        self._layout = StateLayout(contract, joint_names, arm)
        self._decode = make_decoder(contract.deployment.decoder)
        self._fitted: dict[str, tuple[RawImage, Image]] = {}
        self.joint_names = joint_names
        self.needs_commanded = self._layout.needs_commanded

    def compose(self, selection: Selection, instruction: str) -> Observation:
        """Return the observation that a selection stands for; this decodes and scales the images.

        Raises:
            ImageError: An image cannot be decoded, or is not what its camera's profile and the policy's say.
            StateError: The policy's state wants what was not selected.
        """
        newest = selection.moments[-1]
        return Observation(
            stamp=selection.stamp,
            images={key: self._images(key, selection) for key in self._contract.policy.images},
            state=stacked([self._state(moment) for moment in selection.moments]),
            instruction=instruction,
            joint_names=self.joint_names,
            joint_positions=interpolated(newest.joints, newest.stamp).positions,
            inputs=selection.inputs,
        )

    def prepare(self, key: str, raw: RawImage) -> None:
        """Make an image ready for the selection that is expected to have it, while other inputs are waited for.

        What is wrong with it shows when it is used.
        """
        with suppress(ImageError):
            self._fitted[key] = raw, self._image(key, raw)

    def _state(self, moment: Moment) -> NDArray[np.float64]:
        commanded = None if moment.commanded is None else interpolated(moment.commanded, moment.stamp)
        return self._layout.vector(interpolated(moment.joints, moment.stamp), commanded)

    def _images(self, key: str, selection: Selection) -> NDArray[np.uint8]:
        wanted = self._contract.policy.images[key]
        samples = [moment.images.get(key) for moment in selection.moments]
        # Two steps may have the same image; it is decoded once.
        made = {sample.stamp: self._image(key, sample.value) for sample in samples if sample is not None}
        return stacked([blank(wanted) if sample is None else made[sample.stamp] for sample in samples])

    def _image(self, key: str, raw: RawImage) -> Image:
        prepared = self._fitted.get(key)
        if prepared is not None and prepared[0] is raw:
            return prepared[1]
        binding, wanted = self._contract.deployment.images[key], self._contract.policy.images[key]
        camera = self._contract.robot.cameras[binding.camera]
        pixels = self._decode(raw)
        if (pixels.height, pixels.width) != (camera.height, camera.width):
            raise ImageError(
                f"{raw.topic}: an image of {pixels.width}x{pixels.height}, but camera '{binding.camera}' of robot "
                f"profile '{self._contract.robot.name}' has {camera.width}x{camera.height}: correct one of them"
            )
        if bool(pixels.encoding.depth) != (wanted.depth is not None):
            raise ImageError(
                f"{raw.topic}: encoding '{pixels.encoding.name}' carries "
                f"{'distances' if pixels.encoding.depth else 'no distances'}, but image '{key}' of policy profile "
                f"'{self._contract.policy.name}' {'has' if wanted.depth else 'lacks'} the key 'depth': "
                "give the camera's other topic, or correct the policy profile"
            )
        return fitted(pixels, binding, wanted)


def blank_observation(contract: Contract, joint_names: tuple[str, ...]) -> Observation:
    """Return an observation of nothing, in the shapes of a real one: black images and zeros."""
    policy = contract.policy
    steps = policy.history.steps
    return Observation(
        stamp=0.0,
        images={key: stacked([blank(wanted)] * steps) for key, wanted in policy.images.items()},
        state=stacked([np.zeros(policy.state_size)] * steps),
        instruction=policy.vocabulary[0] if policy.vocabulary else "",
        joint_names=joint_names,
        joint_positions=np.zeros(len(joint_names)),
    )


def stacked(steps: list[NDArray[Scalar]]) -> NDArray[Scalar]:
    """Return the only step of a history as it is, or all on a new first axis."""
    return steps[0] if len(steps) == 1 else np.stack(steps)
