"""The demo command: an instructed arm in the simulator, through the real graph."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from steadyhand.cli.demonstration.interruption import Interruption
from steadyhand.cli.demonstration.request import DemonstrationRequest
from steadyhand.exceptions import SteadyhandError

if TYPE_CHECKING:
    from steadyhand.cli.demonstration.result import DemonstrationResult
    from steadyhand.evaluation.episode_record import EpisodeRecord

INTERRUPTED = 130  # as shells say it of a process that Ctrl-C ended
NOT_SUCCEEDED = 1
TOO_SLOW = {"JOINT_STATE_STALE", "OBSERVATION_STALE", "CHUNK_STALE", "UNDERRUN", "POLICY_SILENT", "PILOT_SILENT"}
"""Reasons to hold that a machine which cannot keep real time brings about."""
_WRITTEN = ("demo.gif", "demo.png", "result.json")


class Renderer(str, Enum):
    """Renderers of the simulator's cameras."""

    AUTO = "auto"
    EGL = "egl"
    RAYCAST = "raycast"


def demo(
    instruction: Annotated[str, typer.Option(help="What the arm is told to do.")] = "pick up the red cube",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the scene and of the policy's noise.")] = 0,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the machine-readable result to this file.")
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder for demo.gif, demo.png, result.json and the logs of the nodes.")
    ] = Path("out"),
    viewer: Annotated[bool, typer.Option("--viewer", help="Show the simulator in a window.")] = False,
    renderer: Annotated[
        Renderer, typer.Option(help="What draws the camera images; auto takes the first that works.")
    ] = Renderer.AUTO,
    lockstep: Annotated[
        bool,
        typer.Option("--lockstep", help="Let the simulated time wait for the nodes, for a machine that is too slow."),
    ] = False,
    deployment: Annotated[
        str, typer.Option(help="Deployment, by name or path of its file; it must be of the simulated robot.")
    ] = "panda_embedded",
) -> None:
    """Tell the simulated arm what to do, and watch it: simulator, policy, bridge and pilot as a real ROS graph.

    Exits 0 only where the simulator's ground truth says that the instruction was carried out.
    """
    console = Console()
    request = DemonstrationRequest(
        instruction=instruction,
        seed=seed,
        task="pick",
        deployment=deployment,
        renderer=renderer.value,
        viewer=viewer and _has_display(console),
        lockstep=lockstep,
        out=out,
    )
    try:
        with Interruption() as interruption:
            result = _demonstrate(console, request, interruption)
            result.write(out / "result.json", *([json_file] if json_file else []))
            _conclude(console, request, result)
    except KeyboardInterrupt:
        console.print("Interrupted; everything has been stopped.")
        raise typer.Exit(INTERRUPTED) from None
    if not result.task_success:
        raise typer.Exit(NOT_SUCCEEDED)


def _has_display(console: Console) -> bool:
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    console.print("There is no display for --viewer here; going on without a window.", style="yellow")
    return False


def _demonstrate(console: Console, request: DemonstrationRequest, interruption: Interruption) -> DemonstrationResult:
    from steadyhand.cli.demonstration.conduct import conduct
    from steadyhand.cli.demonstration.display import Display
    from steadyhand.cli.demonstration.domain import own_domain
    from steadyhand.cli.demonstration.processes import Processes
    from steadyhand.cli.demonstration.result import DemonstrationResult
    from steadyhand.cli.demonstration.stderr import stderr_to
    from steadyhand.nodes.transports import tuned_environment
    from steadyhand.profiles.contract import load_deployment

    begun = time.monotonic()
    contract = load_deployment(request.deployment, policy_files=True)
    for name in _WRITTEN:
        (request.out / name).unlink(missing_ok=True)
    logs = request.logs.absolute()
    try:
        with own_domain(os.environ) as domain:
            # Read when ROS is initialised, here as in the nodes.
            os.environ.update({**tuned_environment(), **domain, "ROS_LOG_DIR": str(logs / "ros")})
            with (
                stderr_to(logs / "demo.log"),
                Processes(logs, os.environ) as processes,
                Display(console) as display,
            ):
                result, record = conduct(request, contract, processes, display, interruption)
    except SteadyhandError as error:
        return DemonstrationResult(
            instruction=request.instruction,
            seed=request.seed,
            outcome="error",
            task_success=None,
            message=str(error),
            seconds=time.monotonic() - begun,
            deployment=request.deployment,
        )
    if result.episode is None:
        return result
    console.print("Drawing ...")
    return replace(result, files=_draw(record, result, request.out))


def _draw(record: EpisodeRecord, result: DemonstrationResult, out: Path) -> dict[str, str]:
    from steadyhand.evaluation.animation import write_animation
    from steadyhand.evaluation.episode_plot import plot_episode

    animation, plot = out / "demo.gif", out / "demo.png"
    files = {"plot": str(plot)}
    plot_episode(record, plot, f'"{result.instruction}", seed {result.seed}: {result.outcome}')
    if write_animation(record, animation, result.instruction):
        files["animation"] = str(animation)
    return files


def _conclude(console: Console, request: DemonstrationRequest, result: DemonstrationResult) -> None:
    good = bool(result.task_success)
    said = "succeeded" if good else result.outcome.replace("_", " ")
    console.print(f"“{result.instruction}”: {said}", style="bold green" if good else "bold red", highlight=False)
    if result.message:
        console.print(result.message, highlight=False, markup=False, soft_wrap=True)
    episode = result.episode
    if episode is not None:
        console.print(
            f"{episode.elapsed:.1f} s, {episode.chunks} chunks, {episode.holds} holds, "
            f"policy {1e3 * episode.latency_median:.1f} ms",
            highlight=False,
        )
    late = TOO_SLOW.intersection(result.record.get("hold_codes", ()))
    if late and not good and not request.lockstep:
        console.print(
            f"The arm was held by {', '.join(sorted(late))}: this machine is too slow or too busy for real time. "
            "Try again with --lockstep.",
            style="yellow",
            highlight=False,
            soft_wrap=True,
        )
    for path in (*result.files.values(), str(request.out / "result.json")):
        console.print(f"  {path}", highlight=False, markup=False, soft_wrap=True)
