"""``steadyhand doctor``: what is wrong with the graph that runs, and with this machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from steadyhand.cli.check import problem_lines
from steadyhand.cli.findings_table import headline, table_of, verdict
from steadyhand.doctor.codes import Severity
from steadyhand.doctor.examination import count, examine
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.machine_survey import look_at_machine
from steadyhand.doctor.survey import GraphSurvey, Survey
from steadyhand.evaluation.provenance import provenance
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.exceptions import ProfileError

if TYPE_CHECKING:
    from steadyhand.nodes.graph_survey import GraphListener

_ERRORS = 1
_REFUSED = 2


def doctor(
    deployment: Annotated[
        str, typer.Argument(help="Name of a deployment, or the path of its file; none: the graph and machine alone.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    namespace: Annotated[
        str, typer.Option(help="Namespace of policy, bridge and pilot; empty: the deployment's own.")
    ] = "",
    seconds: Annotated[float, typer.Option(min=0.5, max=600.0, help="Time to listen, in seconds.")] = 3.0,
) -> None:
    """Say what is wrong with the graph that runs and with this machine, and what to do. It commands nothing.

    Exits 0 where nothing is or there are warnings only, 1 where there are errors, 2 where the deployment is wrong.
    """
    contract = _read(deployment, as_json=as_json) if deployment else None
    space = namespace.strip("/") or (contract.deployment.namespace if contract is not None else "")
    console = Console(highlight=False, markup=False)
    with Console(stderr=True).status(f"listening for {seconds:g} s"):
        machine = look_at_machine()
        graph = _surveyed(space, seconds, contract) if not machine.ros_error else None
    survey = Survey(machine, graph)
    findings = examine(survey, contract)
    if as_json:
        print(json.dumps(_report(deployment, survey, findings), indent=2, default=str))
    else:
        console.print(headline(survey, deployment))
        if findings:
            console.print(table_of(findings))
        console.print(verdict(findings, survey))
    if count(findings)[Severity.ERROR]:
        raise typer.Exit(_ERRORS)


def _read(deployment: str, *, as_json: bool) -> Contract:
    try:
        return load_deployment(deployment)
    except ProfileError as error:
        if as_json:
            problems = [asdict(problem) for problem in error.problems]
            print(json.dumps({"deployment": deployment, "verdict": "refused", "problems": problems}, indent=2))
        else:
            console = Console(stderr=True, highlight=False, markup=False)
            for line in problem_lines(error.problems, min(console.width, 120)):
                console.print(line, soft_wrap=True)
        raise typer.Exit(_REFUSED) from None


def _surveyed(namespace: str, seconds: float, contract: Contract | None) -> GraphSurvey:
    from steadyhand.nodes.graph_survey import GraphListener

    listener: GraphListener = GraphListener(namespace)
    try:
        return listener.look(seconds, contract)
    finally:
        listener.close()


def _report(deployment: str, survey: Survey, findings: list[Finding]) -> dict[str, Any]:
    counts = count(findings)
    worst = next((severity.value for severity in Severity if counts[severity]), "fine")
    graph = survey.graph
    return {
        "deployment": deployment or None,
        "verdict": worst,
        "counts": {severity.value: number for severity, number in counts.items()},
        "findings": [
            {
                "code": str(one.code),
                "severity": one.severity.value,
                "where": one.where,
                "what": one.what,
                "value": one.value,
                "remedy": one.remedy,
            }
            for one in findings
        ],
        "graph": None
        if graph is None
        else {
            "domain": survey.machine.domain,
            "rmw": survey.machine.rmw,
            "namespace": graph.namespace,
            "seconds": round(graph.duration, 3),
            "nodes": sorted(graph.nodes),
            "messages": {topic: len(stream.arrivals) for topic, stream in sorted(graph.streams.items())},
        },
        **provenance(),
    }
