"""``steadyhand explain``: why the arm braked, was held or slowed, from a recording."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from steadyhand.execution.reasons import CALM

if TYPE_CHECKING:
    from steadyhand.evaluation.explanation import Event
    from steadyhand.evaluation.recording import Recording
    from steadyhand.evaluation.replay import Replay
    from steadyhand.profiles.contract import Contract


def explain(
    bag: Annotated[Path, typer.Argument(help="ROS 2 bag: its folder, or a .mcap or .db3 file.")],
    deployment: Annotated[
        str, typer.Option(help="Deployment to replay with, by name or path; none: the one that the chunks name.")
    ] = "",
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the machine-readable result to this file.")
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Also show rest that nothing went wrong for, such as between episodes.")
    ] = False,
) -> None:
    """Explain every brake, hold, slow-down and refusal in a bag, and decide again about its chunks.

    Exits 2 where the bag cannot be read or says nothing about steadyhand.
    """
    from steadyhand.evaluation import explanation
    from steadyhand.evaluation.recording import read_recording
    from steadyhand.evaluation.replay import replay

    contract = _named(deployment)
    recording = read_recording(bag, "" if contract is None else contract.robot.joint_states.topic)
    if contract is None:
        contract = _recorded(recording)
    events = explanation.explain(recording)
    start = recording.messages[0].received
    first = next(event.time for event in events) if events else start
    for event in events:
        if show_all or event.code not in CALM:
            _print(event, first)
    totals = explanation.totals(events)
    typer.echo("totals: " + (", ".join(f"{name} {count}" for name, count in totals.items()) or "nothing happened"))
    for topic in recording.missing:
        typer.secho(f"not recorded: {topic}", fg=typer.colors.YELLOW)
    again = None if contract is None else replay(recording, contract)
    _print_replay(again, contract)
    if json_file is not None:
        from steadyhand.evaluation.provenance import provenance

        result: dict[str, Any] = {
            "bag": str(bag),
            "events": [asdict(event) for event in events],
            "totals": totals,
            "missing": recording.missing,
            "replay": None if again is None or contract is None else _replay_result(again, contract),
        }
        json_file.write_text(json.dumps({**result, **provenance()}, indent=2) + "\n")


def _named(deployment: str) -> Contract | None:
    from steadyhand.profiles.contract import load_deployment

    return load_deployment(deployment) if deployment else None


def _recorded(recording: Recording) -> Contract | None:
    """Return the deployment that the recording names and whose hash the chunks carry, None where it is not here."""
    from steadyhand.evaluation.recording import CHUNKS, PILOT
    from steadyhand.profiles.contract import load_deployment
    from steadyhand.profiles.exceptions import ProfileError
    from steadyhand.profiles.search import profile_names

    hashes = {entry.message.profile_hash for entry in recording.of(CHUNKS)}
    names = [entry.message.deployment for entry in recording.of(PILOT) if entry.message.deployment]
    for name in dict.fromkeys([*names, *profile_names("deployments")]):
        with suppress(ProfileError):
            contract = load_deployment(name)
            if contract.hash in hashes:
                return contract
    return None


def _print(event: Event, start: float) -> None:
    episode = f"  episode {event.episode[:8]}" if event.episode else ""
    lasted = "" if event.duration is None else f", {event.duration:.2f} s"
    typer.secho(f"{event.time - start:9.3f} s{episode}  {event.kind} {event.code}{lasted}", bold=True)
    lines = [event.said, *(f"recorded: {line}" for line in event.evidence)]
    if event.remedy and event.code not in CALM:
        lines.append(f"remedy: {event.remedy}")
    for line in lines:
        if line:
            typer.echo(f"            {line}")


def _print_replay(again: Replay | None, contract: Contract | None) -> None:
    if again is None or contract is None:
        typer.echo(
            "not replayed: no deployment here has the hash that the chunks carry; give the file with --deployment"
        )
        return
    agree, differ = again.agree, len(again.chunks) - again.agree
    typer.echo(f"replayed with {contract.deployment.name}: {agree} chunks decided as recorded, {differ} differently")
    for decision in again.chunks:
        if not decision.agrees:
            said = f": {decision.message}" if decision.message else ""
            verdicts = f"recorded {decision.recorded}, replayed {decision.replayed}{said}"
            typer.echo(f"            chunk {decision.sequence}: {verdicts}")
    typer.echo(f"changes of state: {again.states[0]} as recorded, {again.states[1]} not")


def _replay_result(again: Replay, contract: Contract) -> dict[str, Any]:
    return {
        "deployment": contract.deployment.name,
        "hash": contract.hash,
        "agree": again.agree,
        "differ": len(again.chunks) - again.agree,
        "states_agree": again.states[0],
        "states_differ": again.states[1],
        "chunks": [asdict(decision) for decision in again.chunks],
    }
