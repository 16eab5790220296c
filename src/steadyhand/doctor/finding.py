"""One thing that is wrong, or could be better."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from steadyhand.doctor.codes import Code, Severity
from steadyhand.doctor.survey import Survey
from steadyhand.profiles.contract import Contract


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes:
        code: What kind of finding it is.
        where: The topic, node, controller or file.
        what: What is wrong, a sentence without its full stop.
        remedy: What to do about it, sentences.
        value: The value that was measured, None where it is not one.
    """

    code: Code
    where: str
    what: str
    remedy: str
    value: Any = None

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.code.severity


Judgement = Callable[[Survey, "Contract | None"], Iterator[Finding]]
"""Judges a survey, of a deployment where one is given; a pure function."""
