"""Errors of collecting, training and exporting."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class LearningError(SteadyhandError):
    """Data or a network that cannot be used."""


class TrainExtraError(LearningError):
    """PyTorch is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "training needs PyTorch and ONNX, which are not installed. Install the extra 'train': "
            "pip install 'steadyhand[train]' (without a GPU, take PyTorch's CPU build)."
        )
