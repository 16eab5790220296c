"""Training of the flow-matching network, on what a trained regression network sees."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from steadyhand.learning.dataset import Dataset, Phrasebook
from steadyhand.learning.training import (
    Normaliser,
    Pace,
    augment,
    follow,
    learning_rate,
    load_checkpoint,
    noisy_state,
    save_checkpoint,
)
from steadyhand.policies.flow_network import LONGEST_PREFIX, FlowNetwork, committed_rows
from steadyhand.policies.perception import Seen


@dataclass(frozen=True)
class FlowSettings(Pace):
    """Settings of a training.

    Attributes:
        samples: Draws of noise, flow time and prefix for each label in a step.
        shifted: Part of the prefixes that are off the label, as those of a chunk made from an earlier observation are.
        shift: Standard deviation of how far: x y z [m], yaw [rad].
        shift_rate: The same of its change along the rows, for each row.
        sharpness: Errors above this count by their size, below it by its square, in normalised units.
        passes: Varied views of every frame that are looked at.
        threads: Threads of PyTorch.
        seed: Of everything random.
    """

    steps: int = 1200
    batch: int = 32
    rate: float = 5e-4
    samples: int = 2
    shifted: float = 0.5
    shift: tuple[float, ...] = (0.003, 0.003, 0.003, 0.015)
    shift_rate: tuple[float, ...] = (0.001, 0.001, 0.001, 0.005)
    sharpness: float = 0.1
    passes: int = 1
    threads: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Sights:
    """What perception found of F frames for K instructions, in half precision; see `Seen`.

    Attributes:
        tokens: Shape (F, K, T, width).
        where: Shape (F, K, W).
        text: Shape (F, K, words).
    """

    tokens: Tensor
    where: Tensor
    text: Tensor

    def of(self, index: Tensor) -> Seen:
        """Return what was seen of some frames, for all K instructions."""
        tokens, where, text = (field[index].float().flatten(0, 1) for field in (self.tokens, self.where, self.text))
        return Seen(tokens, where, text, torch.empty(0))


def train_flow(
    data: Dataset,
    out: Path,
    start: Path,
    settings: FlowSettings | None = None,
    report: Callable[[dict[str, float]], None] | None = None,
) -> Path:
    """Train a flow network on a trained regression network's perception, and write it to ``out``.

    Perception is not trained further, so that every frame is looked at once.

    Args:
        data: Labelled frames.
        out: Checkpoint to write; also written every 500 steps.
        start: Checkpoint of the regression network.
        settings: How.
        report: Told step, loss and errors on held-out frames.
    """
    chosen = settings or FlowSettings()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(chosen.seed)
    random = np.random.default_rng(chosen.seed)
    regression, normaliser, about = load_checkpoint(start)
    network = FlowNetwork(regression.architecture)
    network.begin_from(regression.state_dict())
    views = [look(network, data, random, vary=index > 0 or chosen.passes == 1) for index in range(chosen.passes)]
    exam = look(network, data, np.random.default_rng(0), vary=False, only=np.flatnonzero(data.held_out)[:_EXAM])
    learned = [p for name, p in network.named_parameters() if name.split(".")[0] not in _SEEING]
    average = copy.deepcopy(network)
    optimiser = torch.optim.AdamW(learned, lr=chosen.rate, weight_decay=chosen.decay)
    identity = _recipe(chosen, len(data.state), str(about["recipe"]))
    batches = _batches(data, normaliser, views, chosen, random)
    losses: list[float] = []
    begin = time.monotonic()
    for step in range(chosen.steps):
        for group in optimiser.param_groups:
            group["lr"] = chosen.rate * learning_rate(step, chosen)
        loss = _loss(network, *next(batches), normaliser, chosen, random)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        follow(average, network, min(chosen.average, (1 + step) / (10 + step)))
        losses.append(float(loss.detach()))
        last = step == chosen.steps - 1
        if report is not None and (step % 50 == 49 or last):
            seen = {"step": float(step + 1), "loss": float(np.mean(losses[-50:]))}
            seen["frames_per_second"] = (step + 1) * chosen.batch / (time.monotonic() - begin)
            if step % 250 == 249 or last:
                seen |= validate_flow(average, data, normaliser, exam)
            report(seen)
        if step % 500 == 499 or last:
            known = {"recipe": identity, "step": step + 1, "settings": asdict(chosen)}
            save_checkpoint(out, average, normaliser, known, part="flow")
    return out


_EXAM = 192  # frames that samples are compared on
_SEEING = frozenset({"trunks", "instruction", "groundings", "glimpses"})


def _recipe(settings: FlowSettings, frames: int, regression: str) -> str:
    """Return a hash of everything that decides the weights but the code."""
    content = {"settings": asdict(settings), "frames": frames, "regression": regression}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@torch.no_grad()  # type: ignore[untyped-decorator]
def look(
    network: FlowNetwork,
    data: Dataset,
    random: np.random.Generator,
    *,
    vary: bool,
    only: NDArray[np.intp] | None = None,
) -> Sights:
    """Look at frames once, with varied images and words or with plain ones."""
    index = np.arange(len(data.state)) if only is None else only
    phrases = Phrasebook(random, noise=0.1 if vary else 0.0)
    found: list[tuple[Tensor, Tensor, Tensor]] = []
    for part in np.array_split(index, max(1, len(index) // 32)):
        raw = torch.from_numpy(data.images[part])
        images = augment(raw, random) if vary else (raw.float() / 127.5 - 1.0).permute(0, 1, 4, 2, 3)
        words = torch.from_numpy(phrases.draw(len(part)))
        seen = network.look(images, words)
        shape = words.shape[:2]
        found.append(tuple(f.half().reshape(*shape, *f.shape[1:]) for f in (seen.tokens, seen.where, seen.text)))
    return Sights(*(torch.cat(parts) for parts in zip(*found, strict=True)))


def validate_flow(network: FlowNetwork, data: Dataset, normaliser: Normaliser, sights: Sights) -> dict[str, float]:
    """Return mean absolute errors of samples without noise on held-out frames.

    Without and with three committed rows: position of the rows up to the eighth that are not committed, of frames near
    the object [mm]; and the opening's error.
    """
    index = np.flatnonzero(data.held_out)[: len(sights.tokens)]
    if not len(index):
        return {}
    rows = data.rows[index].reshape(-1, *data.rows.shape[2:])
    normal = torch.from_numpy((rows - normaliser.rows_mean) / normaliser.rows_scale)
    near = data.weight[index].reshape(-1) > 1.5
    found = {}
    with torch.no_grad():
        state = torch.from_numpy((data.state[index] - normaliser.state_mean) / normaliser.state_scale)
        state = state.repeat_interleave(data.rows.shape[1], dim=0)
        memories = network.memories(network.context(sights.of(torch.arange(len(index))), state))
        for count in (0, 3):
            delay = torch.full((len(rows),), count)
            sample = network.sample(memories, torch.zeros_like(normal), normal, delay).numpy()
            error = np.abs(sample * normaliser.rows_scale + normaliser.rows_mean - rows)
            found[f"near_mm_{count}"] = float(1e3 * error[near][:, count:8, :3].mean()) if near.any() else float("nan")
            found[f"opening_{count}"] = float(error[:, count:, 4].mean())
    return found


def _batches(
    data: Dataset,
    normaliser: Normaliser,
    views: list[Sights],
    settings: FlowSettings,
    random: np.random.Generator,
) -> Iterator[tuple[Seen, Tensor, Tensor, Tensor]]:
    """Yield what is seen, the state, the normalised labels and their weights, of ``batch`` frames and all objects."""
    usable = np.flatnonzero(~data.held_out)
    labels = (data.rows - normaliser.rows_mean) / normaliser.rows_scale
    count = data.rows.shape[1]
    while True:
        order = random.permutation(usable)
        for start in range(0, len(order) - settings.batch + 1, settings.batch):
            index = order[start : start + settings.batch]
            state = torch.from_numpy(noisy_state(data.state[index], normaliser, random))
            yield (
                views[int(random.integers(len(views)))].of(torch.from_numpy(index)),
                state.repeat_interleave(count, dim=0),
                torch.from_numpy(labels[index].reshape(-1, *labels.shape[2:])),
                torch.from_numpy(data.weight[index].reshape(-1)),
            )


def _loss(
    network: FlowNetwork,
    seen: Seen,
    state: Tensor,
    labels: Tensor,
    weight: Tensor,
    normaliser: Normaliser,
    settings: FlowSettings,
    random: np.random.Generator,
) -> Tensor:
    """Return the error of the rows without noise, over the rows that are not committed.

    The same observation serves several draws of noise, flow time and prefix: looking costs most.
    """
    memories = network.memories(network.context(seen, state))
    memories = [
        (key.repeat(settings.samples, 1, 1, 1), value.repeat(settings.samples, 1, 1, 1)) for key, value in memories
    ]
    labels = labels.repeat(settings.samples, 1, 1)
    weight = weight.repeat(settings.samples)
    count, horizon = labels.shape[:2]
    delay = torch.from_numpy(random.integers(0, LONGEST_PREFIX + 1, count))
    # Chunks without a prefix begin every episode, and are what all that follow come from.
    delay[torch.from_numpy(random.random(count) < _WITHOUT)] = 0
    labels = labels + shifts(delay, normaliser, settings, random)
    time = torch.from_numpy(random.random(count).astype(np.float32))
    committed = committed_rows(delay, horizon)
    mixed = torch.lerp(torch.randn_like(labels), labels, time[:, None, None])
    rows = torch.where(committed[..., None], labels, mixed)
    found = network.denoised(memories, rows, time, delay)
    error = torch.nn.functional.huber_loss(found, labels, reduction="none", delta=settings.sharpness)
    error = (error.mean(-1) * ~committed).sum(-1) / (horizon - delay)
    return (error * weight).mean() / settings.sharpness


_WITHOUT = 0.2
_FADES = (1.5, 5.0)  # rows after the prefix over which a shift fades


def shifts(delay: Tensor, normaliser: Normaliser, settings: FlowSettings, random: np.random.Generator) -> Tensor:
    """Return by how much labels are moved, shape (N, H, D), normalised.

    A prefix comes from an earlier observation and is a little off what this one shows. The moved label runs beside
    the plain one up to the prefix's end and then returns to it: what the network is to do.
    """
    count, (horizon, width) = len(delay), normaliser.rows_scale.shape
    rows = np.arange(horizon)
    motion = width - 1
    offset = random.normal(0.0, settings.shift, (count, motion))
    rate = random.normal(0.0, settings.shift_rate, (count, motion))
    used = (delay.numpy() > 0) & (random.random(count) < settings.shifted)
    after = np.clip(rows[None] - delay.numpy()[:, None] + 1, 0, None) / random.uniform(*_FADES, (count, 1))
    fading = np.exp(-0.5 * after**2) * used[:, None]
    moved = np.zeros((count, horizon, width), dtype=np.float32)
    along = np.minimum(rows, 12)[None, :, None] * rate[:, None]
    moved[..., :motion] = (offset[:, None] + along) * fading[..., None]
    return torch.from_numpy(moved / normaliser.rows_scale)
