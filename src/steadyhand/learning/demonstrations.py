"""One demonstration in the simulated world, with everything that labels and observations need."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.kinematics.exceptions import UnreachableError
from steadyhand.kinematics.inverse import InverseKinematics
from steadyhand.kinematics.model import ArmModel
from steadyhand.learning.expert import Clumsiness, Truth, misjudge
from steadyhand.policies.funnel import LEAD, Funnel, heading, plan
from steadyhand.simulation.tasks.instructions import COLOURS
from steadyhand.simulation.world import OPEN, World

Array = NDArray[np.float64]
Images = Callable[[World], NDArray[np.uint8]]

_THINK = 0.1  # between two looks of the demonstrator [s]
_COMMAND = 0.02  # between two joint targets [s]
_FRAME = 0.2  # between two recorded frames [s]
_LONGEST = 9.0
_LOWER, _UPPER = np.array([0.26, -0.36, 0.006]), np.array([0.74, 0.36, 0.60])
_LIFTED = 0.15


@dataclass(frozen=True)
class Demonstration:
    """The frames of one demonstration.

    Attributes:
        images: RGB, shape (F, cameras, 96, 96, 3).
        tool: Tool centre point and yaw, shape (F, 4) [m, rad].
        opening: Gripper opening, shape (F,).
        objects: Position and yaw of the red, green and blue cube, shape (F, 3, 4) [m, rad].
        success: Whether the cube wanted last was in the air at the end.
    """

    images: NDArray[np.uint8]
    tool: Array
    opening: Array
    objects: Array
    success: bool


class Demonstrator:
    """Shows how cubes are picked up, with and without mistakes.

    Args:
        world: Where.
        arm: The arm's kinematics to the tool centre point.
        inverse: Its inverse kinematics.
    """

    def __init__(self, world: World, arm: ArmModel, inverse: InverseKinematics) -> None:
        self._world = world
        self._arm = arm
        self._inverse = inverse
        self._funnel = Funnel()

    def truth(self) -> Truth:
        """Return the present moment, N = 1."""
        positions = self._world.positions
        pose = self._arm.forward(positions[:7])
        objects = [self._world.object_pose(f"{colour}_cube") for colour in COLOURS]
        return Truth(
            pose[None, :3, 3],
            np.array([np.arctan2(pose[1, 0], pose[0, 0])]),
            np.array([positions[7] / OPEN]),
            np.array([[[*thing.position, heading(thing.quaternion)] for thing in objects]]),
        )

    def demonstrate(self, seed: int, images: Images, *, flawless: bool = False) -> Demonstration:
        """Show one picking-up in the scene of ``seed``.

        Args:
            seed: Of the scene and of the demonstrator's mistakes.
            images: Draws what the cameras see, shape (cameras, 96, 96, 3).
            flawless: No mistakes, from the home pose, to one object.
        """
        world = self._world
        world.reset(seed)
        random = np.random.default_rng([seed, 1])
        clumsy = not flawless and random.random() < 0.7
        mistakes = Clumsiness(random, rate=1.0 if clumsy else 0.0)
        if not flawless and random.random() < 0.6:
            self._start_anywhere(random)
        target = int(random.integers(len(COLOURS)))
        change = random.uniform(0.5, 4.5) if not flawless and random.random() < 0.15 else np.inf
        frames: list[tuple[NDArray[np.uint8], Truth]] = []
        next_frame, lifted_at, time = 0.0, np.inf, 0.0
        while time < _LONGEST and time < lifted_at + 0.7:
            if time >= change:
                target, change = (target + int(random.integers(1, 3))) % len(COLOURS), np.inf
                lifted_at = np.inf
            truth = self.truth()
            if time >= next_frame - 1e-6:
                frames.append((images(world), truth))
                next_frame = time + _FRAME
            if truth.objects[0, target, 2] > _LIFTED and change == np.inf:
                lifted_at = min(lifted_at, time)
            self._act(truth, target, mistakes, time)
            time += _THINK
        return Demonstration(
            np.stack([image for image, _ in frames]),
            np.stack([np.append(truth.tool[0], truth.yaw[0]) for _, truth in frames]),
            np.array([truth.opening[0] for _, truth in frames]),
            np.stack([truth.objects[0] for _, truth in frames]),
            bool(np.isfinite(lifted_at)),
        )

    def _act(self, truth: Truth, target: int, mistakes: Clumsiness, time: float) -> None:
        push = mistakes.at(time, _THINK)
        state = misjudge(truth.towards(target), push)
        count = round(_THINK / _COMMAND)
        rows = plan(self._funnel, state, horizon=count, dt=_COMMAND, lead=LEAD, steps=1)[0]
        joints = self._world.positions[:7]
        for index, row in enumerate(rows):
            drift = push.velocity * (index + 1) * _COMMAND
            point = np.clip(truth.tool[0] + row[:3] + drift[:3], _LOWER, _UPPER)
            with suppress(UnreachableError):
                joints = self._inverse.solve(_down(point, truth.yaw[0] + row[3] + drift[3]), joints)
            opening = row[4] if push.opening is None else push.opening
            self._world.set_targets(joints, OPEN if opening > 0.5 else 0.0)
            self._world.step(round(_COMMAND / self._world.timestep))

    def _start_anywhere(self, random: np.random.Generator) -> None:
        low = random.random() < 0.4
        for _ in range(20):
            point = random.uniform([0.30, -0.28, 0.08 if low else 0.15], [0.66, 0.28, 0.20 if low else 0.55])
            yaw = random.uniform(-1.0, 1.0)
            try:
                joints = self._inverse.solve(_down(point, yaw), self._world.positions[:7])
            except UnreachableError:
                continue
            finger = OPEN if random.random() < 0.7 else OPEN * random.random()
            self._world.data.qpos[:9] = (*joints, finger, finger)
            self._world.data.qvel[:9] = 0.0
            self._world.set_targets(joints, finger)
            self._world.step()
            return


def _down(point: Array, yaw: float) -> Array:
    """Return the pose of a tool that points straight down: Rz(yaw) Rx(pi)."""
    c, s = np.cos(yaw), np.sin(yaw)
    pose = np.eye(4)
    pose[:3, :3] = [[c, s, 0.0], [s, -c, 0.0], [0.0, 0.0, -1.0]]
    pose[:3, 3] = point
    return pose
