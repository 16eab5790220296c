"""Messages of two cameras, an arm, a gripper and a bridge, as a recorder would receive them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from steadyhand.chunks.arm import arm_model
from steadyhand.observation.assembly import ObservationAssembler
from steadyhand.observation.exceptions import ObservationError
from steadyhand.observation.images import RawImage
from steadyhand.observation.observation import Observation
from steadyhand.observation.stamps import seconds
from steadyhand.profiles.contract import Contract

ARM = tuple(f"panda_joint{index}" for index in range(1, 8))
BEGIN = 1_700_000_000
FRONT, WRIST = "/front_camera/image_raw", "/wrist_camera/image_raw/compressed"
SIZE = (48, 64)


@dataclass(frozen=True)
class Message:
    """One message: topic, header's stamp [ns], and what it carries."""

    topic: str
    stamp: int
    content: dict[str, Any]

    @property
    def time(self) -> float:
        return seconds(*divmod(self.stamp, 1_000_000_000))


def scenario(seed: int, duration: float = 1.5) -> list[Message]:
    """Messages in their order of receipt; rates jitter, receipts are late by random times."""
    random = np.random.default_rng(seed)
    arrivals: list[tuple[float, Message]] = []

    def send(topic: str, rate: float, late: float, content: Any) -> None:
        for index in range(int(duration * rate)):
            time = index / rate + random.uniform(0.0, 0.2 / rate)
            message = Message(topic, BEGIN * 1_000_000_000 + int(1e9 * time), content(time))
            arrivals.append((time + random.uniform(0.2, 1.0) * late, message))

    def front(_time: float) -> dict[str, Any]:
        return {"encoding": "bayer_rggb8", "pixels": random.integers(0, 256, SIZE, dtype=np.uint8)}

    def wrist(_time: float) -> dict[str, Any]:
        blobs = cv2.resize(random.integers(0, 256, (6, 8, 3), dtype=np.uint8), SIZE[::-1])
        return {"format": "jpeg", "data": cv2.imencode(".jpg", blobs)[1]}

    def joints(names: tuple[str, ...]) -> Any:
        return lambda time: {
            "names": names,
            "positions": np.sin(time + np.arange(len(names))) * 0.01 + random.normal(0.0, 1e-3, len(names)),
            "velocities": random.normal(0.0, 0.1, len(names)),
        }

    send(FRONT, 30.0, 0.03, front)
    send(WRIST, 25.0, 0.06, wrist)
    send("/joint_states", 100.0, 0.004, joints(ARM))
    send("/joint_states", 40.0, 0.01, joints(("panda_finger_joint1",)))
    send("/execution_state", 20.0, 0.005, joints(ARM))
    return [message for _, message in sorted(arrivals, key=lambda arrival: arrival[0])]


def give(message: Message, sink: Any) -> None:
    """Hand a message over as the node does."""
    content = message.content
    if message.topic == FRONT:
        pixels = content["pixels"]
        raw = RawImage(FRONT, content["encoding"], pixels.tobytes(), *pixels.shape, pixels.shape[1])
        sink.add_image("front", message.time, raw)
    elif message.topic == WRIST:
        raw = RawImage(WRIST, "compressed", content["data"].tobytes(), format=content["format"])
        sink.add_image("wrist", message.time, raw)
    else:
        add = sink.add_joint_state if message.topic == "/joint_states" else sink.add_commanded
        add(message.time, content["names"], content["positions"], content["velocities"])


def live(contract: Contract, messages: list[Message]) -> list[Observation]:
    """What the node would have observed, looking once after every fifth message."""
    assembler = ObservationAssembler(contract, arm_model(contract))
    observations: list[Observation] = []
    for index, message in enumerate(messages):
        give(message, assembler)
        if index % 5 == 0:
            try:
                selection = assembler.select(max(one.time for one in messages[: index + 1]))
            except ObservationError:
                continue
            if not observations or selection.stamp > observations[-1].stamp:
                observations.append(assembler.assemble(selection, "pick up the red cube"))
    return observations


def in_message(inputs: dict[str, float]) -> dict[str, float]:
    """The stamps as a chunk's message carries them, in whole nanoseconds."""
    return {name: seconds(*divmod(round(stamp * 1e9), 1_000_000_000)) for name, stamp in inputs.items()}


def bits(observation: Observation) -> dict[str, object]:
    return {
        "stamp": observation.stamp.hex(),
        "images": {key: (image.shape, image.tobytes()) for key, image in observation.images.items()},
        "state": observation.state.tobytes(),
        "positions": observation.joint_positions.tobytes(),
        "names": observation.joint_names,
        "instruction": observation.instruction,
        "inputs": {name: float(stamp).hex() for name, stamp in observation.inputs.items()},
    }
