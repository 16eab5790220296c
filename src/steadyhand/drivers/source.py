"""What the bridge asks of a scene check and of a planner that live elsewhere in the graph."""

from __future__ import annotations

from typing import Protocol

from steadyhand.execution.planning import Planner
from steadyhand.execution.scene import SceneCheck


class SceneSource(SceneCheck, Protocol):
    """A scene check that is kept up to date over the graph."""

    @property
    def outcome(self) -> str:
        """What is known of the scene, for diagnostics."""
        ...

    def close(self) -> None:
        """Give up every connection."""
        ...


class PlanSource(Planner, Protocol):
    """A planner that is asked over the graph."""

    @property
    def outcome(self) -> str:
        """What it said last, for diagnostics."""
        ...

    def close(self) -> None:
        """Give up every connection."""
        ...
