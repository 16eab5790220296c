"""``steadyhand run``: one instruction, from the nodes that it needs to its outcome."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from steadyhand.cli.demonstration.interruption import Interruption
from steadyhand.cli.operating.options import Namespace
from steadyhand.exceptions import SteadyhandError
from steadyhand.execution.mode import Mode

if TYPE_CHECKING:
    from steadyhand.cli.operating.conduct import RunRequest
    from steadyhand.nodes.episode_client import EpisodeClient

INTERRUPTED = 130  # as shells say it of a process that Ctrl-C ended
NOT_SUCCEEDED = 1
_REFUSED = 2
_UNANSWERED = "cancelled, and the pilot did not say within 5 s that the arm rests: look at it, and at steadyhand status"


def _above_zero(speed: float | None) -> float | None:
    if speed is not None and not 0.0 < speed <= 1.0:
        raise typer.BadParameter(f"{speed:g} is not above 0 and up to 1; to hold an arm: steadyhand stop")
    return speed


def _not_empty(instruction: str) -> str:
    if not instruction.strip():
        raise typer.BadParameter("it is empty: say what the arm is to do, in quotes")
    return instruction


def run(
    deployment: Annotated[str, typer.Argument(help="Deployment, by name or path of its file.")],
    instruction: Annotated[str, typer.Argument(help="What the arm is told to do.", callback=_not_empty)],
    namespace: Namespace = "",
    mode: Annotated[
        Mode | None, typer.Option(metavar="run|confirm|shadow", help="What becomes of a motion; else the deployment's.")
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            help="Part of the policy's own speed, above 0 up to 1; else the deployment's.", callback=_above_zero
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.0, help="Longest episode [s]; 0 for the deployment's own.")] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the policy's noise.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON, and progress to stderr.")] = False,
    sim_time: Annotated[bool, typer.Option("--sim-time", help="Take the time from /clock.")] = False,
    logs: Annotated[Path, typer.Option(help="Folder for the logs of nodes that are started.")] = Path("out/logs"),
    ready_within: Annotated[float, typer.Option(min=1.0, help="Longest time until the nodes are ready [s].")] = 60.0,
) -> None:
    """Carry out one instruction. Policy, bridge and pilot are joined where they run, and started where they do not.

    Ctrl-C cancels: the arm brakes, and nodes that were started here end. Exits 0 where the episode succeeded, or ended
    without a judge; 1 where it did not; 2 where it was refused or could not begin; 130 where it was cancelled.
    """
    from steadyhand.cli.operating.conduct import RunRequest
    from steadyhand.profiles.contract import load_deployment

    name = load_deployment(deployment).deployment.name
    request = RunRequest(
        deployment,
        name,
        instruction,
        namespace,
        timeout,
        speed or 0.0,
        "" if mode is None else mode.value,
        seed,
        sim_time,
        ready_within=ready_within,
    )
    console = Console(stderr=as_json)
    document: dict[str, object] = {"outcome": "cancelled", "message": "interrupted"}
    code = INTERRUPTED
    # A terminal that was closed can be told nothing any more.
    with suppress(KeyboardInterrupt), Interruption() as interruption:
        document, code = _run(console, request, interruption, logs.absolute())
    if as_json:
        typer.echo(json.dumps({"instruction": instruction, "deployment": name, **document}, indent=2))
    if code:
        raise typer.Exit(code)


def _run(
    console: Console, request: RunRequest, interruption: Interruption, logs: Path
) -> tuple[dict[str, object], int]:
    from steadyhand.cli.demonstration.display import Display
    from steadyhand.cli.demonstration.processes import Processes
    from steadyhand.cli.operating.conduct import conduct
    from steadyhand.nodes.episode_client import EpisodeClient

    begun = time.monotonic()
    with Processes(logs, os.environ) as processes:
        client = EpisodeClient(request.namespace, use_sim_time=request.use_sim_time)
        try:
            with Display(console) as display:
                conduct(request, client, processes, display, interruption)
        except SteadyhandError as error:
            console.print(str(error), style="bold red", highlight=False, markup=False, soft_wrap=True)
            return {"outcome": "error", "message": str(error)}, _REFUSED
        except KeyboardInterrupt:
            console.print("cancelling: the arm brakes", highlight=False)
        finally:
            # Nodes that were started here end after the arm rests.
            client.close()
        return _conclude(console, client, request.instruction, time.monotonic() - begun)


def _conclude(
    console: Console, client: EpisodeClient, instruction: str, seconds: float
) -> tuple[dict[str, object], int]:
    result = client.goal.result
    if result is None:
        message = _UNANSWERED if client.goal.open else "cancelled before the arm was told anything"
        console.print(message, style="bold red" if client.goal.open else "", highlight=False, soft_wrap=True)
        return {"outcome": "cancelled", "message": message}, INTERRUPTED
    outcome = result.outcome.name.lower()
    good = outcome in ("succeeded", "ended")
    why = ": ".join(part for part in (result.code, result.message) if part)
    console.print(
        f"“{instruction}”: {outcome.replace('_', ' ')} after {result.elapsed:.1f} s, {result.chunks} chunks, "
        f"{result.holds} holds",
        style="bold green" if good else "bold red",
        highlight=False,
        markup=False,
    )
    if why:
        console.print(why, highlight=False, markup=False, soft_wrap=True)
    document = {**asdict(result), "outcome": outcome, "episode_id": client.goal.episode_id, "seconds": seconds}
    codes = {"refused": _REFUSED, "cancelled": INTERRUPTED}
    return document, 0 if good else codes.get(outcome, NOT_SUCCEEDED)
