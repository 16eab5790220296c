"""``steadyhand check``: a deployment as the nodes will understand it, or everything that is wrong with it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console

from steadyhand.cli.contract_tables import short_path, tables_of
from steadyhand.evaluation.provenance import provenance
from steadyhand.exceptions import SteadyhandError
from steadyhand.policies.factory import make_policy
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.exceptions import ProfileError, ProfileProblem

_REFUSED = 2


def check(
    deployment: Annotated[str, typer.Argument(help="Name of a deployment, or the path of its file.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the contract, or the problems, as JSON.")] = False,
    policy_files: Annotated[
        bool, typer.Option(help="Ask for the policy's weights. Only the machine that runs the policy needs them.")
    ] = True,
) -> None:
    """Check a deployment with its robot and policy, and show what feeds and drives what. Exits 2 where it is wrong."""
    try:
        contract = load_deployment(deployment, policy_files=policy_files)
        if policy_files:
            _try_policy(contract)
    except ProfileError as error:
        if as_json:
            problems = [asdict(problem) for problem in error.problems]
            print(
                json.dumps({"deployment": deployment, "valid": False, "problems": problems, **provenance()}, indent=2)
            )
        else:
            console = Console(stderr=True, highlight=False, markup=False)
            for line in problem_lines(error.problems, min(console.width, 120)):
                console.print(line, style="red" if not line.startswith(" ") else "", soft_wrap=True)
        raise typer.Exit(_REFUSED) from None
    if as_json:
        print(json.dumps({"valid": True, **_resolved(contract), **provenance()}, indent=2))
        return
    console = Console(highlight=False, markup=False)
    for table in tables_of(contract):
        console.print(table)


def _try_policy(contract: Contract) -> None:
    """Load the policy: only its file knows whether its inputs and outputs are those of the profile."""
    try:
        make_policy(contract)
    except SteadyhandError as error:
        profile = str(contract.files[-1])
        remedy = "Where this machine does not run the policy, --no-policy-files leaves its files alone."
        raise ProfileError([ProfileProblem(profile, "backend", str(error), remedy, contract.policy.backend)]) from error


def _resolved(contract: Contract) -> dict[str, Any]:
    return {
        "deployment": contract.deployment.name,
        "hash": contract.hash,
        "files": [str(file) for file in contract.files],
        "state_names": contract.policy.state_names,
        "dimension_names": contract.policy.dimension_names,
        "robot_profile": contract.robot.model_dump(mode="json"),
        "policy_profile": contract.policy.model_dump(mode="json"),
        "deployment_profile": contract.deployment.model_dump(mode="json"),
        "problems": [],
    }


def problem_lines(problems: tuple[ProfileProblem, ...], width: int = 80) -> Iterator[str]:
    """Yield problems as lines, grouped by file.

    Args:
        problems: The problems, those of one file together.
        width: Columns of the terminal.
    """
    files = list(dict.fromkeys(problem.file for problem in problems))
    yield f"{len(problems)} problem{'s' if len(problems) != 1 else ''}, nothing will move before they are solved."
    for file in files:
        yield ""
        yield short_path(file)
        for problem in (problem for problem in problems if problem.file == file):
            place = problem.key or "the file"
            value = f" = {problem.value}" if problem.value else ""
            line = f"line {problem.line}: " if problem.line is not None else ""
            yield f"  {line}{place}{value}"
            yield from textwrap.wrap(problem.message, width, initial_indent="    ", subsequent_indent="    ")
            yield from textwrap.wrap(problem.remedy, width, initial_indent="    -> ", subsequent_indent="       ")
