"""``steadyhand status``: what runs, what comes how often, what the arm does and why it does not."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.live import Live

from steadyhand.cli.operating.options import AsJson, Namespace
from steadyhand.cli.operating.status_view import status_view

if TYPE_CHECKING:
    from steadyhand.nodes.graph_status import GraphStatus, StatusMonitor

NOTHING = 3
_GATHER = 2.0
_PATIENCE = 8.0
_PERIOD = 0.25


def status(
    namespace: Namespace = "",
    once: Annotated[bool, typer.Option("--once", help="Show one moment and leave.")] = False,
    as_json: AsJson = False,
    svg: Annotated[Path | None, typer.Option(help="Write one moment as an SVG picture to this file.")] = None,
    streams: Annotated[bool, typer.Option(help="Listen to images and joint states too.")] = True,
) -> None:
    """Show nodes, rates and ages of streams, the policy's latency, the arm's reference, and why it is held.

    Live on a terminal, which q and Ctrl-C leave; else one moment. Exits 3 where neither policy nor bridge nor pilot
    answers.
    """
    from steadyhand.nodes.graph_status import StatusMonitor

    monitor = StatusMonitor(namespace, streams=streams)
    try:
        if once or as_json or svg is not None or not Console().is_terminal:
            _show_once(_gathered(monitor), as_json=as_json, svg=svg)
        else:
            _show_live(monitor)
    finally:
        monitor.close()


def _gathered(monitor: StatusMonitor) -> GraphStatus:
    """Return a moment in which everything has been heard, or what there is after a while."""
    begun, since = time.monotonic(), None
    while time.monotonic() - begun < _PATIENCE:
        if monitor.complete:
            since = since or time.monotonic()
            # Rates need some messages.
            if time.monotonic() - since > _GATHER:
                break
        time.sleep(0.05)
    return monitor.status()


def _show_once(found: GraphStatus, *, as_json: bool, svg: Path | None) -> None:
    if as_json:
        typer.echo(json.dumps(found.document(), indent=2))
    elif svg is None:
        Console().print(status_view(found))
    if svg is not None:
        # Recorded and not printed: what is asked for is the file.
        with Path("/dev/null").open("w") as nowhere:
            console = Console(record=True, width=100, file=nowhere)
            console.print(status_view(found))
        svg.parent.mkdir(parents=True, exist_ok=True)
        svg.write_text(console.export_svg(title="steadyhand status"))
    if not found.alive:
        typer.secho("neither policy nor bridge nor pilot answers: see ROS_DOMAIN_ID and --namespace", err=True)
        raise typer.Exit(NOTHING)


def _show_live(monitor: StatusMonitor) -> None:
    from steadyhand.nodes.keys import Keys

    try:
        with Keys() as keys, Live(auto_refresh=False, screen=True) as live:
            while keys.pressed() not in ("q", "Q"):
                live.update(status_view(monitor.status(), "q leaves"), refresh=True)
                keys.wait(_PERIOD)
    except KeyboardInterrupt:
        return
