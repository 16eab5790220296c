"""Errors of evaluations."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class EvaluationError(SteadyhandError):
    """An evaluation that cannot be made as asked."""


class RecordingError(EvaluationError):
    """A bag that cannot be read, or lacks what is asked of it."""
