"""Timing of a deployment's cameras: when an image was captured, and how old it may be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from steadyhand.profiles.contract import Contract

_ARRIVAL = 0.1
"""Spread of the times that images of one moment take to arrive [s]."""


@dataclass(frozen=True)
class ImageTiming:
    """Timing of one image stream.

    Attributes:
        topic: Where it comes from.
        latency: From exposure to the message's stamp [s].
        tolerance: Longest time that an image may lie before the time it stands for [s].
        age: Oldest image to observe with [s].
        kept: Images that are kept of it.
    """

    topic: str
    latency: float
    tolerance: float
    age: float
    kept: int


def image_timings(contract: Contract) -> dict[str, ImageTiming]:
    """Return the timing of every image that has a camera, by its key."""
    bindings = {key: binding for key, binding in contract.deployment.images.items() if not binding.masked}
    cameras = {key: contract.robot.cameras[binding.camera] for key, binding in bindings.items()}
    latencies = {
        key: cameras[key].latency if binding.latency is None else binding.latency for key, binding in bindings.items()
    }
    if not bindings:
        return {}
    # The slowest stream sets the time; the others must still have what they saw then, and before.
    back = max(latencies.values()) + 2.0 / min(camera.rate for camera in cameras.values()) + _ARRIVAL
    back -= contract.policy.history_offsets[0]
    return {
        key: ImageTiming(
            topic=binding.topic,
            latency=latencies[key],
            tolerance=1.5 / cameras[key].rate if binding.tolerance is None else binding.tolerance,
            age=min(binding.age or math.inf, contract.robot.safety.observation_age),
            kept=2 + round(cameras[key].rate * (back - latencies[key])),
        )
        for key, binding in bindings.items()
    }
