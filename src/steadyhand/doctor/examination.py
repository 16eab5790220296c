"""From a survey to everything that is wrong, worst first."""

from __future__ import annotations

from steadyhand.doctor.codes import Severity
from steadyhand.doctor.finding import Finding, Judgement
from steadyhand.doctor.judgements import (
    clock,
    controllers,
    description,
    environment,
    frames,
    images,
    joint_names,
    joint_values,
    nodes,
    presence,
    qos,
    resources,
    stamps,
    topics,
)
from steadyhand.doctor.survey import Survey
from steadyhand.profiles.contract import Contract

JUDGEMENTS: tuple[Judgement, ...] = (
    presence.judge,
    environment.judge,
    clock.judge,
    topics.judge,
    qos.judge,
    stamps.judge,
    joint_names.judge,
    joint_values.judge,
    images.judge,
    controllers.judge,
    nodes.judge,
    description.judge,
    frames.judge,
    resources.judge,
)
"""In the order in which equally bad findings are told: causes before what follows from them."""


def examine(survey: Survey, contract: Contract | None = None) -> list[Finding]:
    """Return every finding, worst first.

    Args:
        survey: What was measured.
        contract: The deployment, where one is given.
    """
    found = [finding for judge in JUDGEMENTS for finding in judge(survey, contract)]
    return sorted(found, key=lambda finding: finding.severity.rank)


def count(findings: list[Finding]) -> dict[Severity, int]:
    """Return how many findings there are of each severity."""
    return {severity: sum(one.severity is severity for one in findings) for severity in Severity}
