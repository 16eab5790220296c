"""Export of a trained flow network to ONNX: its few steps unrolled, prefix, delay and noise as inputs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from steadyhand.learning.export import origin, random_observation, write
from steadyhand.learning.training import Normaliser
from steadyhand.policies.deployed_flow import SCALES, DeployedFlow
from steadyhand.policies.flow_network import LONGEST_PREFIX, FlowNetwork
from steadyhand.policies.perception import Architecture


def export_flow(checkpoint: Path, out: Path) -> dict[str, float]:
    """Write the ONNX file of a flow checkpoint.

    Its weights keep their names, so that the torch backend reads them from the same file.

    Returns:
        Size [MB], and largest difference between PyTorch and ONNX Runtime on random observations and prefixes.

    Raises:
        LearningError: The two differ.
    """
    content = torch.load(checkpoint, weights_only=True)
    sizes = content["architecture"]
    network = FlowNetwork(Architecture(**{**sizes, "cameras": tuple(sizes["cameras"])}))
    network.load_state_dict(content["flow"])
    normaliser = Normaliser(**{name: value.numpy() for name, value in content["normaliser"].items()})
    deployed = DeployedFlow(network, {name: content["normaliser"][name] for name in SCALES}).eval()
    metadata = origin(content["about"]) | {
        "architecture": json.dumps(asdict(network.architecture)),
        "longest_prefix": str(LONGEST_PREFIX),
    }

    def draw(random: np.random.Generator) -> dict[str, np.ndarray]:
        rows = normaliser.rows_mean + normaliser.rows_scale * random.standard_normal(normaliser.rows_mean.shape)
        return random_observation(random) | {
            "prefix": rows[None].astype(np.float32),
            "delay": np.array([random.integers(0, LONGEST_PREFIX + 1)]),
            "noise": random.standard_normal((1, *rows.shape)).astype(np.float32),
        }

    return write(deployed, draw, metadata, out, fold=False)
