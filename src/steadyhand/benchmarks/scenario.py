"""What the benchmarks of parts measure on: a joint-space policy with the shapes of pi0, on the Panda."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from steadyhand.profiles.contract import Contract, load_deployment

Array = NDArray[np.float64]

POLICY: dict[str, Any] = {
    "name": "overhead",
    "backend": "hold",
    "images": {key: {"width": 224, "height": 224, "resize": "pad"} for key in ("front", "wrist")},
    "state": [{"kind": "joint_position"}],
    "action": [{"kind": "joint_position", "meaning": "absolute"}],
    "horizon": 50,
    "dt": 0.02,
    "stitching": {"method": "splice", "blend": 0.2, "execute": 5},
}
"""A joint-space policy: two cameras at 224 x 224, chunks of 50 rows at 50 Hz."""

DEPLOYMENT: dict[str, Any] = {
    "name": "overhead",
    "robot": "panda",
    "policy": "overhead_policy.yaml",
    "images": {key: {"camera": key, "topic": f"/{key}_camera/image_raw"} for key in ("front", "wrist")},
    "mode": "run",
    "start": "none",
}
"""The policy on the Panda, with the topics of the synthetic cameras."""
