"""Training of the embedded policy by behaviour cloning."""

from __future__ import annotations

import copy
import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from steadyhand.learning.dataset import Dataset, Phrasebook
from steadyhand.learning.network import PickNetwork
from steadyhand.policies.flow_network import FlowNetwork
from steadyhand.policies.funnel import LEAD, Funnel
from steadyhand.policies.perception import Architecture


@dataclass(frozen=True)
class Pace:
    """How fast a network is trained.

    Attributes:
        steps: Optimiser steps.
        batch: Frames in a step; each is labelled for every object.
        rate: Peak learning rate.
        decay: Weight decay.
        warmup: Steps until the peak learning rate.
        average: Decay of the exponential moving average of the weights.
    """

    steps: int = 2400
    batch: int = 64
    rate: float = 1e-3
    decay: float = 0.01
    warmup: int = 100
    average: float = 0.998


@dataclass(frozen=True)
class Settings(Pace):
    """Settings of a training.

    Attributes:
        place: Weight of the auxiliary loss on the named object's place.
        pixels: Weight of the auxiliary loss on where the first attention maps look.
        threads: Threads of PyTorch.
        half: Whether to compute in bfloat16; only faster on processors that have it.
        seed: Of everything random.
        architecture: Sizes of the network.
    """

    place: float = 0.3
    pixels: float = 1.0
    threads: int = 1
    half: bool = False
    seed: int = 0
    architecture: Architecture = field(default_factory=Architecture)


@dataclass(frozen=True)
class Normaliser:
    """Means and scales: state, each of shape (6,), and rows, each of shape (16, 5), place (5,)."""

    state_mean: NDArray[np.float32]
    state_scale: NDArray[np.float32]
    rows_mean: NDArray[np.float32]
    rows_scale: NDArray[np.float32]
    place_mean: NDArray[np.float32]
    place_scale: NDArray[np.float32]

    @staticmethod
    def of(data: Dataset) -> Normaliser:
        """Measure a data set."""
        return Normaliser(
            data.state.mean(0),
            data.state.std(0) + 1e-3,
            data.rows.mean((0, 1)),
            data.rows.std((0, 1)) + 1e-3,
            data.place.mean((0, 1)),
            data.place.std((0, 1)) + 1e-3,
        )


def recipe(settings: Settings, frames: int) -> str:
    """Return a hash of everything that decides the weights but the code: settings, expert and amount of data."""
    content = {"settings": asdict(settings), "funnel": asdict(Funnel()), "lead": LEAD, "frames": frames}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def train(
    data: Dataset,
    out: Path,
    settings: Settings | None = None,
    report: Callable[[dict[str, float]], None] | None = None,
    start: Path | None = None,
) -> Path:
    """Train a network and write it, averaged weights and normalisers, to ``out``.

    Args:
        data: Labelled frames.
        out: Checkpoint to write; also written every 500 steps.
        settings: How.
        report: Told step, losses, learning rate and frames per second every 50 steps.
        start: Checkpoint to go on from, with its normalisers.
    """
    chosen = settings or Settings()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(chosen.seed)
    network = PickNetwork(chosen.architecture)
    normaliser = Normaliser.of(data)
    if start is not None:
        network, normaliser, _ = load_checkpoint(start)
    network = network.to(memory_format=torch.channels_last)
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=chosen.rate, weight_decay=chosen.decay)
    identity = recipe(chosen, len(data.state))
    batches = _batches(data, normaliser, chosen)
    losses: list[float] = []
    begin = time.monotonic()
    for step in range(chosen.steps):
        for group in optimiser.param_groups:
            group["lr"] = chosen.rate * learning_rate(step, chosen)
        with torch.autocast("cpu", torch.bfloat16, enabled=chosen.half):
            loss = _loss(network, next(batches), chosen)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        follow(average, network, min(chosen.average, (1 + step) / (10 + step)))
        losses.append(float(loss.detach()))
        last = step == chosen.steps - 1
        if report is not None and (step % 50 == 49 or last):
            seen = {"step": float(step + 1), "loss": float(np.mean(losses[-50:]))}
            seen["frames_per_second"] = (step + 1) * chosen.batch / (time.monotonic() - begin)
            if step % 250 == 249 or last:
                seen |= validate(average, data, normaliser)
            report(seen)
        if step % 500 == 499 or last:
            save_checkpoint(
                out, average, normaliser, {"recipe": identity, "step": step + 1, "settings": asdict(chosen)}
            )
    return out


def validate(network: PickNetwork, data: Dataset, normaliser: Normaliser, most: int = 512) -> dict[str, float]:
    """Return mean absolute errors on held-out frames.

    Of all rows: position [mm] and opening; of frames near the object: position of the first eight rows [mm], yaw,
    and yaw had none been predicted [rad]; the object's place [mm] and where the attention looks [px].
    """
    index = np.flatnonzero(data.held_out)[:most]
    if not len(index):
        return {}
    words = torch.from_numpy(Phrasebook(np.random.default_rng(0), noise=0.0).draw(len(index)))
    with torch.no_grad():
        images = (torch.from_numpy(data.images[index]).float() / 127.5 - 1.0).permute(0, 1, 4, 2, 3)
        state = torch.from_numpy((data.state[index] - normaliser.state_mean) / normaliser.state_scale)
        answer = network(images, state, words)
    error = np.abs(answer.rows.numpy() * normaliser.rows_scale + normaliser.rows_mean - data.rows[index])
    place = answer.place.numpy() * normaliser.place_scale + normaliser.place_mean
    place_error = np.abs(place - data.place[index])
    near = data.weight[index] > 1.0
    pixel_error = np.abs(answer.pixels.numpy() - data.pixels[index]).mean(-1)
    return {
        "position_mm": float(1e3 * error[..., :3].mean()),
        "near_position_mm": 1e3 * _mean(error[..., :8, :3][data.weight[index] > 1.5]),
        "near_yaw": _mean(error[..., 3][near]),
        "near_yaw_of_none": _mean(np.abs(data.rows[index][..., 3][near])),
        "opening": float(error[..., 4].mean()),
        "place_mm": float(1e3 * place_error[..., :3].mean()),
        "pixels": 48 * _mean(pixel_error[data.visible[index] > 0]),
    }


def _mean(values: NDArray[np.floating[Any]]) -> float:
    return float(values.mean()) if values.size else math.nan


def save_checkpoint(
    path: Path, network: PickNetwork | FlowNetwork, normaliser: Normaliser, about: dict[str, Any], part: str = "weights"
) -> None:
    """Write weights under the name ``part``, normalisers and what is known about them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        part: network.state_dict(),
        "architecture": asdict(network.architecture),
        "normaliser": {name: torch.from_numpy(np.asarray(value)) for name, value in vars(normaliser).items()},
        "about": about,
    }
    torch.save(content, path)


def load_checkpoint(path: Path) -> tuple[PickNetwork, Normaliser, dict[str, Any]]:
    """Return network, normalisers and what is known about them."""
    content = torch.load(path, weights_only=True)
    sizes = content["architecture"]
    network = PickNetwork(Architecture(**{**sizes, "cameras": tuple(sizes["cameras"])}))
    network.load_state_dict(content["weights"])
    normaliser = Normaliser(**{name: value.numpy() for name, value in content["normaliser"].items()})
    return network, normaliser, content["about"]


def learning_rate(step: int, settings: Pace) -> float:
    """Return the part of the peak learning rate at a step: warmed up, then a cosine."""
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    done = (step - settings.warmup) / max(1, settings.steps - settings.warmup)
    return 0.5 * (1.0 + math.cos(math.pi * done)) + 0.01


@dataclass(frozen=True)
class _Batch:
    images: Tensor
    state: Tensor
    words: Tensor
    rows: Tensor
    place: Tensor
    turn_weight: Tensor
    pixels: Tensor
    visible: Tensor
    weight: Tensor


def _batches(data: Dataset, normaliser: Normaliser, settings: Settings) -> Iterator[_Batch]:
    random = np.random.default_rng(settings.seed)
    phrases = Phrasebook(random)
    usable = np.flatnonzero(~data.held_out)
    rows = (data.rows - normaliser.rows_mean) / normaliser.rows_scale
    place = (data.place - normaliser.place_mean) / normaliser.place_scale
    while True:
        order = random.permutation(usable)
        for start in range(0, len(order) - settings.batch + 1, settings.batch):
            index = order[start : start + settings.batch]
            state = noisy_state(data.state[index], normaliser, random)
            yield _Batch(
                augment(torch.from_numpy(data.images[index]), random),
                torch.from_numpy(state),
                torch.from_numpy(phrases.draw(len(index))),
                torch.from_numpy(rows[index]),
                torch.from_numpy(place[index]),
                *(torch.from_numpy(f[index]) for f in (data.turn_weight, data.pixels, data.visible, data.weight)),
            )


_GRAINS = 8  # different patterns of noise in a batch
_STATE_NOISE = np.array([0.001, 0.001, 0.001, 0.003, 0.003, 0.01])


def noisy_state(state: NDArray[np.float32], normaliser: Normaliser, random: np.random.Generator) -> NDArray[np.float32]:
    """Return state vectors with some noise, normalised, shape (N, 6)."""
    noisy = state + random.normal(0.0, _STATE_NOISE, state.shape).astype(np.float32)
    return (noisy - normaliser.state_mean) / normaliser.state_scale


def augment(images: Tensor, random: np.random.Generator) -> Tensor:
    """Return images as (B, cameras, 3, h, w) about -1 to 1, with varied brightness, contrast, tint and noise."""
    batch, cameras = images.shape[:2]

    def draw(low: float, high: float, *shape: int) -> Tensor:
        return torch.from_numpy(random.uniform(low, high, shape).astype(np.float32))

    gain = draw(0.85, 1.15, batch, 1, 1, 1, 1) * draw(0.95, 1.05, batch, cameras, 1, 1, 3)
    shift = draw(-0.06, 0.06, batch, cameras, 1, 1, 1)
    pixels = (images.float() / 127.5 - 1.0) * gain + shift
    # Drawing fresh noise for every pixel would cost as much as an eighth of the training.
    grain = torch.randn(_GRAINS, *pixels.shape[2:])[torch.from_numpy(random.integers(_GRAINS, size=batch))]
    pixels += draw(0.0, 0.03, batch, 1, 1, 1, 1) * grain[:, None]
    return pixels.permute(0, 1, 4, 2, 3)


def _loss(network: PickNetwork, batch: _Batch, settings: Settings) -> Tensor:
    answer = network(batch.images, batch.state, batch.words)
    error = (answer.rows.float() - batch.rows).abs().mean((-1, -2))
    place = (answer.place.float() - batch.place).abs()
    place_error = place[..., :3].mean(-1) + batch.turn_weight * place[..., 3:].mean(-1)
    pixel_error = ((answer.pixels.float() - batch.pixels).abs().mean(-1) * batch.visible).mean(-1)
    weighted = (error + settings.place * place_error) * batch.weight
    return (weighted + settings.pixels * pixel_error).mean()


@torch.no_grad()  # type: ignore[untyped-decorator]
def follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move an exponential moving average of the weights on."""
    for slow, fast in zip(average.parameters(), network.parameters(), strict=True):
        slow.lerp_(fast, 1.0 - decay)
