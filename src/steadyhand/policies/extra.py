"""The optional dependency of networks that are trained or differentiated."""

from __future__ import annotations

from importlib.util import find_spec


def torch_installed() -> bool:
    """Return whether PyTorch and ONNX can be imported; they are by the modules that need them."""
    return find_spec("torch") is not None and find_spec("onnx") is not None
