"""Errors of policies."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class PolicyError(SteadyhandError):
    """A policy that cannot be made or cannot infer."""


class UnknownBackendError(PolicyError):
    """The policy profile names a backend that does not exist."""


class ModelError(PolicyError):
    """A model file that cannot be read, or whose inputs and outputs do not fit the policy profile."""


class TorchExtraError(PolicyError):
    """PyTorch is not installed."""

    def __init__(self, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs PyTorch and ONNX, which are not installed. Install the extra 'train': "
            "pip install 'steadyhand[train]' (without a GPU, take PyTorch's CPU build)."
        )


class MissingGroundTruthError(PolicyError):
    """The scripted policy was not told where the objects are."""


class OutputError(PolicyError):
    """A policy gave something else than its profile says."""
