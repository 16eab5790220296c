"""Errors of the observation room."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class ObservationError(SteadyhandError):
    """There is no observation that a policy may act on.

    Attributes:
        code: Reason code, in capitals.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ImageError(ObservationError):
    """An image message contradicts itself, its camera's profile, or has an encoding that cannot be read."""

    def __init__(self, message: str) -> None:
        super().__init__("BAD_IMAGE", message)


class DecoderError(SteadyhandError):
    """A decoder of images that a deployment asks for and that is not there."""


class RecordingError(SteadyhandError):
    """A recording that cannot be read."""


class JointStateError(ObservationError):
    """A joint state message lacks joints, or has values that are no positions."""

    def __init__(self, message: str) -> None:
        super().__init__("BAD_JOINT_STATE", message)


class StateError(SteadyhandError):
    """A policy's state layout that cannot be filled from this robot."""


class RotationError(SteadyhandError):
    """Numbers that stand for no rotation."""
