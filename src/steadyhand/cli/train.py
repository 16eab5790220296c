"""``steadyhand train``: from demonstrations to an ONNX file."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer


def train(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `steadyhand collect` wrote.")],
    out: Annotated[Path, typer.Option(help="ONNX file to write; the checkpoint lies beside it.")] = Path(
        "out/pick.onnx"
    ),
    steps: Annotated[int | None, typer.Option(help="Optimiser steps. Default: 2400, or 1200 of a flow.", min=1)] = None,
    threads: Annotated[int, typer.Option(help="Threads of PyTorch.", min=1)] = 2,
    half: Annotated[bool, typer.Option(help="Compute in bfloat16: for processors that have it.")] = False,
    start: Annotated[Path | None, typer.Option(help="Checkpoint to go on from.")] = None,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
    flow: Annotated[
        bool, typer.Option("--flow", help="Train the flow-matching head on what the network of --start sees.")
    ] = False,
) -> None:
    """Train the embedded policy and export it. Needs the extra ``train``."""
    from steadyhand.learning.extra import require_torch

    if flow and start is None:
        raise typer.BadParameter("--flow needs --start, the checkpoint of a trained network", param_hint="--flow")
    require_torch()
    from steadyhand.learning.dataset import load
    from steadyhand.learning.export import export
    from steadyhand.learning.flow_export import export_flow
    from steadyhand.learning.flow_training import FlowSettings, train_flow
    from steadyhand.learning.training import Settings
    from steadyhand.learning.training import train as fit

    data = load(list(folders))
    typer.echo(f"{len(data.state)} frames, {100 * data.held_out.mean():.1f} % held out")
    checkpoint = out.with_suffix(".pt")
    if flow:
        assert start is not None
        flow_settings = FlowSettings(threads=threads, seed=seed)
        flow_settings = flow_settings if steps is None else replace(flow_settings, steps=steps)
        written = export_flow(train_flow(data, checkpoint, start, flow_settings, _show), out)
    else:
        settings = Settings(threads=threads, half=half, seed=seed)
        settings = settings if steps is None else replace(settings, steps=steps)
        written = export(fit(data, checkpoint, settings, _show, start), out)
    typer.echo(f"{out}: {written['megabytes']:.1f} MB, {written['difference']:.1e} from PyTorch")


def _show(seen: dict[str, float]) -> None:
    typer.echo("  ".join(f"{name} {value:.4g}" for name, value in seen.items()))
