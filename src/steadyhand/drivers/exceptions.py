"""Errors of the drivers."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class DriverError(SteadyhandError):
    """A driver cannot be made from a robot profile."""
