"""Rotations of the tool, written absolutely or as differences, in the axes of the base or of the tool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.exceptions import MeaningError
from steadyhand.observation.exceptions import RotationError
from steadyhand.observation.rotations import (
    decode_rotation,
    downward,
    encode_rotation,
    encode_rotation_path,
    heading,
)
from steadyhand.profiles.action import EndEffectorRotationAction

Array = NDArray[np.float64]

_YAWS = ("yaw", "yaw_sin_cos")


class EndEffectorRotations:
    """A term ``end_effector_rotation``.

    With the rotation D_i that row i writes and the observed one R_o:

    - ``absolute``, base: R_i = D_i. Diffusion Policy.
    - ``delta_to_observation``, base: R_i = D_i R_o. Tool: R_i = R_o D_i.
    - ``delta_per_step``, base: R_i = D_i R_(i-1), R_(-1) = R_o. OpenVLA and Octo on BridgeData (rpy), robosuite's
      OSC_POSE and with it LIBERO (axis_angle). Tool: R_i = R_(i-1) D_i.
    - ``relative``: R_i = R_o D_i, the rotation of T_o^-1 T_i. UMI (rot6d_rows).

    In the axes of the base D multiplies from the left, in those of the tool from the right; either way it turns about
    the tool centre point. ``yaw`` and ``yaw_sin_cos`` write a tool that points straight down: angles add up, and
    whatever tilt was observed is not kept.
    """

    def __init__(self, term: EndEffectorRotationAction) -> None:
        """Prepare a term.

        Raises:
            MeaningError: Meaning, frame and representation contradict each other.
        """
        frame = "tool" if term.meaning == "relative" else "base" if term.meaning == "absolute" else term.frame
        if term.frame != frame or (term.representation in _YAWS and frame == "tool"):
            raise MeaningError(
                f"end_effector_rotation as {term.representation}, {term.meaning} in the axes of the {term.frame}, has "
                "no meaning: absolute and yaw want frame: base, relative wants frame: tool"
            )
        self._meaning = term.meaning
        self._frame = frame
        self._representation = term.representation

    def decode(self, values: Array, observed: Array) -> Array:
        """Return rotations of the tool in the base frame, shape (H, 3, 3).

        Args:
            values: In the term's representation, shape (H, K).
            observed: Rotation of the tool at the observation, shape (3, 3).

        Raises:
            MeaningError: A row stands for no rotation.
        """
        try:
            written = decode_rotation(values, self._representation)
        except RotationError as error:
            raise MeaningError(str(error)) from error
        if self._meaning == "absolute":
            return written
        if self._representation in _YAWS:
            turned = heading(written)
            return downward(heading(observed) + (np.cumsum(turned) if self._meaning == "delta_per_step" else turned))
        if self._meaning != "delta_per_step":
            return written @ observed if self._frame == "base" else observed @ written
        rotations = np.empty_like(written)
        before = observed
        for row, change in enumerate(written):
            before = rotations[row] = change @ before if self._frame == "base" else before @ change
        return rotations

    def encode(self, rotations: Array, observed: Array) -> Array:
        """Return the values that stand for rotations: the inverse of `decode`, of the same shapes."""
        per_step = self._meaning == "delta_per_step"
        before = np.concatenate([observed[None], rotations[:-1]]) if per_step else observed[None]
        if self._meaning == "absolute":
            written = rotations
        elif self._representation in _YAWS:
            written = downward(heading(rotations) - heading(before))
        else:
            inverse = before.transpose(0, 2, 1)
            written = rotations @ inverse if self._frame == "base" else inverse @ rotations
        if per_step:
            return encode_rotation(written, self._representation)
        return encode_rotation_path(written, self._representation)
