"""Export of a trained network to ONNX, checked against PyTorch."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from steadyhand.learning.exceptions import LearningError
from steadyhand.learning.network import PickNetwork
from steadyhand.learning.training import Normaliser, load_checkpoint
from steadyhand.policies.words import LENGTH, hash_words

OPSET = 17
TOLERANCE = 1e-4
"""Largest difference between PyTorch and ONNX Runtime, in metres, radians and openings."""

Draw = Callable[[np.random.Generator], dict[str, np.ndarray]]
"""Makes the inputs of a network, in order."""


class Deployed(nn.Module):  # type: ignore[misc]
    """The network as a policy is called: one observation in physical units to one chunk in physical units.

    Args:
        network: Trained.
        normaliser: Measured on its data.
    """

    def __init__(self, network: PickNetwork, normaliser: Normaliser) -> None:
        super().__init__()
        self.network = network
        for name, value in vars(normaliser).items():
            self.register_buffer(name, torch.from_numpy(np.asarray(value, dtype=np.float32)))

    def forward(self, front: Tensor, wrist: Tensor, state: Tensor, words: Tensor) -> Tensor:
        """Return rows, shape (1, 16, 5).

        Args:
            front: Image, shape (1, 96, 96, 3), uint8.
            wrist: Image, shape (1, 96, 96, 3), uint8.
            state: Shape (1, 6).
            words: Hashed words, shape (1, L).
        """
        images = torch.stack([front, wrist], dim=1).float() / 127.5 - 1.0
        normal = (state - self.state_mean) / self.state_scale
        answer = self.network(images.permute(0, 1, 4, 2, 3), normal, words.unsqueeze(1))
        rows: Tensor = answer.rows[:, 0] * self.rows_scale + self.rows_mean
        return rows


def export(checkpoint: Path, out: Path) -> dict[str, float]:
    """Write the ONNX file of a checkpoint.

    Its metadata hold the recipe's hash, the settings, and the normalisers.

    Returns:
        Size [MB], and largest difference between PyTorch and ONNX Runtime on random observations.

    Raises:
        LearningError: The two differ by more than ``TOLERANCE``.
    """
    network, normaliser, about = load_checkpoint(checkpoint)
    deployed = Deployed(network.to(memory_format=torch.contiguous_format), normaliser).eval()
    scales = {name: np.asarray(value).tolist() for name, value in vars(normaliser).items()}
    return write(deployed, random_observation, origin(about) | {"normaliser": json.dumps(scales)}, out)


def origin(about: dict[str, Any]) -> dict[str, str]:
    """Return what a model file says of its making."""
    return {
        "recipe": str(about["recipe"]),
        "step": str(about["step"]),
        "settings": json.dumps(about["settings"], sort_keys=True),
    }


def write(
    deployed: nn.Module, draw: Draw, metadata: dict[str, str], out: Path, *, fold: bool = True
) -> dict[str, float]:
    """Write a network as an ONNX file, and compare the two.

    Args:
        deployed: Gives ``actions``.
        draw: Makes its inputs.
        metadata: What the file is to say of its making.
        out: File to write.
        fold: Compute constants now; else every weight keeps its name and is stored once.

    Returns:
        Size [MB], and largest difference between PyTorch and ONNX Runtime on random inputs.

    Raises:
        LearningError: The two differ by more than ``TOLERANCE``.
    """
    import onnx

    example = draw(np.random.default_rng(0))
    buffer = io.BytesIO()
    torch.onnx.export(
        deployed,
        tuple(torch.from_numpy(value) for value in example.values()),
        buffer,
        input_names=list(example),
        output_names=["actions"],
        opset_version=OPSET,
        dynamo=False,
        do_constant_folding=fold,
    )
    model = onnx.load_from_string(buffer.getvalue())
    _shorten(model.graph)
    onnx.helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    out.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(out))
    difference = compare(deployed, out, draw)
    if difference > TOLERANCE:
        raise LearningError(f"{out} differs from PyTorch by {difference:.2e}, more than {TOLERANCE:g}: do not use it.")
    return {"megabytes": out.stat().st_size / 1e6, "difference": difference}


def _shorten(graph: Any) -> None:
    """Shorten the names between nodes, and keep each constant once: unrolled steps repeat both."""
    kept = {value.name for values in (graph.input, graph.output, graph.initializer) for value in values}
    short: dict[str, str] = {}
    constants: dict[bytes, str] = {}
    nodes = []
    for node in graph.node:
        value = node.attribute[0].SerializeToString() if node.op_type == "Constant" else None
        if value in constants:
            short[node.output[0]] = constants[value]
            continue
        short |= {name: f"_{len(short) + index:x}" for index, name in enumerate(node.output) if name not in kept}
        if value is not None:
            constants[value] = short[node.output[0]]
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    for node in graph.node:
        node.name, node.doc_string = "", ""
        for names in (node.input, node.output):
            names[:] = [short.get(name, name) for name in names]
    del graph.value_info[:]


def compare(deployed: nn.Module, path: Path, draw: Draw, count: int = 20) -> float:
    """Return the largest difference between PyTorch and ONNX Runtime over ``count`` random inputs."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    random = np.random.default_rng(1)
    worst = 0.0
    for _ in range(count):
        observation = draw(random)
        with torch.no_grad():
            expected = deployed(*(torch.from_numpy(value) for value in observation.values())).numpy()
        found = session.run(["actions"], observation)[0]
        worst = max(worst, float(np.abs(found - expected).max()))
    return worst


def random_observation(random: np.random.Generator) -> dict[str, np.ndarray]:
    """Return inputs of a regression network."""
    colour = ("red", "green", "blue")[int(random.integers(3))]
    point = random.uniform([0.3, -0.2, 0.02], [0.6, 0.2, 0.4])
    yaw, opening = random.uniform(-1, 1), random.uniform(0, 1)
    state = np.array([*point, np.sin(yaw), np.cos(yaw), opening], dtype=np.float32)
    return {
        "front": random.integers(0, 256, (1, 96, 96, 3), dtype=np.uint8),
        "wrist": random.integers(0, 256, (1, 96, 96, 3), dtype=np.uint8),
        "state": state[None],
        "words": hash_words(f"pick up the {colour} cube", LENGTH)[None],
    }
