"""Scene checks: whether a reference touches the arm itself or what stands around it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from transforms3d.affines import compose
from transforms3d.euler import euler2mat

from steadyhand.execution import curves
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.kinematics.collision import CollisionModel
from steadyhand.kinematics.obstacles import Box
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]

# Farthest that a joint moves between two checked configurations: about as much as the arm may be off its command
# [rad or m]. Positions are looked at often enough for a joint at 1 rad/s to be seen there.
_APART = 0.04
_PERIOD = 0.04


class Verdict(Protocol):
    """What somebody else is going to say of a motion that was made and is not followed yet."""

    def free(self) -> bool:
        """Return whether all of the motion was found free; False while that is not known.

        Raises:
            RefusedError: It would touch something, or nobody will say.
        """
        ...

    def late(self) -> RefusedError:
        """Return why the motion is refused, where it had to be committed before all was known."""
        ...

    def drop(self) -> None:
        """Want no verdict any longer."""
        ...


class SceneCheck(Protocol):
    """Something that knows what the arm must not touch."""

    @property
    def patience(self) -> float:
        """How long before its commitment a motion should be asked about [s], 0 where `check` knows all."""
        return 0.0

    def ask(self, reference: Reference) -> Verdict | None:
        """Begin to find out what `check` cannot know of a reference; None where that is nothing."""
        del reference
        return None

    def check(self, reference: Reference) -> None:
        """Check a reference that has not been committed.

        Raises:
            RefusedError: It would touch something, or nobody knows.
        """
        ...

    def supervise(self, reference: Reference, now: float) -> None:
        """Look, while the arm moves, at what has changed since ``reference`` was checked.

        Raises:
            RefusedError: What is left of it from ``now`` on [s] would touch something, or nobody knows any longer.
        """
        ...


class LocalScene(SceneCheck):
    """The description's collision shapes against each other and the boxes of the robot profile.

    Grippers are taken as open, which is where they are widest.
    """

    def __init__(self, contract: Contract) -> None:
        robot = contract.robot
        boxes = [
            Box(name, box.size, compose(box.xyz, euler2mat(*box.rpy, axes="sxyz"), np.ones(3)))
            for name, box in robot.scene.boxes.items()
        ]
        self._model = CollisionModel(
            contract.urdf,
            robot.joint_names,
            robot.frames.base,
            obstacles=boxes,
            disabled=robot.scene.disabled,
            margin=robot.scene.margin,
            others={gripper.joint: gripper.open for gripper in robot.grippers.values()},
        )

    def check(self, reference: Reference) -> None:
        """Check a reference at its ends and whenever a joint has moved by 0.04; see `SceneCheck.check`."""
        times, positions = states_to_check(reference)
        contact = self._model.check(positions)
        if contact is not None:
            itself = {contact.first, contact.second} <= self._model.link_names
            reason = Reason.SELF_COLLISION if itself else Reason.COLLISION
            raise RefusedError(
                reason,
                f"{contact.first} would touch {contact.second} {times[contact.row] - reference.start:.2f} s ahead",
            )

    def supervise(self, reference: Reference, now: float) -> None:
        """Do nothing: boxes of a profile do not change; see `SceneCheck.supervise`."""


def states_to_check(reference: Reference) -> tuple[Array, Array]:
    """Return the times (M,) and positions (M, n) at which a reference is looked at.

    Both ends are, and so many times between them, each 0.04 s after another, that no joint moves by more than 0.04
    between two. Neighbouring times between which one does are both kept.
    """
    return curves.looks(reference.knots, period=_PERIOD, apart=_APART)


def make_scene(contract: Contract) -> SceneCheck | None:
    """Return the scene check that needs no ROS, None where the robot profile asks for none.

    Whoever checks against MoveIt's scene gives the bridge that check instead.
    """
    return None if contract.robot.scene.check == "none" else LocalScene(contract)
