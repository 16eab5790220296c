"""Ways in which a chunk can be garbage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk

Array = NDArray[np.float64]
Mischief = Callable[[ActionChunk, np.random.Generator], ActionChunk]
"""Makes garbage of a sound chunk."""


def _rows(change: Callable[[Array, np.random.Generator], Array]) -> Mischief:
    """Return what changes the rows alone."""
    return lambda chunk, random: replace(chunk, rows=change(np.array(chunk.rows), random))


def _one_value(value: float) -> Mischief:
    def change(rows: Array, random: np.random.Generator) -> Array:
        rows[random.integers(rows.shape[0]), random.integers(rows.shape[1])] = value
        return rows

    return _rows(change)


def _one_wild_row(rows: Array, random: np.random.Generator) -> Array:
    rows[random.integers(len(rows)), :3] += random.choice([-1.0, 1.0], 3) * random.uniform(0.02, 0.5)
    return rows


def _random_walk(rows: Array, random: np.random.Generator) -> Array:
    rows[:, :-1] = np.cumsum(random.normal(0.0, 10.0 ** random.uniform(-3.0, 0.0), rows[:, :-1].shape), axis=0)
    return rows


def _fast(rows: Array, random: np.random.Generator) -> Array:
    """Circle as fast as the joints just about allow, in a random plane and direction."""
    axes = np.linalg.qr(random.normal(size=(3, 2)))[0]
    radius, speed = random.uniform(0.02, 0.15), random.uniform(0.2, 1.2)
    angle = 0.1 * np.arange(1, len(rows) + 1) * speed / radius
    rows[:, :3] = radius * (np.outer(np.cos(angle) - 1.0, axes[:, 0]) + np.outer(np.sin(angle), axes[:, 1]))
    return rows


def _start_fast(rows: Array, random: np.random.Generator) -> Array:
    """Fly off in one direction and stop at once at the end, or stop first and fly off then."""
    direction = random.normal(size=3)
    course = np.clip(np.linspace(-1.0, 2.0, len(rows))[:: int(random.choice([-1, 1]))], 0.0, 1.0)
    rows[:, :3] = np.outer(course * random.uniform(0.05, 0.6), direction / np.linalg.norm(direction))
    return rows


def _chattering(rows: Array, random: np.random.Generator) -> Array:
    rows[:, -1] = np.arange(len(rows)) % 2
    rows[:, :3] += np.where(np.arange(len(rows)) % 2, 1.0, -1.0)[:, None] * random.uniform(0.001, 0.05)
    return rows


def _lying(chunk: ActionChunk, random: np.random.Generator) -> ActionChunk:
    return replace(chunk, state=chunk.state + random.normal(0.0, 10.0 ** random.uniform(-2.0, 0.0), chunk.state.shape))


MISCHIEF: dict[str, Mischief] = {
    "not a number": _one_value(np.nan),
    "infinite": _one_value(-np.inf),
    "enormous value": _one_value(1e300),
    "column missing": _rows(lambda rows, _: rows[:, :-1]),
    "column too many": _rows(lambda rows, _: np.hstack([rows, rows[:, :1]])),
    "rows too many": _rows(lambda rows, _: np.vstack([rows, rows])),
    "no rows": _rows(lambda rows, _: rows[:0]),
    "columns renamed": lambda chunk, _: replace(chunk, dimension_names=chunk.dimension_names[::-1]),
    "other dt": lambda chunk, _: replace(chunk, dt=0.1 * chunk.dt),
    "other profile": lambda chunk, _: replace(chunk, profile_hash="0" * 64),
    "old stamp": lambda chunk, random: replace(chunk, stamp=chunk.stamp - random.uniform(0.7, 60.0)),
    "stamp in the future": lambda chunk, random: replace(chunk, stamp=chunk.stamp + random.uniform(1.0, 60.0)),
    "somewhat old stamp": lambda chunk, random: replace(chunk, stamp=chunk.stamp - random.uniform(0.0, 0.6)),
    "sequence repeated": lambda chunk, _: replace(chunk, sequence=max(0, chunk.sequence - 1)),
    "other episode": lambda chunk, _: replace(chunk, episode_id="another"),
    "state missing": lambda chunk, _: replace(chunk, state_names=chunk.state_names[1:], state=chunk.state[1:]),
    "state not a number": lambda chunk, _: replace(chunk, state=np.full_like(chunk.state, np.nan)),
    "state that lies": _lying,
    "huge steps": _rows(lambda rows, random: rows * random.uniform(5.0, 100.0)),
    "rows shuffled": _rows(lambda rows, random: random.permutation(rows)),
    "rows reversed": _rows(lambda rows, _: rows[::-1]),
    "signs flipped": _rows(lambda rows, _: rows * np.array([*[-1.0] * (rows.shape[1] - 1), 1.0])),
    "offset": _rows(lambda rows, random: rows + random.normal(0.0, 10.0 ** random.uniform(-2.0, 0.0), rows.shape[1])),
    "noise": _rows(lambda rows, random: rows + random.normal(0.0, 10.0 ** random.uniform(-3.0, -1.0), rows.shape)),
    "one wild row": _rows(_one_wild_row),
    "random walk": _rows(_random_walk),
    "circles at the limit": _rows(_fast),
    "flight and stop": _rows(_start_fast),
    "chattering": _rows(_chattering),
    "millimetres for metres": _rows(lambda rows, _: rows * 1000.0),
    "rest": _rows(lambda rows, _: np.zeros_like(rows)),
}
"""Names of what is done to chunks, and what does it. The last column of the rows is a gripper's opening."""
