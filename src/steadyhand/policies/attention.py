"""Transformer layers that export to plain operators."""

from __future__ import annotations

import torch
from torch import Tensor, nn

Memory = tuple[Tensor, Tensor]
"""Keys and values, each of shape (B, heads, T, width / heads)."""


class Block(nn.Module):  # type: ignore[misc]
    """A pre-norm transformer layer, written out so that it exports to plain operators."""

    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm_attention = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 3 * width), nn.GELU(), nn.Linear(3 * width, width))

    def forward(self, tokens: Tensor, memory: Memory | None = None) -> Tensor:
        """Return tokens of the same shape (B, T, width), which attend to each other and to ``memory``."""
        following, _ = self.remember(tokens, memory)
        return following

    def remember(self, tokens: Tensor, memory: Memory | None = None) -> tuple[Tensor, Memory]:
        """Return what `forward` does, and the tokens' own keys and values for others to attend to."""
        batch, length, width = tokens.shape
        split = self.query_key_value(self.norm_attention(tokens))
        split = split.reshape(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        query, own_key, own_value = split[0], split[1], split[2]
        key, value = own_key, own_value
        if memory is not None:
            key, value = torch.cat([memory[0], key], dim=2), torch.cat([memory[1], value], dim=2)
        scores = torch.matmul(query, key.transpose(-1, -2)) * (width // self.heads) ** -0.5
        mixed = torch.matmul(torch.softmax(scores, dim=-1), value)
        tokens = tokens + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        following: Tensor = tokens + self.mlp(self.norm_mlp(tokens))
        return following, (own_key, own_value)
