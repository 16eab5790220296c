"""A flow-matching network of chunks, which continues rows that are already committed."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from steadyhand.policies.attention import Block, Memory
from steadyhand.policies.perception import Architecture, Perception
from steadyhand.policies.smoothing import smoother

LONGEST_PREFIX = 8
"""Most committed rows that the network is trained to continue."""

STEPS = 5
"""Euler steps from noise to actions."""

_WAVES = 4
_FEATURES = 2 + 2 * _WAVES


class FlowNetwork(Perception):
    """Noisy rows, each with a flow time of its own, to the rows without noise.

    Flow time runs from 0 (noise) to 1 (actions): x_t = (1 - t) noise + t actions, whose velocity is
    (actions - x_t) / (1 - t). Committed rows are given clean, with time 1, and come out as they went in: training-time
    real-time chunking (arXiv 2512.05964). The others are smoothed so that they continue the committed ones.

    The observation's tokens attend to each other only, so that they are computed once for all steps.
    """

    def __init__(self, architecture: Architecture | None = None) -> None:
        super().__init__(architecture)
        a = self.architecture
        self.queries = nn.Parameter(0.02 * torch.randn(a.horizon, a.width))
        self.blocks = nn.ModuleList(Block(a.width) for _ in range(a.layers))
        self.norm = nn.LayerNorm(a.width)
        self.head = nn.Linear(a.width, a.dimensions)
        self.enter = nn.Sequential(nn.Linear(a.dimensions + _FEATURES, 64), nn.GELU(), nn.Linear(64, a.width))
        # At first the rows say nothing, and the network answers as the regression that its weights may come from.
        nn.init.zeros_(self.enter[2].weight)
        nn.init.zeros_(self.enter[2].bias)
        smoothers = [smoother(a.horizon, fixed=count) for count in range(LONGEST_PREFIX + 1)]
        self.register_buffer("smoothers", torch.stack(smoothers), persistent=False)

    def begin_from(self, weights: Mapping[str, Tensor]) -> None:
        """Take over what a regression network has learned; ``weights`` is its state dictionary."""
        own = self.state_dict()
        taken = {name: value for name, value in weights.items() if name in own and name != "queries"}
        taken["queries"] = weights["queries"][: self.architecture.horizon]
        self.load_state_dict(own | taken)

    def memories(self, context: Tensor) -> list[Memory]:
        """Return what the layers remember of an observation's tokens, shape (B, T, width)."""
        remembered = []
        for block in self.blocks:
            context, memory = block.remember(context)
            remembered.append(memory)
        return remembered

    def denoised(self, memories: list[Memory], rows: Tensor, time: Tensor, delay: Tensor) -> Tensor:
        """Return the rows without noise, shape (B, H, D), normalised.

        Args:
            memories: From `memories`, of B observations.
            rows: Noisy rows, shape (B, H, D); the first ``delay`` of them clean.
            time: Flow time of the rows that are not committed, from 0 to below 1, shape (B,).
            delay: Committed rows, shape (B,), int64, up to ``LONGEST_PREFIX``.
        """
        a = self.architecture
        committed = committed_rows(delay, a.horizon)
        times = torch.where(committed, torch.ones_like(rows[..., 0]), time[:, None])
        tokens = self.queries + self.enter(torch.cat([rows, _features(times, committed)], dim=-1))
        for block, memory in zip(self.blocks, memories, strict=True):
            tokens = block(tokens, memory)
        found = torch.where(committed[..., None], rows, self.head(self.norm(tokens)))
        motion = torch.matmul(self.smoothers[delay], found[..., : a.dimensions - 1])
        return torch.cat([motion, found[..., a.dimensions - 1 :]], dim=-1)

    def velocity(self, memories: list[Memory], rows: Tensor, time: Tensor, delay: Tensor) -> Tensor:
        """Return the velocity of noisy rows, 0 of committed ones; see `denoised`."""
        return (self.denoised(memories, rows, time, delay) - rows) / (1.0 - time)[:, None, None]

    def sample(
        self, memories: list[Memory], noise: Tensor, prefix: Tensor, delay: Tensor, steps: int = STEPS
    ) -> Tensor:
        """Integrate from noise to actions, normalised, shape (B, H, D).

        Args:
            memories: From `memories`, of B observations.
            noise: Where the flow starts, shape (B, H, D).
            prefix: Committed rows, padded to shape (B, H, D).
            delay: How many rows are committed, shape (B,), int64.
            steps: Euler steps.
        """
        rows = torch.where(committed_rows(delay, noise.shape[1])[..., None], prefix, noise)
        for step in range(steps):
            time = torch.full_like(rows[:, 0, 0], step / steps)
            rows = rows + self.velocity(memories, rows, time, delay) / steps
        return rows


def committed_rows(delay: Tensor, horizon: int) -> Tensor:
    """Return which rows are committed, shape (B, horizon)."""
    return torch.arange(horizon, device=delay.device)[None] < delay[:, None]


def _features(times: Tensor, committed: Tensor) -> Tensor:
    """Return what the network is told of each row's flow time, shape (B, H, F)."""
    waves = [math.pi * times * 2.0**k for k in range(_WAVES)]
    parts = [times, committed.to(times.dtype), *(torch.sin(wave) for wave in waves)]
    return torch.stack([*parts, *(torch.cos(wave) for wave in waves)], dim=-1)
