"""Observation: from inputs that have arrived to what a policy sees."""

from __future__ import annotations

import gc
import time
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from steadyhand.benchmarks.statistics import percentiles
from steadyhand.chunks.arm import arm_model
from steadyhand.observation.assembly import ObservationAssembler
from steadyhand.observation.encodings import ENCODINGS
from steadyhand.observation.images import RawImage
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.policy import DepthRange, ImageInput

_WARM_UP = 20  # observations
SIZE = 224
"""Side of the images that the policy wants [px]."""


def measure(encoding: str, resize: str, steps: int, repeats: int) -> dict[str, Any]:
    """Time the assembly of observations of two cameras of 640 x 480 and the Panda's joints.

    Args:
        encoding: Encoding of sensor_msgs/Image, or ``jpeg``.
        resize: ``stretch``, ``pad`` or ``crop``.
        steps: Observations that one inference sees.
        repeats: Observations measured.

    Returns:
        ``observation_ms``: selection, decoding, scaling and the state vector, for one observation.
    """
    contract = _contract(encoding, resize, steps)
    assembler = ObservationAssembler(contract, arm_model(contract))
    messages = {key: _message(encoding, seed) for seed, key in enumerate(contract.policy.images)}
    names = assembler.joint_names
    times = []
    gc.disable()
    try:
        for index in range(-_WARM_UP, repeats):
            now = 100.0 + index / 30.0
            for back in range(3 * steps + 1):
                stamp = now - back / 30.0
                for key, message in messages.items():
                    assembler.add_image(key, stamp, message)
            for offset in np.arange(-0.1 * steps - 0.05, 0.03, 0.01):
                assembler.add_joint_state(now + offset, names, [0.01 * index] * len(names), [0.0] * len(names))
            begin = time.perf_counter()
            assembler.assemble(assembler.select(now + 0.01), "pick up the red cube")
            if index >= 0:
                times.append(1e3 * (time.perf_counter() - begin))
            assembler.clear()
    finally:
        gc.enable()
    return {
        "encoding": encoding,
        "resize": resize,
        "steps": steps,
        "observations": repeats,
        "observation_ms": percentiles(times),
    }


def _contract(encoding: str, resize: str, steps: int) -> Contract:
    contract = load_deployment("panda_embedded")
    kind = ENCODINGS.get(encoding)
    depth = DepthRange(near=0.0, far=2.0) if kind is not None and kind.depth else None
    image = ImageInput.model_validate({"width": SIZE, "height": SIZE, "resize": resize, "depth": depth})
    policy = contract.policy.model_dump() | {
        "images": dict.fromkeys(contract.policy.images, image),
        "history": {"steps": steps, "interval": 0.1},
    }
    return replace(contract, policy=type(contract.policy).model_validate(policy))


def _message(encoding: str, seed: int) -> RawImage:
    random = np.random.default_rng(seed)
    if encoding == "jpeg":
        blobs = cv2.resize(random.integers(0, 256, (30, 40, 3), dtype=np.uint8), (640, 480))
        return RawImage("/camera", "compressed", cv2.imencode(".jpg", blobs)[1].tobytes(), format="jpeg")
    kind = ENCODINGS[encoding]
    values = random.integers(0, 256, (480, 640 * kind.channels)).astype(kind.type)
    return RawImage("/camera", encoding, values.tobytes(), 480, 640, 640 * kind.pixel_bytes)
