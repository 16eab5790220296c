"""The optional dependency of training."""

from __future__ import annotations

from steadyhand.learning.exceptions import TrainExtraError
from steadyhand.policies.extra import torch_installed


def require_torch() -> None:
    """See that PyTorch and ONNX are installed; they are imported by the modules that need them.

    Raises:
        TrainExtraError: They are not.
    """
    if not torch_installed():
        raise TrainExtraError
