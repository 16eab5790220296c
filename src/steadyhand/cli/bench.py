"""The bench command: how fast the parts are on this machine."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

bench = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Plot = Annotated[Path | None, typer.Option("--plot", help="Also write a picture to this file.")]
Scenes = Annotated[int, typer.Option(min=1, help="Scenes for each method and delay.")]
Seed = Annotated[int, typer.Option(help="Seed of what is drawn at random.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the machine-readable result to this file.")]
Seconds = Annotated[float, typer.Option(min=1.0, help="Duration of the measurement [s].")]


_CLOCKS = ("wall_ms", "cpu_ms")


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
def overhead(
    seconds: Seconds = 30.0,
    composed: Annotated[
        int, typer.Option(min=0, help="Compare with policy and bridge in one process, in so many rounds of both.")
    ] = 0,
    joint_rate: Annotated[
        float, typer.Option(min=10.0, max=1000.0, help="Rate of the joint states [Hz]: observations wait for them.")
    ] = 100.0,
    json_file: JsonFile = None,
    plot: Plot = None,
) -> None:
    """Measure what is added to the model: last input to command, with 2 cameras and a joint-space policy."""
    from steadyhand.benchmarks.overhead import compare, measure
    from steadyhand.cli.demonstration.domain import own_domain
    from steadyhand.nodes.transports import tuned_environment

    with own_domain(os.environ) as domain:
        environment = {**tuned_environment(), **domain}
        if composed:
            both = compare(seconds, environment, composed, joint_rate=joint_rate)
            for kind, part in both.items():
                times = ", ".join(f"{name} {value:.2f}" for name, value in part["overhead_ms"].items())
                typer.echo(f"{kind}: last input to command {times} ms; {part['chunks']} chunks, holds {part['holds']}")
            _write(both, json_file)
            return
        result = measure(seconds, environment, joint_rate=joint_rate)
    for key, what in (("overhead_ms", "last input to command"), ("camera_to_command_ms", "camera to command")):
        times = ", ".join(f"{name} {value:.2f}" for name, value in result[key].items())
        typer.echo(f"{what}, without the model: {times} ms")
    typer.echo(f"{result['chunks']} chunks")
    if plot is not None:
        from steadyhand.benchmarks.pictures import plot_histogram

        plot_histogram(result["samples_ms"], plot, "What the stack adds to the model", (5.0, 15.0))
    _write(result, json_file)


@bench.command()
def drivers(
    seconds: Seconds = 10.0,
    driver: Annotated[list[str] | None, typer.Option(help="Drivers to measure; all where none is given.")] = None,
    json_file: JsonFile = None,
) -> None:
    """Measure what every way of moving an arm adds between the bridge and the controller, in two processes."""
    from steadyhand.benchmarks.drivers import ROBOTS, measure
    from steadyhand.cli.demonstration.domain import own_domain
    from steadyhand.nodes.transports import tuned_environment

    unknown = sorted(set(driver or ()) - ROBOTS.keys())
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}; choose from: {', '.join(ROBOTS)}")
    with own_domain(os.environ) as domain:
        result = measure(seconds, {**tuned_environment(), **domain}, tuple(driver or ROBOTS))
    for name, figures in result.items():
        times = (
            f"{key.removesuffix('_ms')} "
            + (", ".join(f"{p} {value:.2f}" for p, value in what.items()) if isinstance(what, dict) else f"{what:.3f}")
            + " ms"
            for key, what in figures.items()
            if key.endswith("_ms")
        )
        counts = (f"{what:g} {key}" for key, what in figures.items() if not key.endswith("_ms"))
        typer.echo(f"{name}: {'; '.join((*times, *counts))}")
    _write(result, json_file)


@bench.command()
def gate(
    chunks: Annotated[int, typer.Option(min=10, help="Number of chunks of each kind.")] = 1000,
    seed: Seed = 0,
    json_file: JsonFile = None,
) -> None:
    """Measure the full check of a chunk: 50 rows x 7 joints, collisions included."""
    from steadyhand.benchmarks.gate import measure

    result = measure(chunks, seed)
    for outcome in ("passed", "slowed", "refused", "all"):
        _echo(f"chunks {outcome}", result[outcome])
    _write(result, json_file)


@bench.command()
def kinematics(
    paths: Annotated[int, typer.Option(min=10, help="Number of paths.")] = 1000,
    seed: Seed = 0,
    json_file: JsonFile = None,
) -> None:
    """Measure inverse kinematics along random smooth paths of 50 tool poses."""
    from steadyhand.benchmarks.kinematics import measure

    result = measure(paths, seed)
    _echo("paths", result["solved"])
    position, rotation = result["position_error_um"]["max"], result["rotation_error_urad"]["max"]
    typer.echo(f"largest error {position:.1f} um, {rotation:.1f} urad; {result['unreachable']} paths out of reach")
    typer.echo(f"forward kinematics agree with the arm's published table within {result['forward_agreement_um']:g} um")
    _write(result, json_file)


@bench.command()
def brake(
    stops: Annotated[int, typer.Option(min=10, help="Number of stops.")] = 2000,
    seed: Seed = 0,
    json_file: JsonFile = None,
    plot: Plot = None,
) -> None:
    """Measure stops from random motions up to full speed: limits on the polynomials, time against the minimum."""
    from steadyhand.benchmarks.brake import example, measure

    result = measure(stops, seed)
    _echo("stops", result["brake"])
    share, over = result["largest_share"], result["over_minimum"]
    typer.echo(f"beyond a limit {result['beyond_limits']}, outside of a position limit {result['outside']}")
    typer.echo("largest share of the limits: " + ", ".join(f"{name} {value:.4f}" for name, value in share.items()))
    typer.echo(f"time over the minimum: p50 {over['p50']:.3f}, p95 {over['p95']:.3f}, max {over['max']:.3f}")
    typer.echo(f"longest stop {result['duration_s']['max']:.3f} s; {100 * result['along_path']:.1f} % stay on the path")
    if plot is not None:
        from steadyhand.benchmarks.pictures import plot_brake

        plot_brake(*example(seed), plot)
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


@bench.command()
def jitter(
    seconds: Seconds = 60.0,
    burners: Annotated[
        int, typer.Option(min=-1, help="Programs that only compute, beside the graph; -1 for one a core.")
    ] = -1,
    scheduling: Annotated[
        Literal["fifo", "nice", "ordinary"],
        typer.Option(help="The bridge's parameter: fifo, the real-time class; nice, -10; ordinary."),
    ] = "fifo",
    json_file: JsonFile = None,
) -> None:
    """Measure when the bridge renews the controller's window while every core is busy, against its 20 Hz."""
    from steadyhand.benchmarks.jitter import measure
    from steadyhand.cli.demonstration.domain import own_domain
    from steadyhand.nodes.transports import tuned_environment

    count = len(os.sched_getaffinity(0)) if burners < 0 else burners
    with own_domain(os.environ) as domain:
        result = measure(seconds, {**tuned_environment(), **domain}, burners=count, scheduling=scheduling)
    for key, what in (
        ("deviation_ms", "deviation from 50 ms"),
        ("gap_ms", "between two windows"),
        ("age_ms", "age of a window on arrival"),
    ):
        typer.echo(f"{what}: " + ", ".join(f"{name} {value:.2f}" for name, value in result[key].items()) + " ms")
    typer.echo(
        f"{result['windows']} windows, {result['brakes']} brakes, {count} busy programs, {scheduling} scheduling"
    )
    _write(result, json_file)


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
            f"{side} dv {row[side]['velocity']['p95']:.2f} ({row[side]['velocity']['p50']:.2f}), "
            f"da {row[side]['acceleration']['p95']:.2f} ({row[side]['acceleration']['p50']:.2f})"
            for side in ("reference", "followed", "join", "asked", "measured", "knocked")
        ]
        typer.echo(
            f"{row['method']} at {1e3 * row['delay']:.0f} ms, {row['boundaries']} boundaries, p95 over p95 (p50 over "
            f"p50): {'; '.join(parts)}; lag {row['lag_ms'].get('p50', 0.0):.1f} ms"
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
    resume: Annotated[
        Path | None, typer.Option(help="Note every episode in this file, and go on after those that are in it.")
    ] = None,
) -> None:
    """Inject chunks that make no sense, and judge the limits on the measured joints."""
    from steadyhand.benchmarks.garbage import Ordeal, measure

    earlier = [] if resume is None or not resume.exists() else [json.loads(line) for line in resume.open()]
    if any(document["seed"] != seed + index for index, document in enumerate(earlier)):
        raise typer.BadParameter(f"{resume} holds other scenes than those from {seed} on.")

    def report(ordeals: list[Ordeal]) -> None:
        if resume is not None:
            with resume.open("a") as file:
                file.write(json.dumps(asdict(ordeals[-1])) + "\n")
        if len(ordeals) % 10 == 0:
            typer.echo(f"{len(ordeals)} of {episodes} episodes", err=True)

    result = measure(episodes, seed, earlier=[Ordeal.read(document) for document in earlier], report=report)
    typer.echo(
        f"{result['refused']} of {result['injected']} garbage chunks refused; episodes in which limits were passed: "
        f"{result['violations']}"
    )
    for what in ("free", "touching_largest", "commanded", "touched"):
        typer.echo(f"{what}: {result[what]}")
    for reason, count in result["reasons"].items():
        typer.echo(f"{reason}: {count}")
    _write(result, json_file)


@bench.command()
def obstacle(
    episodes: Annotated[int, typer.Option(min=1, help="Number of scenes.")] = 100,
    seed: Seed = 70000,
    unchecked: Annotated[
        bool, typer.Option(help="Keep the obstacle from the bridge: what the policy would do.")
    ] = False,
    json_file: JsonFile = None,
) -> None:
    """Put an obstacle where the policy goes, which it does not see, and count the episodes that touch it."""
    from steadyhand.benchmarks.obstacle import measure

    result = measure(episodes, seed, checked=not unchecked)
    typer.echo(f"{result['touched']} of {episodes} episodes touch the obstacle, {result['refused']} are refused by it")
    _echo("scene checks", result["checks"])
    for reason, count in result["reasons"].items():
        typer.echo(f"{reason}: {count}")
    _write(result, json_file)


def _echo(what: str, times: dict[str, Any]) -> None:
    """Print the times of a stopwatch."""
    if times["count"] == 0:
        typer.echo(f"{what}: none")
        return
    wall, cpu = (", ".join(f"{name} {value:.2f}" for name, value in times[clock].items()) for clock in _CLOCKS)
    typer.echo(f"{times['count']} {what}: {wall} ms; on the processor {cpu} ms")


def _write(result: dict[str, Any], json_file: Path | None) -> None:
    """Write a result with its provenance, where a file is asked for."""
    if json_file is None:
        return
    from steadyhand.evaluation.provenance import provenance

    load = [round(value, 2) for value in os.getloadavg()]
    json_file.write_text(json.dumps({**result, "load": load, **provenance()}, indent=2) + "\n")
