"""``steadyhand success``: the success rate of a policy over seeded scenes."""

import json
from pathlib import Path
from typing import Annotated

import typer


def success(
    task: Annotated[str, typer.Option(help="Task of the simulator.")] = "pick",
    episodes: Annotated[int, typer.Option(help="Number of scenes.", min=1)] = 300,
    seed: Annotated[int, typer.Option(help="Seed of the first scene; the others follow.", min=0)] = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")] = None,
    renderer: Annotated[str, typer.Option(help="auto, egl, osmesa or raycast.")] = "auto",
    workers: Annotated[int, typer.Option(help="Processes that share the scenes.", min=1)] = 1,
    policy: Annotated[
        str, typer.Option(help="Instead of the deployment's policy: a backend (scripted, hold), or an ONNX file.")
    ] = "",
    delay: Annotated[float, typer.Option(help="Capture of an observation until its chunk arrives [s].", min=0.0)] = 0.1,
    timeout: Annotated[float, typer.Option(help="Longest episode, simulated [s].", min=0.1)] = 20.0,
    deployment: Annotated[str, typer.Option(help="Deployment of the simulated Panda.")] = "panda_embedded",
) -> None:
    """Let a policy act in many unseen scenes, without ROS and faster than real time, and count the successes."""
    from rich.progress import Progress

    from steadyhand.evaluation.closed_loop import Verdict
    from steadyhand.evaluation.provenance import provenance
    from steadyhand.evaluation.success import Trials, measure

    trials = Trials(task, episodes, seed, policy, renderer, delay, timeout, deployment)
    with Progress(transient=True) as progress:
        bar = progress.add_task(f"{policy or deployment} on {task}", total=episodes)

        def report(verdict: Verdict) -> None:
            progress.advance(bar)
            done = int(progress.tasks[0].completed)
            if not progress.console.is_terminal and done % 10 == 0:
                typer.echo(f"{done} of {episodes} episodes", err=True)
            if not verdict.success:
                progress.console.print(f"seed {verdict.seed}: {verdict.instruction!r}: {verdict.message}")

        result = measure(trials, workers=workers, report=report)
    low, high = result["ci95"]
    typer.echo(
        f"{result['successes']} of {episodes} ({100 * result['success_rate']:.1f} %, 95 % confidence {100 * low:.1f} "
        f"to {100 * high:.1f} %), wrong object {result['wrong_object']}, renderer {result['renderer']}, "
        f"{result['seconds']:.0f} s"
    )
    typer.echo(
        f"stitching {result['stitching']}: {result['chunks']} chunks, {result['prefixed']} with a prefix, "
        f"{result['refused']} refused"
    )
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps(result | provenance(), indent=2) + "\n")
