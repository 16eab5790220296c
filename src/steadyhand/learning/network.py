"""The embedded policy's regression network: a transformer over action queries."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from steadyhand.policies.attention import Block
from steadyhand.policies.perception import Architecture, Perception
from steadyhand.policies.smoothing import smoother


@dataclass(frozen=True)
class Answer:
    """What the network says, in normalised units.

    Attributes:
        rows: Shape (B, I, horizon, dimensions).
        place: Where the named object is, shape (B, I, 5); see ``OBJECT_TARGETS``.
        pixels: Where the first map of each camera looks, x and y from -1 to 1, shape (B, I, cameras, 2).
    """

    rows: Tensor
    place: Tensor
    pixels: Tensor


class PickNetwork(Perception):
    """Images, state and hashed words to a chunk, in normalised units.

    The first attention map of each camera is trained to look at the named object, and the last query to say where it
    is; both let the grounding form early, and neither is exported. Motion is smoothed along the rows, for what follows
    takes their second differences.
    """

    def __init__(self, architecture: Architecture | None = None) -> None:
        super().__init__(architecture)
        a = self.architecture
        self.queries = nn.Parameter(0.02 * torch.randn(a.horizon + 1, a.width))
        self.blocks = nn.ModuleList(Block(a.width) for _ in range(a.layers))
        self.norm = nn.LayerNorm(a.width)
        self.head = nn.Linear(a.width, a.dimensions)
        self.object_head = nn.Linear(a.width, OBJECT_TARGETS)
        self.register_buffer("smoother", smoother(a.horizon))

    def forward(self, images: Tensor, state: Tensor, words: Tensor) -> Answer:
        """Answer I instructions for each of B frames.

        Args:
            images: Shape (B, cameras, 3, 96, 96), about -1 to 1.
            state: Normalised, shape (B, state).
            words: Hashed instructions, shape (B, I, L).
        """
        a = self.architecture
        batch, count = words.shape[0], words.shape[1]
        seen = self.look(images, words)
        repeated = state.unsqueeze(1).expand(batch, count, a.state).reshape(batch * count, a.state)
        queries = self.queries.unsqueeze(0).expand(batch * count, -1, -1)
        sequence = torch.cat([self.context(seen, repeated), queries.to(seen.text.dtype)], dim=1)
        for block in self.blocks:
            sequence = block(sequence)
        answers = self.norm(sequence[:, -(a.horizon + 1) :])
        rows = self.head(answers[:, : a.horizon])
        rows = torch.cat(
            [torch.matmul(self.smoother, rows[..., : a.dimensions - 1]), rows[..., a.dimensions - 1 :]], -1
        )
        place = self.object_head(answers[:, a.horizon])
        return Answer(
            rows.reshape(batch, count, a.horizon, a.dimensions),
            place.reshape(batch, count, OBJECT_TARGETS),
            seen.pixels,
        )


OBJECT_TARGETS = 5
"""Auxiliary targets: offset from tool to object (3) [m], sine and cosine of four times the turn between them."""
