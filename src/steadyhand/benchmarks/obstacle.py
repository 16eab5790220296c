"""An obstacle where the policy is about to go, which it does not see: does the arm touch it?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steadyhand.benchmarks.chunk_stream import embedded, embedded_loop
from steadyhand.benchmarks.stopwatch import Stopwatch
from steadyhand.evaluation.success import instruction_for
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.mirror import MirrorScene
from steadyhand.execution.reference import Reference
from steadyhand.kinematics.obstacles import Box, Surroundings
from steadyhand.profiles.contract import Contract
from steadyhand.simulation.robot import JointSample, SimulatedRobot
from steadyhand.simulation.tasks.instructions import requested_colour
from steadyhand.simulation.world import World

SIZE = (0.12, 0.12, 0.02)
"""Of the shelf above the cube that is asked for [m]."""
HEIGHT = 0.13
"""Of its centre above the table [m]: the hand has to go through it to the cube, and not to get above it."""
TIMEOUT = 8.0
"""Longest episode [s]."""


@dataclass
class Encounter:
    """What became of one episode.

    Attributes:
        seed: Of the scene.
        touched: The arm touched the shelf.
        refused: A chunk was refused because of the shelf.
        reasons: Times each reason was given.
    """

    seed: int
    touched: bool = False
    refused: bool = False
    reasons: Counter[str] = field(default_factory=Counter)


class _TimedMirror(MirrorScene):
    """A mirror whose checks are timed, and that hears nothing after its beginning."""

    def __init__(self, contract: Contract, watch: Stopwatch) -> None:
        super().__init__(contract, "the mirror", lambda: 0.0)
        self._watch = watch

    def check(self, reference: Reference) -> None:
        with self._watch.lap():
            super().check(reference)


def measure(
    episodes: int,
    seed: int,
    *,
    checked: bool = True,
    renderer: str = "auto",
    report: Callable[[Encounter], None] | None = None,
) -> dict[str, Any]:
    """Run episodes of the embedded policy with a shelf above the cube that is asked for.

    The shelf is a body of the simulated world. Cameras do not see it, so that the policy goes where it always goes.

    Args:
        episodes: Number of episodes.
        seed: Of the first scene.
        checked: The bridge is told of the shelf, as move_group's scene would tell it; else it is not.
        renderer: What draws the cameras' images.
        report: Told of every episode as it ends.

    Returns:
        ``episodes``, ``seed``, ``checked``, ``touched`` and ``refused`` (episodes), ``reasons`` (times each was given)
        and ``checks`` (the scene check of a motion).
    """
    contract, world, watch = embedded(), World("pick", obstacle=SIZE), Stopwatch()
    encounters = []
    began = time.monotonic()
    with embedded_loop(contract, renderer, world) as make_loop:
        for number in range(seed, seed + episodes):
            instruction, encounter = instruction_for(number), Encounter(number)
            world.reset(number)
            place = world.object_pose(f"{requested_colour(instruction)}_cube").position
            centre = (float(place[0]), float(place[1]), HEIGHT)
            world.place_obstacle(centre)

            def make_bridge(contract: Contract, centre: tuple[float, float, float] = centre) -> Bridge:
                if not checked:
                    return Bridge(contract)
                pose = np.eye(4)
                pose[:3, 3] = centre
                scene = _TimedMirror(contract, watch)
                scene.hear(Surroundings((Box("shelf", SIZE, pose),)), (), 0.0)
                return Bridge(contract, scene=scene)

            make_loop(delay=0.1, timeout=TIMEOUT, make_bridge=make_bridge, observer=_Judge(encounter)).run(
                number, instruction
            )
            encounters.append(encounter)
            if report is not None:
                report(encounter)
    return {
        "episodes": episodes,
        "seed": seed,
        "checked": checked,
        "touched": sum(encounter.touched for encounter in encounters),
        "refused": sum(encounter.refused for encounter in encounters),
        "reasons": dict(sum((encounter.reasons for encounter in encounters), start=Counter[str]()).most_common()),
        "checks": watch.result(),
        "seconds": time.monotonic() - began,
    }


class _Judge:
    """Looks for contacts in every control period."""

    def __init__(self, encounter: Encounter) -> None:
        self._encounter = encounter

    def __call__(self, now: float, bridge: Bridge, robot: SimulatedRobot, sample: JointSample) -> None:
        del now, sample
        encounter, refusals = self._encounter, bridge.executor.refusals
        encounter.touched |= robot.world.touches_obstacle()
        encounter.reasons = Counter({str(reason): count for reason, count in refusals.items()})
        encounter.refused |= "shelf" in bridge.executor.message
