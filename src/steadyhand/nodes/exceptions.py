"""Errors of the ROS nodes."""

from steadyhand.chunks.exceptions import ConversionError
from steadyhand.exceptions import SteadyhandError

__all__ = ["ConversionError", "NodeError", "ParameterError", "StartError"]


class NodeError(SteadyhandError):
    """A node cannot do what it was asked to."""


class ParameterError(NodeError):
    """A node parameter has a value it cannot have."""


class StartError(NodeError):
    """A node that starts itself could not be configured or activated."""
