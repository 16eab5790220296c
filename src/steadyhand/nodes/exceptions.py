"""Errors of the ROS nodes."""

from steadyhand.exceptions import SteadyhandError


class NodeError(SteadyhandError):
    """A node cannot do what it was asked to."""


class ParameterError(NodeError):
    """A node parameter has a value it cannot have."""


class ConversionError(NodeError):
    """A message contradicts itself and cannot be turned into what it stands for."""


class StartError(NodeError):
    """A node that starts itself could not be configured or activated."""
