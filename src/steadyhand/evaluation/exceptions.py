"""Errors of evaluations."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class EvaluationError(SteadyhandError):
    """An evaluation that cannot be made as asked."""
