"""Phases and outcomes of an episode, with the numbers that messages carry."""

from __future__ import annotations

from enum import Enum, IntEnum


class Phase(IntEnum):
    """What an episode is doing; the numbers are those of PilotStatus."""

    IDLE = 0
    """It is over."""
    PREPARING = 1
    """Success source, policy and bridge are being asked."""
    STARTING = 2
    """The arm moves to the start pose."""
    RUNNING = 3
    """The policy acts."""
    ENDING = 4
    """The outcome is decided; the arm comes to rest."""


class Outcome(IntEnum):
    """How an episode ended; the numbers are those of RunInstruction's result."""

    SUCCEEDED = 0
    """The success source says that the instruction was carried out."""
    ENDED = 1
    """It ran to its end, and no success source judges it."""
    FAILED = 2
    """A fault ended it, or the success source says that it can no longer succeed."""
    CANCELLED = 3
    """The client, or a stop that was not resumed, ended it."""
    TIMED_OUT = 4
    """The timeout passed while a success source still said no."""
    REFUSED = 5
    """Policy, bridge or success source refused to begin; nothing moved."""


class SuccessSource(str, Enum):
    """Who says that an instruction was carried out."""

    SIMULATOR = "simulator"
    POLICY = "policy"
    OPERATOR = "operator"
    NONE = "none"
