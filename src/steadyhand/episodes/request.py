"""What a goal asks for, with the deployment's own values where it leaves them open."""

from __future__ import annotations

import math
from dataclasses import dataclass

from steadyhand.episodes.exceptions import RequestError
from steadyhand.episodes.phase import SuccessSource
from steadyhand.episodes.vocabulary import check_vocabulary

MODES = ("run", "confirm", "shadow")
"""Modes of execution, in the order of their numbers in ExecutionState."""


@dataclass(frozen=True)
class EpisodeDefaults:
    """What the deployment says where a goal says nothing.

    Attributes:
        deployment: Name of the deployment that the nodes were started with.
        timeout: Longest episode [s].
        speed: Speed override, above 0 and up to 1.
        mode: ``run``, ``confirm`` or ``shadow``.
        success: Who says that an instruction was carried out.
        vocabulary: Patterns of the instructions that are taken; empty for all.
    """

    deployment: str
    timeout: float
    speed: float
    mode: str
    success: SuccessSource
    vocabulary: tuple[str, ...] = ()


@dataclass(frozen=True)
class EpisodeRequest:
    """A goal that can be carried out.

    Attributes:
        instruction: What to do, in words.
        timeout: Longest duration [s].
        speed: Speed override, above 0 and up to 1.
        mode: ``run``, ``confirm`` or ``shadow``.
        success: Who says that the instruction was carried out.
        seed: Seed of the policy's sampling noise.
    """

    instruction: str
    timeout: float
    speed: float
    mode: str
    success: SuccessSource
    seed: int = 0


def resolve_request(
    defaults: EpisodeDefaults,
    *,
    instruction: str,
    timeout: float = 0.0,
    deployment: str = "",
    speed: float = 0.0,
    mode: str = "",
    seed: int = 0,
) -> EpisodeRequest:
    """Return what a goal asks for; zero and empty stand for the deployment's own.

    Raises:
        RequestError: The instruction is blank, the deployment or mode unknown, speed or timeout out of range.
        VocabularyError: The deployment does not know the instruction.
    """
    if not instruction.strip():
        raise RequestError("the instruction is empty; say what to do")
    check_vocabulary(defaults.vocabulary, instruction)
    if deployment and deployment != defaults.deployment:
        raise RequestError(
            f"deployment '{deployment}' is not the one that the nodes were started with, '{defaults.deployment}'; "
            "start them with it, or leave it empty"
        )
    if mode and mode not in MODES:
        raise RequestError(f"mode '{mode}' is unknown; choose one of {', '.join(MODES)}")
    if not (math.isfinite(speed) and 0.0 <= speed <= 1.0):
        raise RequestError(f"speed {speed} is out of range; it goes from above 0 up to 1, 0 for the deployment's own")
    if not (math.isfinite(timeout) and timeout >= 0.0):
        raise RequestError(f"timeout {timeout} s is out of range; give a duration, 0 for the deployment's own")
    return EpisodeRequest(
        instruction=instruction.strip(),
        timeout=timeout or defaults.timeout,
        speed=speed or defaults.speed,
        mode=mode or defaults.mode,
        success=defaults.success,
        seed=seed,
    )
