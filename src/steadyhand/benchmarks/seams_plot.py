"""The picture of seams: one joint's position and velocity across boundaries, for every way of stitching."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from steadyhand.benchmarks.boundary import RATE
from steadyhand.evaluation.episode_record import EpisodeRecord

COMMANDED = "#111111"
MEASURED = "#1f77b4"
ROWS = "#ff7f0e"
HANDOVER = "#bbbbbb"

_SPAN = 2.5  # shown of every episode [s]


def plot_seams(records: dict[str, EpisodeRecord], path: Path, title: str) -> None:
    """Write a picture with a column for each method: position above, velocity below.

    Hand-overs are thin vertical lines. The joint is the one that moves farthest in the first episode.

    Args:
        records: Method to an episode, all of the same scene.
        path: File to write; its suffix chooses the format.
        title: Headline.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    first = next(iter(records.values()))
    joint = int(np.argmax(np.ptp(first.reference.values, axis=0)))
    figure = Figure(figsize=(3.6 * len(records), 4.6), dpi=80, layout="constrained")
    FigureCanvasAgg(figure)
    axes: Any = figure.subplots(2, len(records), sharex=True, sharey="row", squeeze=False)
    for column, (method, record) in enumerate(records.items()):
        _panels(axes[0, column], axes[1, column], record, joint)
        axes[0, column].set_title(method, fontsize=10)
        axes[1, column].set_xlabel("time [s]", fontsize=9)
    axes[0, 0].set_ylabel(f"{first.joint_names[joint]} [rad]", fontsize=9)
    axes[1, 0].set_ylabel("velocity [rad/s]", fontsize=9)
    speed = np.abs(np.diff(first.reference.values[:, joint]) * RATE).max()
    axes[1, 0].set_ylim(-2.0 * speed, 2.0 * speed)
    figure.suptitle(title, fontsize=11)
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncol=4, fontsize=9, frameon=False
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _panels(position: Any, velocity: Any, record: EpisodeRecord, joint: int) -> None:
    times = record.reference.times
    start = float(times[0])
    shown = times < start + _SPAN
    for index, targets in enumerate(record.targets):
        inside = (targets.times >= start) & (targets.times < start + _SPAN)
        label = "rows of the chunks" if index == 0 else None
        position.plot(
            targets.times[inside] - start, targets.positions[inside, joint], ".-", c=ROWS, lw=0.6, ms=3, label=label
        )
    for samples, colour, label in ((record.measured, MEASURED, "measured"), (record.reference, COMMANDED, "commanded")):
        # Nothing is known of a brake: no line is drawn across.
        gaps = np.flatnonzero(np.diff(times[shown]) > 1.5 / RATE) + 1
        values = np.insert(samples.values[shown, joint], gaps, np.nan)
        at = np.insert(times[shown], gaps, times[shown][gaps - 1]) - start
        position.plot(at, values, color=colour, lw=1.2, label=label)
        velocity.plot(at[1:], np.diff(values) * RATE, color=colour, lw=1.0)
    for handover in record.handovers:
        if handover < start + _SPAN:
            for panel in (position, velocity):
                panel.axvline(handover - start, color=HANDOVER, lw=0.8, zorder=0)
    for panel in (position, velocity):
        panel.tick_params(labelsize=8)
        panel.grid(alpha=0.25)
