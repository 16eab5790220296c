"""The flow network as a policy calls it: one observation in physical units to one chunk in physical units."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from steadyhand.policies.attention import Memory
from steadyhand.policies.flow_network import LONGEST_PREFIX, FlowNetwork

SCALES = ("state_mean", "state_scale", "rows_mean", "rows_scale")


class DeployedFlow(nn.Module):  # type: ignore[misc]
    """A flow network with what it needs to speak physical units.

    Args:
        network: Trained.
        scales: Means and scales of ``SCALES``: of the state, each of shape (S,), and of the rows, each of shape (H, D).
    """

    def __init__(self, network: FlowNetwork, scales: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.network = network
        for name in SCALES:
            self.register_buffer(name, scales[name].float())

    def forward(
        self, front: Tensor, wrist: Tensor, state: Tensor, words: Tensor, prefix: Tensor, delay: Tensor, noise: Tensor
    ) -> Tensor:
        """Return rows, shape (1, H, D).

        Args:
            front: Image, shape (1, 96, 96, 3), uint8.
            wrist: Image, shape (1, 96, 96, 3), uint8.
            state: Shape (1, S).
            words: Hashed words, shape (1, L).
            prefix: Committed rows, filled up to shape (1, H, D).
            delay: How many of them are committed, shape (1,), int64; more than the network knows are cut.
            noise: Where sampling starts, shape (1, H, D), of unit variance.
        """
        memories = self.observe(torch.stack([front, wrist], dim=1), state, words)
        rows = self.network.sample(memories, noise, self.normalised(prefix), delay.clamp(0, LONGEST_PREFIX))
        return self.physical(rows)

    def observe(self, images: Tensor, state: Tensor, words: Tensor) -> list[Memory]:
        """Return what the network remembers of an observation; images of shape (1, cameras, 96, 96, 3), uint8."""
        pixels = (images.float() / 127.5 - 1.0).permute(0, 1, 4, 2, 3)
        seen = self.network.look(pixels, words.unsqueeze(1))
        return self.network.memories(self.network.context(seen, (state - self.state_mean) / self.state_scale))

    def normalised(self, rows: Tensor) -> Tensor:
        """Return rows in the network's units, both of shape (..., H, D)."""
        return (rows - self.rows_mean) / self.rows_scale

    def physical(self, rows: Tensor) -> Tensor:
        """Return rows in physical units, both of shape (..., H, D)."""
        return rows * self.rows_scale + self.rows_mean
