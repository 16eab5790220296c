"""Findings of the doctor as a table that a person reads from the top."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text

from steadyhand.doctor.codes import Severity
from steadyhand.doctor.examination import count
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.survey import Survey

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def headline(survey: Survey, deployment: str) -> Text:
    """Return what was looked at, in a line or two."""
    machine, graph = survey.machine, survey.graph
    text = Text(f"deployment {deployment}: " if deployment else "", style="bold")
    if graph is None:
        return text.append("only this machine; ROS cannot be used here", style="not bold")
    heard = sum(len(stream.arrivals) for stream in graph.streams.values())
    space = f", namespace /{graph.namespace}" if graph.namespace else ""
    return text.append(
        f"domain {machine.domain}, {machine.rmw}{space}; {len(graph.nodes)} nodes, {len(graph.topics)} topics, "
        f"{heard} messages heard in {graph.duration:.1f} s",
        style="not bold",
    )


def table_of(findings: list[Finding]) -> Table:
    """Return the findings, each with where it is, what is wrong and, below an arrow, what to do."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_header=True, header_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column("finding, and its remedy", overflow="fold", ratio=1)
    for index, one in enumerate(findings):
        body = Text()
        body.append(f"{one.code}", style="bold")
        body.append(f"  {one.where}\n", style="dim")
        body.append(f"{one.what}.\n")
        body.append("-> ", style="green")
        body.append(one.remedy)
        if index < len(findings) - 1:
            body.append("\n")
        table.add_row(Text(one.severity.value, style=_STYLES[one.severity]), body)
    return table


def verdict(findings: list[Finding], survey: Survey) -> Text:
    """Return the last line: how many findings there are, and what that means."""
    counts = count(findings)
    told = [f"{number} {severity.value}{'s' if number != 1 else ''}" for severity, number in counts.items() if number]
    listed = ", ".join(told) or "no findings"
    if counts[Severity.ERROR]:
        return Text(f"{listed}: solve the errors before anything moves.", style=_STYLES[Severity.ERROR])
    if survey.graph is not None and survey.graph.empty:
        return Text(f"{listed}: the machine was looked at; nothing runs.", style=_STYLES[Severity.WARNING])
    if counts[Severity.WARNING]:
        return Text(f"{listed}: nothing that stops the arm; read the warnings.", style=_STYLES[Severity.WARNING])
    return Text(f"{listed}: nothing stands in the way.", style="bold green")
