"""Action chunks: a horizon of actions with the observation they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ActionChunk:
    """A horizon of actions in the policy's own action space.

    Row ``i`` is meant for ``stamp + first_row_offset + i * dt`` on the ROS clock.

    Attributes:
        stamp: Capture time of the observation the chunk belongs to, ROS clock [s].
        rows: Actions, shape (H, D), read-only; the unit of each column as in the policy profile.
        dimension_names: Names of the D columns.
        dt: Time between two rows [s].
        first_row_offset: Time from ``stamp`` to row 0 [s].
        state_names: Names of the elements of ``state``.
        state: Measured joint positions at ``stamp`` that relative actions refer to, shape (S,) [rad or m].
        inputs: Capture time of every input used, name to ROS clock [s].
        episode_id: Episode the chunk was computed for; empty outside of episodes.
        sequence: Counts up from 0 within an episode.
        policy: Name of the policy profile.
        profile_hash: SHA-256 of the resolved policy profile and deployment, hexadecimal.
        prefix_length: Leading rows that were given to the policy as already committed.
        seed: Seed of the policy's sampling noise, 0 where it has none.
        latency: Time spent in the policy, steady clock [s].
        done: True where the policy itself says that the task is done.
    """

    stamp: float
    rows: NDArray[np.float64]
    dimension_names: tuple[str, ...]
    dt: float
    first_row_offset: float
    state_names: tuple[str, ...]
    state: NDArray[np.float64]
    inputs: dict[str, float] = field(default_factory=dict)
    episode_id: str = ""
    sequence: int = 0
    policy: str = ""
    profile_hash: str = ""
    prefix_length: int = 0
    seed: int = 0
    latency: float = 0.0
    done: bool = False

    def __post_init__(self) -> None:
        for name in ("rows", "state"):
            given = getattr(self, name)
            if not _unchangeable(given):
                array = np.array(given, dtype=np.float64)
                array.setflags(write=False)
                object.__setattr__(self, name, array)

    @property
    def horizon(self) -> int:
        """Number of rows H."""
        return int(self.rows.shape[0])

    @property
    def row_times(self) -> NDArray[np.float64]:
        """Time each row is meant for, ROS clock [s], shape (H,)."""
        return self.stamp + self.first_row_offset + self.dt * np.arange(self.horizon, dtype=np.float64)


def _unchangeable(values: object) -> bool:
    """Return whether values are an array that nobody can write to any more, and need no copy."""
    if not isinstance(values, np.ndarray) or values.dtype != np.float64:
        return False
    base: object = values
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return False
        base = base.base
    return base is None or isinstance(base, bytes)
