"""Errors of the execution room."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError
from steadyhand.execution.reasons import Reason


class RefusedError(SteadyhandError):
    """Something that must not be executed, with the reason code.

    Attributes:
        reason: The code that status, diagnostics and the outcome of an episode show.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class BrakeError(SteadyhandError):
    """No stop could be computed from a state, which only non-finite or misshaped states cause."""


class SchedulingError(SteadyhandError):
    """The system does not let this process go before others."""
