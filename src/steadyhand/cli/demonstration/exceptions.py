"""Errors of the demonstration."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class DemonstrationError(SteadyhandError):
    """The demonstration cannot go on."""


class ProcessDiedError(DemonstrationError):
    """A process of the graph ended by itself."""


class NotReadyError(DemonstrationError):
    """Parts of the graph did not come up in time."""
