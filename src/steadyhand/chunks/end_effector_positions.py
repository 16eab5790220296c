"""Positions of the tool centre point, written absolutely or as differences, in the axes of the base or of the tool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.exceptions import MeaningError
from steadyhand.profiles.action import EndEffectorPositionAction

Array = NDArray[np.float64]


class EndEffectorPositions:
    """A term ``end_effector_position``.

    With the values v_i of row i, the observed pose (R_o, p_o) and the rotations R_i of the rows:

    - ``absolute``, base: p_i = v_i. Diffusion Policy.
    - ``delta_to_observation``, base: p_i = p_o + v_i, the embedded policy. Tool: p_i = p_o + R_o v_i.
    - ``delta_per_step``, base: p_i = p_(i-1) + v_i, p_(-1) = p_o. OpenVLA, Octo, LIBERO.
      Tool: p_i = p_(i-1) + R_(i-1) v_i, R_(-1) = R_o.
    - ``relative``: p_i = p_o + R_o v_i, the position of T_o^-1 T_i. UMI.
    """

    def __init__(self, term: EndEffectorPositionAction) -> None:
        """Prepare a term.

        Raises:
            MeaningError: Meaning and frame contradict each other.
        """
        frame = "tool" if term.meaning == "relative" else "base" if term.meaning == "absolute" else term.frame
        if term.frame != frame:
            raise MeaningError(
                f"end_effector_position, {term.meaning} in the axes of the {term.frame}, has no meaning: "
                f"it wants frame: {frame}"
            )
        self._meaning = term.meaning
        self._frame = frame

    def decode(self, values: Array, rotations: Array, observed: Array) -> Array:
        """Return positions of the tool centre point in the base frame, shape (H, 3) [m].

        Args:
            values: As the policy writes them, shape (H, 3) [m].
            rotations: Rotations of the tool in the base frame, shape (H, 3, 3).
            observed: Pose of the tool at the observation, shape (4, 4) [m].
        """
        if self._meaning == "absolute":
            return values
        changes = values if self._frame == "base" else _turned(self._axes(rotations, observed), values)
        return observed[:3, 3] + (np.cumsum(changes, axis=0) if self._meaning == "delta_per_step" else changes)

    def encode(self, positions: Array, rotations: Array, observed: Array) -> Array:
        """Return the values that stand for positions: the inverse of `decode`, of the same shapes."""
        if self._meaning == "absolute":
            return positions
        start = observed[None, :3, 3]
        changes = positions - (np.vstack([start, positions[:-1]]) if self._meaning == "delta_per_step" else start)
        if self._frame == "base":
            return np.asarray(changes)
        return _turned(self._axes(rotations, observed).transpose(0, 2, 1), changes)

    def _axes(self, rotations: Array, observed: Array) -> Array:
        """Return the rotations whose axes the rows are written in, shape (H, 3, 3) or (1, 3, 3)."""
        start = observed[None, :3, :3]
        return np.concatenate([start, rotations[:-1]]) if self._meaning == "delta_per_step" else start


def _turned(rotations: Array, vectors: Array) -> Array:
    return np.asarray((rotations @ vectors[..., None])[..., 0])
