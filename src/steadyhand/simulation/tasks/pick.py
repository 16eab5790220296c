"""Picking up the cube of the named colour."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from steadyhand.simulation.exceptions import TaskError
from steadyhand.simulation.tasks.instructions import requested_colour
from steadyhand.simulation.tasks.task import ObjectPose, SceneObject, TaskStatus

SIDE = 0.04
"""Side of a cube [m]."""
COLOURS = {"red": (0.85, 0.12, 0.10), "green": (0.12, 0.62, 0.18), "blue": (0.12, 0.25, 0.85)}
LOWER, UPPER = (0.36, -0.22), (0.62, 0.22)
"""Corners of the area where cubes are laid, in the base frame [m]."""
CLEARANCE = 0.10
"""Least distance between the centres of two cubes [m]."""
LIFT = 0.05
"""How far a cube must be above its rest [m]."""
HOLD = 1.0
"""For how long without a break [s]."""

_DROP = 0.02  # below its rest by this, a cube has left the table [m]
_ATTEMPTS = 1000


class Pick:
    """Three cubes on the table; the named one is to be lifted."""

    name = "pick"
    objects = tuple(
        SceneObject(f"{colour}_cube", (SIDE, SIDE, SIDE), rgb, mass=0.05) for colour, rgb in COLOURS.items()
    )

    def __init__(self) -> None:
        self._lifted_since: dict[str, float | None] = {}
        self._held: list[str] = []
        self._lost: list[str] = []
        self.layout(np.random.default_rng(0))

    def layout(self, rng: np.random.Generator) -> dict[str, ObjectPose]:
        """Lays the cubes down, apart from each other and turned at random, and begins judging anew.

        Args:
            rng: Source of the layout; equal generators give equal scenes.

        Returns:
            Object name to pose in the base frame.

        Raises:
            TaskError: No layout with enough clearance was found.
        """
        self._lifted_since = {thing.name: None for thing in self.objects}
        self._held = []
        self._lost = []
        for _ in range(_ATTEMPTS):
            places = rng.uniform(LOWER, UPPER, size=(len(self.objects), 2))
            yaws = rng.uniform(-math.pi / 4, math.pi / 4, size=len(self.objects))
            if _least_distance(places) >= CLEARANCE:
                return {
                    thing.name: _resting(place, yaw)
                    for thing, place, yaw in zip(self.objects, places, yaws, strict=True)
                }
        raise TaskError(
            f"no room for {len(self.objects)} cubes {CLEARANCE} m apart between {LOWER} and {UPPER}. Lower CLEARANCE."
        )

    def observe(self, time: float, poses: dict[str, ObjectPose]) -> None:
        """Takes note of which cubes are lifted, and for how long, at a simulated time [s]."""
        for name, since in self._lifted_since.items():
            rise = float(poses[name].position[2]) - SIDE / 2
            if rise <= LIFT:
                self._lifted_since[name] = None
                if rise < -_DROP and name not in self._lost:
                    self._lost.append(name)
            elif since is None:
                self._lifted_since[name] = time
            elif time - since >= HOLD - 1e-9 and name not in self._held:
                self._held.append(name)

    def status(self, instruction: str) -> TaskStatus:
        """Judges what has happened since the layout.

        Args:
            instruction: What was asked, such as "pick up the red cube".

        Returns:
            Success once the named cube has been more than 5 cm above its rest for 1 s; failure once another cube has,
            or any cube has fallen off the table, before that.
        """
        colour = requested_colour(instruction)
        if colour is None:
            known = ", ".join(COLOURS)
            return TaskStatus(False, False, False, f"{instruction!r} does not ask to pick up one cube of: {known}")
        wanted = f"{colour}_cube"
        if self._held and self._held[0] == wanted:
            return TaskStatus(True, True, False, f"the {colour} cube has been held up for {HOLD:g} s")
        if self._held:
            return TaskStatus(True, False, True, f"{_spoken(self._held[0])} was lifted instead of the {colour} one")
        if self._lost:
            return TaskStatus(True, False, True, f"{_spoken(self._lost[0])} fell off the table")
        lifted = self._lifted_since[wanted] is not None
        return TaskStatus(True, False, False, f"the {colour} cube is {'lifted' if lifted else 'not lifted'}")


def _least_distance(places: NDArray[np.float64]) -> float:
    first, second = np.triu_indices(len(places), 1)
    return float(np.linalg.norm(places[first] - places[second], axis=1).min())


def _resting(place: NDArray[np.float64], yaw: float) -> ObjectPose:
    return ObjectPose(
        np.array([place[0], place[1], SIDE / 2]), np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    )


def _spoken(name: str) -> str:
    return f"the {name.replace('_', ' ')}"
