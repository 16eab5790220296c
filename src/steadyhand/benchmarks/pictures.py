"""Pictures of benchmarks: a histogram of latencies, and a brake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from steadyhand.execution.brake import stop
from steadyhand.execution.limits import JointLimits

if TYPE_CHECKING:
    from steadyhand.benchmarks.brake import Stop

_LIMIT = "#d62728"
_TARGET = "#2ca02c"
_STEP = 0.0005


def plot_histogram(
    samples_ms: Mapping[str, Sequence[float]], path: Path, title: str, targets_ms: Sequence[float]
) -> None:
    """Write one histogram for each kind of latency, one below the other, with median, 95th and 99th percentile.

    Args:
        samples_ms: Name to samples [ms].
        path: File to write; its suffix chooses the format.
        title: Headline.
        targets_ms: Target of each 95th percentile [ms]; not a number for none.
    """
    figure, axes = _figure(len(samples_ms), 1, (9.0, 2.4 * len(samples_ms) + 0.8))
    for panel, (name, samples), target in zip(axes, samples_ms.items(), targets_ms, strict=True):
        values = np.asarray(samples, dtype=np.float64)
        # The farthest hundredth would make the bins of all others too wide.
        shown = np.minimum(values, np.percentile(values, 99.5))
        panel.hist(shown, bins=60, color="#1f77b4", alpha=0.8)
        for percent, style in ((50, "-"), (95, "--"), (99, ":")):
            value = float(np.percentile(values, percent))
            panel.axvline(value, color="#111111", ls=style, lw=1.2, label=f"p{percent} {value:.2f} ms")
        if np.isfinite(target):
            panel.axvline(target, color=_TARGET, lw=2.0, alpha=0.7, label=f"target of p95: {target:g} ms")
        panel.set_xlim(left=0.0)
        panel.set_xlabel(f"{name} [ms]", fontsize=9)
        panel.set_ylabel("samples", fontsize=9)
        panel.legend(fontsize=8, frameon=False)
        panel.grid(alpha=0.25)
    _write(figure, path, title)


def plot_brake(found: Stop, limits: JointLimits, path: Path) -> None:
    """Write a stop that stays on the path beside the quickest one of each joint for itself, as shares of the limits.

    Args:
        found: A stop along the path.
        limits: Brake limits.
        path: File to write; its suffix chooses the format.
    """
    ways = {
        "along the path": found.tail,
        "each joint for itself": stop(found.time, found.path.sample(found.time), limits),
    }
    figure, grid = _figure(4, 2, (13.0, 9.0))
    names = ("from its start [rad]", "velocity / limit", "acceleration / brake limit", "jerk / brake limit")
    for column, (way, tail) in enumerate(ways.items()):
        whole = found.path.between(found.path.start, found.time, then=tail)
        times = np.arange(whole.start + 0.02, tail.end + 0.05, _STEP)
        p, v, a = whole.sample_many(times)
        jerk = whole.jerks(times) / limits.jerk
        start = found.path.sample(found.time).position
        rows = (p - start, v / limits.velocity, a / limits.acceleration, jerk)
        for row, (values, name) in enumerate(zip(rows, names, strict=True)):
            panel = grid[2 * row + column]
            panel.plot(times - found.time, values, lw=1.1)
            panel.axvline(0.0, color="#bbbbbb", lw=0.9, zorder=0)
            panel.axvline(tail.end - found.time, color="#bbbbbb", lw=0.9, ls="--", zorder=0)
            if row > 0:
                for side in (-1.0, 1.0):
                    panel.axhline(side, color=_LIMIT, lw=0.9, ls=":")
            if column == 0:
                panel.set_ylabel(name, fontsize=9)
            panel.grid(alpha=0.25)
        grid[column].set_title(f"{way}: at rest after {tail.end - found.time:.3f} s", fontsize=10)
        grid[6 + column].set_xlabel("time since the brake began [s]", fontsize=9)
    figure.legend(
        grid[0].lines[: len(limits.names)], limits.names, loc="outside lower center", ncol=7, fontsize=8, frameon=False
    )
    _write(figure, path, f"A brake of seven joints; the least time that the limits allow is {found.least:.3f} s")


def _figure(rows: int, columns: int, size: tuple[float, float]) -> tuple[Any, list[Any]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def _write(figure: Any, path: Path, title: str) -> None:
    figure.suptitle(title, fontsize=12)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
