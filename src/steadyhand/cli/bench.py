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


Scenes = Annotated[int, typer.Option(min=1, help="Scenes for each method and delay.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the first scene.")]


@bench.command()
def seams(
    episodes: Scenes = 20,
    seed: Seed = 5000,
    method: Annotated[list[str] | None, typer.Option(help="Methods to compare; all where none is given.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw motion across boundaries, at the third delay.")] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure how smooth the motion is where one chunk follows another, at delays of 0, 100, 200 and 300 ms."""
    from steadyhand.benchmarks.chunk_stream import Streamed
    from steadyhand.benchmarks.seams import DELAYS, measure, methods
    from steadyhand.benchmarks.seams_plot import plot_seams

    pictured = {}

    def report(name: str, delay: float, streamed: list[Streamed]) -> None:
        typer.echo(f"{name} at {1e3 * delay:.0f} ms: {len(streamed)} episodes", err=True)
        if delay == DELAYS[2]:
            pictured[name] = streamed[0].record

    result = measure(episodes, seed, method or methods(), report=report)
    for row in result["rows"]:
        parts = [
            f"{side} dv {row[side]['velocity']['p50']:.2f} (p95 {row[side]['velocity']['p95']:.2f}), "
            f"da {row[side]['acceleration']['p50']:.2f} (p95 {row[side]['acceleration']['p95']:.2f})"
            for side in ("reference", "measured")
        ]
        typer.echo(
            f"{row['method']} at {1e3 * row['delay']:.0f} ms, {row['boundaries']} boundaries: {'; '.join(parts)}; "
            f"lag {row['lag_ms'].get('p50', 0.0):.1f} ms"
        )
    if plot is not None:
        plot_seams(pictured, plot, f"The same scene with every method, {1e3 * DELAYS[2]:.0f} ms of delay")
    _write(result, json_file)


@bench.command()
def underruns(
    minutes: Annotated[float, typer.Option(min=0.1, help="Simulated time of motion [min].")] = 10.0,
    delay: Annotated[float, typer.Option(min=0.0, help="Mean delay of a chunk [s].")] = 0.3,
    share: Annotated[float, typer.Option(min=0.0, max=1.0, help="Part of it that delays vary by.")] = 0.3,
    seed: Seed = 30000,
    json_file: JsonFile = None,
) -> None:
    """Count how often the arm runs out of chunks that take long, and not always as long."""
    from steadyhand.benchmarks.underruns import measure

    result = measure(minutes, seed, delay=delay, share=share)
    typer.echo(
        f"{result['underruns']} underruns in {result['running'] / 60.0:.1f} min of motion: {result['chunks']} chunks "
        f"in {result['episodes']} episodes, {result['refused']} refused"
    )
    _write(result, json_file)


@bench.command()
def garbage(
    episodes: Annotated[int, typer.Option(min=1, help="Episodes; the sorts of garbage take turns.")] = 500,
    seed: Seed = 40000,
    json_file: JsonFile = None,
) -> None:
    """Inject chunks that make no sense, and judge the limits on the measured joints."""
    from steadyhand.benchmarks.garbage import measure

    result = measure(episodes, seed)
    typer.echo(
        f"{result['refused']} of {result['injected']} garbage chunks refused; limits passed: {result['violations']}"
    )
    for what in ("measured", "commanded"):
        typer.echo(f"{what}: {result[what]}")
    for reason, count in result["reasons"].items():
        typer.echo(f"{reason}: {count}")
    _write(result, json_file)


def _write(result: dict[str, Any], json_file: Path | None) -> None:
    """Write a result with its provenance, where a file is asked for."""
    if json_file is None:
        return
    from steadyhand.evaluation.provenance import provenance

    json_file.write_text(json.dumps({**result, **provenance()}, indent=2) + "\n")
