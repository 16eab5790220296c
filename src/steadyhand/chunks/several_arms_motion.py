"""Motions of several arms written as poses of their tools."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.end_effector_motion import EndEffectorMotion
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]


class SeveralArmsMotion:
    """Poses of the tools of A arms that a row writes, shape (H, A, 4, 4) [m], each in the base frame of its own arm.

    An arm that no term is about stays where it was observed.
    """

    def __init__(self, contract: Contract) -> None:
        """Prepare the terms of one deployment.

        Raises:
            MeaningError: A term contradicts itself.
            KinematicsError: The deployment's base frame is moved by an arm.
        """
        written = {term.arm for term in contract.policy.action if term.kind == "end_effector_position"}
        columns = contract.robot.arm_columns
        self._arms = [
            (name, EndEffectorMotion(one, name), columns[name])
            for name, one in contract.each_arm().items()
            if name in written
        ]

    def decode(self, rows: Array, observed: Array) -> Array:
        """Return poses of the tools, shape (H, A, 4, 4) [m], of rows (H, D).

        Raises:
            MeaningError: A row stands for no rotation.
        """
        return np.stack([arm.decode(rows, observed[joints]) for _, arm, joints in self._arms], axis=1)

    def encode(self, motion: Array, observed: Array, rows: Array) -> None:
        """Write poses, shape (H, A, 4, 4) [m], into their columns of rows (H, D)."""
        for index, (_, arm, joints) in enumerate(self._arms):
            arm.encode(motion[:, index], observed[joints], rows)

    def positions(self, motion: Array, observed: Array) -> Array:
        """Return joint positions of all arms that reach poses, shape (H, n) [rad or m].

        Raises:
            MeaningError: A pose is out of reach; names the arm and the row.
        """
        positions = np.repeat(observed[None], len(motion), axis=0)
        for index, (name, arm, joints) in enumerate(self._arms):
            try:
                positions[:, joints] = arm.positions(motion[:, index], observed[joints])
            except MeaningError as error:
                raise MeaningError(f"arm {name}: {error}") from error
        return positions

    def between(self, motion: Array, rows: Array, times: Array) -> Array:
        """Return poses at other times [s], shape (K,), than those of its rows, shape (H,)."""
        parts = [arm.between(motion[:, index], rows, times) for index, (_, arm, _) in enumerate(self._arms)]
        return np.stack(parts, axis=1)

    def motion(self, positions: Array) -> Array:
        """Return the poses of joint positions of all arms, shape (H, A, 4, 4) [m]."""
        return np.stack([arm.motion(positions[:, joints]) for _, arm, joints in self._arms], axis=1)
