"""Errors of the chunks room."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class MeaningError(SteadyhandError):
    """An action layout whose meaning cannot be worked out, or a row whose target no joint position reaches."""


class NormalisationError(SteadyhandError):
    """Statistics that do not fit the vector that they are to scale, or a vector that does not fit them."""


class ConversionError(SteadyhandError):
    """A message contradicts itself and cannot be turned into what it stands for."""
