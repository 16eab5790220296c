"""Assembly of observations: two camera images brought to one capture time, decoded and resized, and the state."""

from __future__ import annotations

from typing import Any

import numpy as np

from steadyhand.benchmarks.scenario import joint_space_contract
from steadyhand.benchmarks.stopwatch import Stopwatch
from steadyhand.chunks.arm import arm_model
from steadyhand.observation.assembly import ObservationAssembler
from steadyhand.observation.images import RawImage

_PERIOD = 0.01  # of the joint states [s]
_EVERY = 3  # joint states to an image
_WARM_UP = 20


def measure(observations: int, seed: int = 0) -> dict[str, Any]:
    """Select and assemble observations from two cameras, 640 x 480 rgb8, for a policy that wants 224 x 224.

    Args:
        observations: Number of observations.
        seed: Of the pictures.

    Returns:
        ``size``: of each image; ``assembly``: count, ``wall_ms`` and ``cpu_ms``, from the call that selects the
        inputs to the finished observation.
    """
    contract = joint_space_contract()
    robot = contract.robot
    assembler = ObservationAssembler(contract, arm_model(contract))
    random, watch = np.random.default_rng(seed), Stopwatch()
    pictures = [
        RawImage("/camera", "rgb8", random.integers(0, 255, 640 * 480 * 3, dtype=np.uint8), 480, 640, 640 * 3)
        for _ in range(4)
    ]
    names = [*robot.joint_names, *(gripper.joint for gripper in robot.grippers.values())]
    positions = [*robot.home_positions, *(gripper.open for gripper in robot.grippers.values())]
    now = 1000.0
    for number in range(-_WARM_UP, observations):
        for _ in range(_EVERY):
            now += _PERIOD
            assembler.add_joint_state(now, names, positions, [0.0] * len(names))
        for k, key in enumerate(contract.policy.images):
            assembler.add_image(key, now - 0.5 * _PERIOD, pictures[(number + k) % len(pictures)])
        watch = Stopwatch() if number == 0 else watch
        with watch.lap():
            observation = assembler.assemble(assembler.select(now), "hold")
    sizes = {key: list(image.shape) for key, image in observation.images.items()}
    return {"seed": seed, "size": sizes, "assembly": watch.result()}
