"""Errors of the camera room."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class CameraError(SteadyhandError):
    """A camera cannot be had, or not as it was asked for."""


class SourceRefusedError(CameraError):
    """What was asked for cannot work, however often it is tried."""


class SourceLostError(CameraError):
    """A source is not there, is busy or has gone: it may come back."""
