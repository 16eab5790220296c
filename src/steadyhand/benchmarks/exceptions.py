"""Errors of the benchmarks."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class BenchmarkError(SteadyhandError):
    """A measurement that could not be made."""
