"""``steadyhand run``: one instruction, from the nodes that it needs to its outcome."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from steadyhand.cli.demonstration.interruption import Interruption
from steadyhand.cli.operating.options import Namespace
from steadyhand.exceptions import SteadyhandError

if TYPE_CHECKING:
    from steadyhand.cli.operating.conduct import RunRequest
    from steadyhand.nodes.episode_client import EpisodeClient

INTERRUPTED = 130  # as shells say it of a process that Ctrl-C ended
NOT_SUCCEEDED = 1
_REFUSED = 2


def run(
    deployment: Annotated[str, typer.Argument(help="Deployment, by name or path of its file.")],
    instruction: Annotated[str, typer.Argument(help="What the arm is told to do.")],
    namespace: Namespace = "",
    mode: Annotated[str, typer.Option(help="run, confirm or shadow; empty for the deployment's own.")] = "",
    speed: Annotated[float, typer.Option(min=0.0, max=1.0, help="Speed; 0 for the deployment's own.")] = 0.0,
    timeout: Annotated[float, typer.Option(min=0.0, help="Longest episode [s]; 0 for the deployment's own.")] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the policy's noise.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON, and progress to stderr.")] = False,
    sim_time: Annotated[bool, typer.Option("--sim-time", help="Take the time from /clock.")] = False,
    logs: Annotated[Path, typer.Option(help="Folder for the logs of nodes that are started.")] = Path("out/logs"),
    ready_within: Annotated[float, typer.Option(help="Longest time until the nodes are ready [s].")] = 60.0,
) -> None:
    """Carry out one instruction. Policy, bridge and pilot are joined where they run, and started where they do not.

    Ctrl-C cancels: the arm brakes, and nodes that were started here end. Exits 0 where the episode succeeded, or ended
    without a judge; 1 where it did not; 2 where it was refused or could not begin; 130 where it was cancelled.
    """
    from steadyhand.cli.operating.conduct import RunRequest
    from steadyhand.profiles.contract import load_deployment

    name = load_deployment(deployment).deployment.name
    request = RunRequest(
        deployment, name, instruction, namespace, timeout, speed, mode, seed, sim_time, ready_within=ready_within
    )
    console = Console(stderr=as_json)
    try:
        with Interruption() as interruption:
            document, code = _run(console, request, interruption, logs.absolute())
    except KeyboardInterrupt:
        document, code = {"outcome": "cancelled", "message": "interrupted"}, INTERRUPTED
        console.print("Cancelled: the arm brakes.")
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
        finally:
            # Nodes that were started here end after the arm rests.
            client.close()
    return _conclude(console, client, request.instruction, time.monotonic() - begun)


def _conclude(
    console: Console, client: EpisodeClient, instruction: str, seconds: float
) -> tuple[dict[str, object], int]:
    result = client.goal.result
    assert result is not None
    outcome = result.outcome.name.lower()
    good = outcome in ("succeeded", "ended")
    why = ": ".join(part for part in (result.code, result.message) if part)
    console.print(
        f"“{instruction}”: {outcome.replace('_', ' ')} after {result.elapsed:.1f} s, {result.chunks} chunks, "
        f"{result.holds} holds",
        style="bold green" if good else "bold red",
        highlight=False,
    )
    if why:
        console.print(why, highlight=False, markup=False, soft_wrap=True)
    document = {**asdict(result), "outcome": outcome, "episode_id": client.goal.episode_id, "seconds": seconds}
    codes = {"refused": _REFUSED, "cancelled": INTERRUPTED}
    return document, 0 if good else codes.get(outcome, NOT_SUCCEEDED)
