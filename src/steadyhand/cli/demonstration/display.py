"""Progress of a demonstration on a terminal, or as plain lines where there is none."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from steadyhand.nodes.episode_observer import CALM
from steadyhand.nodes.instruction_goal import Progress

_LINE_PERIOD = 2.0


class Display:
    """Shows where the demonstration is.

    On a terminal one block is redrawn; elsewhere a line is printed when something changes, and every 2 s of motion.
    """

    def __init__(self, console: Console) -> None:
        """Prepare; ``console`` decides between the two."""
        self.console = console
        self._live = Live(console=console, refresh_per_second=8, transient=True) if console.is_terminal else None
        self._lines: list[str] = []
        self._last: object = None
        self._next_line = 0.0
        self._spinner = Spinner("dots")

    def __enter__(self) -> Display:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.update(Text(""))
            self._live.stop()
            self._live = None

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)

    def waiting(self, parts: Mapping[str, bool], seconds: float) -> None:
        """Show which parts of the graph are there."""
        if self._live is not None:
            self._spinner.update(text=Text(f" starting the graph, {seconds:.0f} s"))
            self._live.update(Group(self._spinner, _parts(parts)))
            return
        missing = [name for name, there in parts.items() if not there]
        if missing != self._last:
            self._last = missing
            if missing:
                self.say(f"[{seconds:5.1f} s] waiting for: {', '.join(missing)}")

    def running(self, instruction: str, progress: Progress, truth: str = "") -> None:
        """Show the episode."""
        if self._live is not None:
            self._spinner.update(text=Text(f" {instruction}"))
            self._live.update(Group(self._spinner, _episode(progress, truth)))
            return
        key = (progress.phase, progress.hold_code)
        if key != self._last or time.monotonic() >= self._next_line:
            self._last = key
            self._next_line = time.monotonic() + _LINE_PERIOD
            held = "" if progress.hold_code in CALM else f", held: {progress.hold_code}"
            self.say(
                f"[{progress.elapsed:5.1f} s] {progress.phase}: {progress.chunks} chunks, "
                f"policy {1e3 * progress.policy_latency:.1f} ms{held}{f'; {truth}' if truth else ''}"
            )


def _parts(parts: Mapping[str, bool]) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    for name, there in parts.items():
        table.add_row("  ", Text("ready" if there else "...", style="green" if there else "yellow"), name)
    return table


def _episode(progress: Progress, truth: str) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_row("  phase", Text(progress.phase, style="bold"))
    table.add_row("  elapsed", f"{progress.elapsed:.1f} s")
    table.add_row("  chunks", str(progress.chunks))
    table.add_row("  policy", f"{1e3 * progress.policy_latency:.1f} ms")
    calm = progress.hold_code in CALM
    held = "no" if calm else f"{progress.hold_code}: {progress.hold_message}"
    table.add_row("  held", Text(held, style="green" if calm else "red"))
    if truth:
        table.add_row("  ground truth", Text(truth))
    return table
