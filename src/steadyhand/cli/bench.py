"""The bench command: how fast the parts are on this machine."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

bench = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the machine-readable result to this file.")]
Seconds = Annotated[float, typer.Option(min=1.0, help="Duration of the measurement [s].")]


@bench.callback()
def group() -> None:
    """Measure how fast the parts are on this machine."""


@bench.command()
def transport(seconds: Seconds = 10.0, json_file: JsonFile = None) -> None:
    """Measure how long camera images take between two processes: 2 cameras, 640 x 480 at 30 Hz, best effort."""
    from steadyhand.benchmarks.transport import measure
    from steadyhand.cli.demonstration.domain import own_domain
    from steadyhand.nodes.transports import tuned_environment

    with own_domain(os.environ) as domain:
        result = measure(seconds, {**tuned_environment(), **domain})
    times = result["image_ms"]
    typer.echo(f"image p50 {times['p50']:.2f} ms, p99 {times['p99']:.2f} ms")
    typer.echo(f"{result['received']} of {result['sent']} images arrived")
    _write(result, json_file)


@bench.command()
def overhead(seconds: Seconds = 30.0, json_file: JsonFile = None) -> None:
    """Measure what is added to the model: last input to command, with 2 cameras and a joint-space policy."""
    from steadyhand.benchmarks.overhead import measure
    from steadyhand.cli.demonstration.domain import own_domain
    from steadyhand.nodes.transports import tuned_environment

    with own_domain(os.environ) as domain:
        result = measure(seconds, {**tuned_environment(), **domain})
    for key, what in (("overhead_ms", "last input to command"), ("camera_to_command_ms", "camera to command")):
        times = ", ".join(f"{name} {value:.2f}" for name, value in result[key].items())
        typer.echo(f"{what}, without the model: {times} ms")
    typer.echo(f"{result['chunks']} chunks")
    _write(result, json_file)


@bench.command()
def observation(
    encoding: Annotated[str, typer.Option(help="Encoding of sensor_msgs/Image, or jpeg.")] = "rgb8",
    resize: Annotated[str, typer.Option(help="stretch, pad or crop.")] = "pad",
    steps: Annotated[int, typer.Option(min=1, help="Observations that one inference sees.")] = 1,
    repeats: Annotated[int, typer.Option(min=1, help="Observations measured.")] = 500,
    json_file: JsonFile = None,
) -> None:
    """Measure the assembly of observations: 2 cameras of 640 x 480 made 224 x 224, and the state."""
    from steadyhand.benchmarks.observation import measure

    result = measure(encoding, resize, steps, repeats)
    times = ", ".join(f"{name} {value:.2f}" for name, value in result["observation_ms"].items())
    typer.echo(f"observation of 2 images in {encoding}, {resize}, {steps} steps: {times} ms")
    _write(result, json_file)


def _write(result: dict[str, Any], json_file: Path | None) -> None:
    """Write a result with its provenance, where a file is asked for."""
    if json_file is None:
        return
    from steadyhand.evaluation.provenance import provenance

    json_file.write_text(json.dumps({**result, **provenance()}, indent=2) + "\n")
