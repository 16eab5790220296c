"""Errors of the drivers room."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class DriverError(SteadyhandError):
    """A driver cannot be made: something that it needs is not installed, or of a release that it does not know."""
