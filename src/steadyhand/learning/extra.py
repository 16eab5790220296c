"""The optional dependency of training."""

from __future__ import annotations

from importlib.util import find_spec

from steadyhand.learning.exceptions import TrainExtraError


def require_torch() -> None:
    """See that PyTorch and ONNX are installed; they are imported by the modules that need them.

    Raises:
        TrainExtraError: They are not.
    """
    if find_spec("torch") is None or find_spec("onnx") is None:
        raise TrainExtraError
