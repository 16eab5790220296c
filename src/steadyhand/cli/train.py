"""``steadyhand train``: from demonstrations to an ONNX file."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `steadyhand collect` wrote.")],
    out: Annotated[Path, typer.Option(help="ONNX file to write; the checkpoint lies beside it.")] = Path(
        "out/pick.onnx"
    ),
    steps: Annotated[int, typer.Option(help="Optimiser steps.", min=1)] = 2400,
    threads: Annotated[int, typer.Option(help="Threads of PyTorch.", min=1)] = 2,
    half: Annotated[bool, typer.Option(help="Compute in bfloat16: for processors that have it.")] = False,
    start: Annotated[Path | None, typer.Option(help="Checkpoint to go on from.")] = None,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
) -> None:
    """Train the embedded policy and export it. Needs the extra ``train``."""
    from steadyhand.learning.extra import require_torch

    require_torch()
    from steadyhand.learning.dataset import load
    from steadyhand.learning.export import export
    from steadyhand.learning.training import Settings
    from steadyhand.learning.training import train as fit

    data = load(list(folders))
    typer.echo(f"{len(data.state)} frames, {100 * data.held_out.mean():.1f} % held out")
    settings = Settings(steps=steps, threads=threads, half=half, seed=seed)
    checkpoint = fit(data, out.with_suffix(".pt"), settings, _show, start)
    written = export(checkpoint, out)
    typer.echo(f"{out}: {written['megabytes']:.1f} MB, {written['difference']:.1e} from PyTorch")


def _show(seen: dict[str, float]) -> None:
    typer.echo("  ".join(f"{name} {value:.4g}" for name, value in seen.items()))
