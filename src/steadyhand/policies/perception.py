"""What the embedded networks see: images through attention made by the instruction, state and words, as tokens."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from steadyhand.policies.words import BUCKETS


@dataclass(frozen=True)
class Architecture:
    """Sizes of the network.

    Attributes:
        cameras: Image keys, in order.
        state: Elements of the state vector.
        horizon: Rows of a chunk.
        dimensions: Columns of a row.
        channels: Channels of the image trunk.
        maps: Attention maps that an instruction generates for each camera.
        width: Width of the transformer.
        layers: Layers of the transformer.
        words: Width of the word embedding.
    """

    cameras: tuple[str, ...] = ("front", "wrist")
    state: int = 6
    horizon: int = 16
    dimensions: int = 5
    channels: int = 32
    maps: int = 8
    width: int = 128
    layers: int = 2
    words: int = 48


class Residual(nn.Module):  # type: ignore[misc]
    """Two dilated 3x3 convolutions around a skip."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape."""
        return functional.relu(features + self.second(functional.relu(self.first(features))))


class Trunk(nn.Module):  # type: ignore[misc]
    """Language-free convolutions from (B, 3, 96, 96) to (B, channels, 24, 24)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, channels, 6, stride=4, padding=1),
            nn.ReLU(),
            Residual(channels, 1),
            Residual(channels, 2),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Return the feature maps."""
        features: Tensor = self.layers(images)
        return features


class Grounding(nn.Module):  # type: ignore[misc]
    """Attention of one camera: the instruction makes 1x1 kernels, whose maps go through a spatial softmax.

    Spatial softmax: Levine et al., "End-to-End Training of Deep Visuomotor Policies" (2016), section 5.1.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        channels, maps = architecture.channels, architecture.maps
        self.maps = maps
        self.kernels = nn.Linear(architecture.words, maps * channels)
        self.token = nn.Linear(channels + 3, architecture.width)
        self.place = nn.Parameter(0.02 * torch.randn(maps, architecture.width))

    def forward(self, features: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        """Attend to the features of B images for I instructions each.

        Args:
            features: Shape (B, channels, h, w).
            text: Embedded instructions, shape (B, I, words).

        Returns:
            Tokens, shape (B * I, maps, width), and where each map looks: x, y from -1 to 1 between the image's
            edges, and the map's spread, shape (B * I, maps, 3).
        """
        batch, channels, height, width = features.shape
        count = text.shape[1]
        flat = features.flatten(2)
        kernels = self.kernels(text).reshape(batch, count * self.maps, channels)
        attention = torch.softmax(torch.bmm(kernels, flat).float() * channels**-0.5 * 4.0, dim=-1)
        grid = self._grid(height, width, features.device)
        points = torch.matmul(attention, grid)
        spread = (points[..., 2:] - points[..., :1] ** 2 - points[..., 1:2] ** 2).clamp(min=0.0)
        where = torch.cat([points[..., :2], spread], dim=-1)
        seen = torch.bmm(attention.to(flat.dtype), flat.transpose(1, 2))
        tokens = self.token(torch.cat([seen, where.to(seen.dtype)], dim=-1))
        tokens = tokens.reshape(batch * count, self.maps, -1) + self.place
        return tokens, where.reshape(batch * count, self.maps, 3)

    @staticmethod
    def _grid(height: int, width: int, device: torch.device) -> Tensor:
        """Return x, y and x^2 + y^2 of every cell, shape (h * w, 3)."""
        y, x = torch.meshgrid(
            (torch.arange(height, device=device) + 0.5) / height * 2.0 - 1.0,
            (torch.arange(width, device=device) + 0.5) / width * 2.0 - 1.0,
            indexing="ij",
        )
        return torch.stack([x, y, x**2 + y**2], dim=-1).reshape(height * width, 3)


class Glimpse(nn.Module):  # type: ignore[misc]
    """A closer look at the image around the named object: how it is turned shows in few pixels only.

    A glimpse network in the sense of Mnih et al., "Recurrent Models of Visual Attention" (2014), but led by the
    supervised attention.
    """

    def __init__(self, width: int, size: int = 20, reach: float = 0.27) -> None:
        super().__init__()
        self.size = size
        offsets = torch.linspace(-reach, reach, size)
        y, x = torch.meshgrid(offsets, offsets, indexing="ij")
        self.register_buffer("window", torch.stack([x, y], dim=-1))
        self.layers = nn.Sequential(
            nn.Conv2d(3, 24, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(24, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * ((size + 3) // 4) ** 2, width),
        )

    def forward(self, images: Tensor, where: Tensor) -> Tensor:
        """Return one token for each instruction, shape (B * I, 1, width).

        Args:
            images: Shape (B, 3, h, w).
            where: Middle of the window for each of I instructions, x and y from -1 to 1, shape (B, I, 2).
        """
        batch, count = where.shape[:2]
        grid = where[:, :, None, None, :] + self.window
        grid = grid.reshape(batch, count * self.size, self.size, 2)
        pieces = functional.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
        pieces = pieces.reshape(batch, 3, count, self.size, self.size).transpose(1, 2)
        token: Tensor = self.layers(pieces.reshape(batch * count, 3, self.size, self.size))
        return token.unsqueeze(1)


class Instruction(nn.Module):  # type: ignore[misc]
    """Word buckets to one vector: embeddings, weighted by how much each word matters."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(BUCKETS, width, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.weight = nn.Linear(width, 1)
        self.norm = nn.LayerNorm(width)
        self.mix = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, words: Tensor) -> Tensor:
        """Return embedded instructions, shape (..., width), of buckets, shape (..., L)."""
        vectors = self.embedding(words)
        mask = (words > 0).unsqueeze(-1)
        weights = torch.exp(self.weight(vectors).clamp(max=8.0)) * mask
        pooled = (weights * vectors).sum(-2) / weights.sum(-2).clamp(min=1e-6)
        pooled = self.norm(pooled)
        mixed: Tensor = pooled + self.mix(pooled)
        return mixed


@dataclass(frozen=True)
class Seen:
    """What was seen of B frames for I instructions each, before the state is known.

    Attributes:
        tokens: Of maps and glimpses, shape (B * I, cameras * (maps + 1), width).
        where: Where each map looks and how widely, shape (B * I, cameras * maps * 3).
        text: Embedded instructions, shape (B * I, words).
        pixels: Where the first map of each camera looks, x and y from -1 to 1, shape (B, I, cameras, 2).
    """

    tokens: Tensor
    where: Tensor
    text: Tensor
    pixels: Tensor


class Perception(nn.Module):  # type: ignore[misc]
    """Images, state and hashed words to tokens: what every embedded network begins with."""

    def __init__(self, architecture: Architecture | None = None) -> None:
        super().__init__()
        self.architecture = a = architecture or Architecture()
        self.trunks = nn.ModuleList(Trunk(a.channels) for _ in a.cameras)
        self.instruction = Instruction(a.words)
        self.groundings = nn.ModuleList(Grounding(a) for _ in a.cameras)
        self.glimpses = nn.ModuleList(Glimpse(a.width) for _ in a.cameras)
        self.state_token = nn.Sequential(nn.Linear(a.state, a.width), nn.GELU(), nn.Linear(a.width, a.width))
        geometry = a.state + 3 * a.maps * len(a.cameras)
        self.geometry_token = nn.Sequential(
            nn.Linear(geometry, 2 * a.width), nn.GELU(), nn.Linear(2 * a.width, a.width)
        )
        self.text_token = nn.Linear(a.words, a.width)

    def look(self, images: Tensor, words: Tensor) -> Seen:
        """Return what I instructions find in each of B frames.

        Args:
            images: Shape (B, cameras, 3, 96, 96), about -1 to 1.
            words: Hashed instructions, shape (B, I, L).
        """
        a = self.architecture
        batch, count = words.shape[0], words.shape[1]
        text = self.instruction(words)
        tokens, places, pixels = [], [], []
        for index in range(len(a.cameras)):
            image = images[:, index]
            found, where = self.groundings[index](self.trunks[index](image), text)
            looked = where[:, 0, :2].reshape(batch, count, 2)
            tokens += [found, self.glimpses[index](image, looked.detach())]
            places.append(where.reshape(batch * count, 3 * a.maps))
            pixels.append(looked)
        return Seen(
            torch.cat([token.to(text.dtype) for token in tokens], dim=1),
            torch.cat(places, dim=-1),
            text.reshape(batch * count, a.words),
            torch.stack(pixels, dim=2),
        )

    def context(self, seen: Seen, state: Tensor) -> Tensor:
        """Return the tokens that describe an observation, shape (B * I, T, width).

        Args:
            seen: From `look`.
            state: Normalised, one for each instruction of each frame, shape (B * I, state).
        """
        tokens = [
            seen.tokens,
            self.state_token(state).unsqueeze(1),
            self.geometry_token(torch.cat([state, seen.where.to(state.dtype)], dim=-1)).unsqueeze(1),
            self.text_token(seen.text).unsqueeze(1),
        ]
        return torch.cat([token.to(seen.text.dtype) for token in tokens], dim=1)
