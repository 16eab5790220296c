"""The plot of an episode: each joint measured, commanded, and as the chunks asked for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from steadyhand.evaluation.episode_record import EpisodeRecord

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEASURED = "#1f77b4"
REFERENCE = "#111111"
TARGETS = "#ff7f0e"
HELD = "#d62728"
HANDOVER = "#bbbbbb"


def plot_episode(record: EpisodeRecord, path: Path, title: str) -> None:
    """Write a plot with one panel for each joint and one for the gripper.

    Hand-overs to a new chunk are thin vertical lines; stretches in which the arm braked or was held are shaded.

    Args:
        record: The episode.
        path: File to write; its suffix chooses the format.
        title: Headline.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = len(record.joint_names) + 1
    rows = (panels + 1) // 2
    figure = Figure(figsize=(13.0, 2.1 * rows + 1.0), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes: list[Any] = list(figure.subplots(rows, 2, sharex=True, squeeze=False).T.flat)
    start, end = record.span
    for joint, name in enumerate(record.joint_names):
        _joint(axes[joint], record, joint, start)
        axes[joint].set_ylabel(f"{name} [rad]", fontsize=8)
    _gripper(axes[panels - 1], record, start)
    for unused in axes[panels:]:
        unused.axis("off")
    for panel in axes[:panels]:
        _events(panel, record, start)
        panel.set_xlim(0.0, max(end - start, 0.1))
        panel.tick_params(labelsize=8)
        panel.grid(alpha=0.25)
    for column in (rows - 1, 2 * rows - 1):
        axes[column].set_xlabel("time in the episode [s]", fontsize=9)
    figure.suptitle(title, fontsize=12)
    figure.legend(handles=_legend(record), loc="outside lower center", ncol=5, fontsize=9, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _joint(panel: Axes, record: EpisodeRecord, joint: int, start: float) -> None:
    for targets in record.targets:
        panel.plot(targets.times - start, targets.positions[:, joint], color=TARGETS, lw=1.0, alpha=0.8)
    if len(record.measured.times):
        panel.plot(record.measured.times - start, record.measured.values[:, joint], color=MEASURED, lw=2.2)
    if len(record.reference.times):
        panel.plot(record.reference.times - start, record.reference.values[:, joint], color=REFERENCE, lw=0.9, ls="--")
    low, high = panel.get_ylim()
    if high - low < 0.1:
        # A joint at rest would otherwise fill its panel with noise.
        panel.set_ylim((low + high) / 2 - 0.05, (low + high) / 2 + 0.05)


def _gripper(panel: Axes, record: EpisodeRecord, start: float) -> None:
    for targets in record.targets:
        for opening in targets.grippers.values():
            panel.plot(targets.times - start, opening, color=TARGETS, lw=1.0, alpha=0.8)
    if len(record.opening.times):
        panel.plot(record.opening.times - start, record.opening.values[:, 0], color=MEASURED, lw=2.2)
    panel.set_ylim(-0.08, 1.08)
    panel.set_ylabel("gripper opening", fontsize=8)


def _events(panel: Axes, record: EpisodeRecord, start: float) -> None:
    for time in record.handovers:
        panel.axvline(time - start, color=HANDOVER, lw=0.7, zorder=0)
    for hold in record.holds.intervals:
        panel.axvspan(hold.start - start, (hold.end or record.span[1]) - start, color=HELD, alpha=0.15, lw=0)


def _legend(record: EpisodeRecord) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    codes = sorted({hold.name for hold in record.holds.intervals})
    held = f"held: {', '.join(codes)}" if codes else "held (never)"
    return [
        Line2D([], [], color=MEASURED, lw=2.2, label="measured"),
        Line2D([], [], color=REFERENCE, lw=0.9, ls="--", label="commanded reference"),
        Line2D([], [], color=TARGETS, lw=1.0, label="targets of each chunk"),
        Line2D([], [], color=HANDOVER, lw=0.7, label="hand-over to a new chunk"),
        Patch(color=HELD, alpha=0.15, label=held),
    ]
