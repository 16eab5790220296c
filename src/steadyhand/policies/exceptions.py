"""Errors of policies."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class PolicyError(SteadyhandError):
    """A policy that cannot be made or cannot infer."""


class UnknownBackendError(PolicyError):
    """The policy profile names a backend that does not exist."""


class ModelError(PolicyError):
    """A model file that cannot be read, or whose inputs and outputs do not fit the policy profile."""


class MissingGroundTruthError(PolicyError):
    """The scripted policy was not told where the objects are."""


class OutputError(PolicyError):
    """A policy gave something else than its profile says."""
