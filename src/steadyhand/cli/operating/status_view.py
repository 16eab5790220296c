"""The status of a graph as a terminal shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from steadyhand.execution.reasons import CALM, Reason

if TYPE_CHECKING:
    from steadyhand.nodes.graph_status import GraphStatus

# Twice the period of the slowest report of ours; a camera that is slower than this is of no use either [s].
_SILENT = 0.5
_GOOD, _WARN, _BAD = "green", "yellow", "red"


def status_view(status: GraphStatus, below: str = "") -> RenderableType:
    """Return what to show: nodes, why the arm is held, and below, where a low terminal cuts it off, the rest."""
    hold = _hold(status)
    parts = (_head(status), *([] if hold is None else [hold]), _columns(status))
    title = f"steadyhand {status.namespace}"
    return Panel(Group(*parts), title=title, title_align="left", subtitle=below, subtitle_align="left", width=100)


def _head(status: GraphStatus) -> RenderableType:
    line = Text()
    for name, state in status.nodes.items():
        line.append(f"{name} ")
        line.append(f"{state}   ", style=_GOOD if state == "active" else _BAD if state == "absent" else _WARN)
    episode = status.episode
    if episode:
        doing = f"“{episode['instruction']}”, {episode['phase']}" if episode["instruction"] else episode["phase"]
        line.append(f"\n{episode['deployment']}: {doing}", style="bold")
        if episode["last_outcome"]:
            last = f"{episode['last_outcome']}{': ' if episode['last_message'] else ''}{episode['last_message']}"
            line.append(f"\ngoals ended: {episode['episodes']}, the last {last}", style="dim")
    return line


def _columns(status: GraphStatus) -> RenderableType:
    grid = Table.grid(padding=(1, 3))
    grid.add_row(_streams(status), _motion(status))
    return grid


def _streams(status: GraphStatus) -> RenderableType:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("stream")
    for head in ("Hz", "age ms"):
        table.add_column(head, justify="right")
    for name, stream in status.streams.items():
        # Chunks come as they are needed, and not at a rate.
        late = stream.silence > _SILENT and name != "action_chunk"
        age = "" if stream.age is None else f"{1e3 * stream.age:.0f}"
        table.add_row(name, "silent" if late else f"{stream.rate:.1f}", age, style=_BAD if late else "")
    if not status.streams:
        table.add_row("nothing heard yet", "", "")
    return table


def _motion(status: GraphStatus) -> RenderableType:
    table = Table(box=None, padding=(0, 1), show_header=False)
    bridge, policy = status.bridge, status.policy
    if bridge:
        table.add_row("arm", Text(bridge["state"], style="bold"))
        table.add_row("mode", bridge["mode"])
        table.add_row("speed", f"{100 * bridge['speed']:.0f} %")
        table.add_row("reference left", f"{bridge['remaining']:.2f} s")
        table.add_row("observation to motion", f"{1e3 * bridge['delay']:.0f} ms")
        table.add_row("slowed by", f"{bridge['lag']:.2f} s")
        table.add_row("chunks refused", bridge["chunks_refused"])
    table.add_row("chunks seen", str(policy.get("chunks", 0)))
    if "latency_median" in policy:
        table.add_row("policy, median", f"{1e3 * policy['latency_median']:.1f} ms")
        table.add_row("policy, 95 of 100", f"{1e3 * policy['latency_p95']:.1f} ms")
    return table


def _hold(status: GraphStatus) -> RenderableType | None:
    code = status.bridge.get("hold_code", "")
    if not code:
        return None
    calm = code in CALM and code != Reason.CONFIRMATION_AWAITED
    style = "dim" if calm else _WARN if code == Reason.CONFIRMATION_AWAITED else _BAD
    text = Text(f"{code}: {status.bridge['hold_message']}", style=style)
    if status.bridge["remedy"] and not calm:
        text.append(f"\n{status.bridge['remedy']}", style="bold")
    return text
