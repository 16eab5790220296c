"""Errors of the simulation."""

from steadyhand.exceptions import SteadyhandError


class SimulationError(SteadyhandError):
    """The simulation cannot do what was asked."""


class RenderingError(SimulationError):
    """Images cannot be rendered in the way that was asked for."""


class TaskError(SimulationError):
    """There is no such task, or its scene cannot be laid out."""
