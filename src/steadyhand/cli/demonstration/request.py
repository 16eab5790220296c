"""What to demonstrate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DemonstrationRequest:
    """What to demonstrate.

    Attributes:
        instruction: What to do, in words.
        seed: Seed of the scene and of the policy's noise.
        task: Task of the simulator.
        deployment: Name or path of the deployment.
        renderer: Renderer of the simulator's cameras: auto, egl or raycast.
        viewer: Show the simulator in a window.
        lockstep: Let the simulated time wait for the nodes.
        out: Folder for everything that is written.
    """

    instruction: str
    seed: int
    task: str
    deployment: str
    renderer: str
    viewer: bool
    lockstep: bool
    out: Path

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return self.out / "logs"
