"""Collected demonstrations in memory, labelled for every instruction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from steadyhand.learning.exceptions import LearningError
from steadyhand.learning.expert import Truth, labels
from steadyhand.learning.pixels import project
from steadyhand.policies.funnel import quarter_turn_error
from steadyhand.policies.words import LENGTH, hash_words
from steadyhand.simulation.tasks.instructions import COLOURS, phrasings

Array = NDArray[np.float32]

_NEARBY = 0.2  # up to here the wrist camera shows how an object is turned [m]
_NEAR = 0.05  # from here on precision decides, and the loss weighs more [m]


@dataclass(frozen=True)
class Dataset:
    """F frames, each labelled for all K objects.

    Attributes:
        images: RGB, shape (F, cameras, 96, 96, 3), uint8.
        state: The policy's state vector, shape (F, 6): x y z [m], sine and cosine of yaw, opening.
        rows: What the expert would do, shape (F, K, 16, 5).
        place: Auxiliary targets, shape (F, K, 5): offset from tool to object [m], sine and cosine of four times the
            turn.
        turn_weight: Weight of the turn in the auxiliary loss, shape (F, K): from afar it cannot be seen.
        pixels: Where the objects appear, x and y from -1 to 1, shape (F, K, cameras, 2).
        visible: Whether they are within the image, shape (F, K, cameras).
        weight: Weight of each label in the loss, shape (F, K).
        held_out: Frames kept for validation, shape (F,): whole demonstrations.
    """

    images: NDArray[np.uint8]
    state: Array
    rows: Array
    place: Array
    turn_weight: Array
    pixels: Array
    visible: Array
    weight: Array
    held_out: NDArray[np.bool_]


def load(folders: list[Path], *, held_out: float = 0.04) -> Dataset:
    """Read the shards of some folders and label them.

    Args:
        folders: Where ``collect`` wrote.
        held_out: Part of the demonstrations kept for validation.

    Raises:
        LearningError: There are no shards.
    """
    paths = sorted(path for folder in folders for path in folder.glob("shard_*.npz"))
    if not paths:
        raise LearningError(
            f"no demonstrations in {', '.join(map(str, folders))}: collect some with `steadyhand collect`."
        )
    parts: dict[str, list[NDArray[np.float64]]] = {name: [] for name in ("images", "tool", "opening", "objects")}
    kept = []
    for path in paths:
        with np.load(path) as shard:
            for name, found in parts.items():
                found.append(shard[name])
            # Every shard gives its last demonstrations, so that the choice does not change when data are added.
            episode = shard["episode"]
            kept.append(episode >= (1.0 - held_out) * (episode.max() + 1))
    joined = {name: np.concatenate(found) for name, found in parts.items()}
    truth = Truth(joined["tool"][:, :3], joined["tool"][:, 3], joined["opening"], joined["objects"])
    return label(joined["images"].astype(np.uint8, copy=False), truth, np.concatenate(kept))


def label(images: NDArray[np.uint8], truth: Truth, held_out: NDArray[np.bool_]) -> Dataset:
    """Return a data set from images and the truth about them."""
    offset = truth.objects[..., :3] - truth.tool[:, None]
    turn = 4.0 * quarter_turn_error(truth.objects[..., 3], truth.yaw[:, None])
    distance = np.linalg.norm(offset, axis=-1)
    pixels, visible = project(truth)
    return Dataset(
        images,
        state_vector(truth),
        labels(truth).astype(np.float32),
        np.concatenate([offset, np.sin(turn)[..., None], np.cos(turn)[..., None]], axis=-1).astype(np.float32),
        np.clip(2.0 - distance / _NEARBY, 0.0, 1.0).astype(np.float32),
        pixels.astype(np.float32),
        visible.astype(np.float32),
        (1.0 + np.clip(1.0 - distance / (4 * _NEAR), 0.0, 1.0)).astype(np.float32),
        held_out,
    )


def state_vector(truth: Truth) -> Array:
    """Return the policy's state vector, shape (N, 6), as the policy profile lays it out."""
    columns = [truth.tool, np.sin(truth.yaw)[:, None], np.cos(truth.yaw)[:, None], truth.opening[:, None]]
    return np.concatenate(columns, axis=1).astype(np.float32)


class Phrasebook:
    """Draws hashed instructions for every object, from the training paraphrases.

    A tenth of the words are replaced by any other word, so that words never met before disturb little.

    Args:
        random: Source of the draws.
        noise: Part of the words, colours excepted, that are replaced.
    """

    def __init__(self, random: np.random.Generator, noise: float = 0.1) -> None:
        self._random = random
        self._noise = noise
        self._sentences = [np.stack([hash_words(text) for text in phrasings(colour)]) for colour in COLOURS]
        self._colours = {int(hash_words(colour)[0]) for colour in COLOURS}

    def draw(self, count: int) -> NDArray[np.int64]:
        """Return ``count`` instructions for each object, shape (count, K, LENGTH)."""
        random = self._random
        chosen = np.stack([book[random.integers(len(book), size=count)] for book in self._sentences], axis=1)
        replaced = (random.random(chosen.shape) < self._noise) & (chosen > 0)
        replaced &= ~np.isin(chosen, list(self._colours))
        strangers = random.integers(1, 4096, size=chosen.shape)
        strangers[np.isin(strangers, list(self._colours))] = 1
        words = np.where(replaced, strangers, chosen)
        assert words.shape[-1] == LENGTH
        return words
