"""Errors of the drivers."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class DriverError(SteadyhandError):
    """A driver cannot be made: its profile lacks something, or what it needs is not installed or not known to it."""
