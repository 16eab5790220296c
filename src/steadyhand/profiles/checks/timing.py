"""The policy's timing: rows that are used must exist, and blending must end."""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.parts import Parts, needs


@needs("policy.horizon", "policy.stitching")
def execute_within_horizon(parts: Parts) -> Iterator[ProfileProblem]:
    """Not more rows are used than there are."""
    execute, horizon = parts.policy.stitching.execute, parts.policy.horizon
    if execute > horizon:
        yield parts.problem(
            "policy",
            ("stitching", "execute"),
            f"more rows are used than the horizon {horizon} has",
            f"{max(1, horizon // 2)} leaves the other half for the inference's delay.",
        )


@needs("policy.horizon", "policy.dt", "policy.stitching")
def blend_within_chunk(parts: Parts) -> Iterator[ProfileProblem]:
    """Blending ends before the chunk does."""
    blend, length = parts.policy.stitching.blend, parts.policy.horizon * parts.policy.dt
    if blend >= length:
        yield parts.problem(
            "policy",
            ("stitching", "blend"),
            f"is not shorter than the chunk: {parts.policy.horizon} rows of {parts.policy.dt:g} s are {length:g} s",
            "One or two dt are usual.",
        )


@needs("policy.horizon", "policy.first_row")
def first_row_within_horizon(parts: Parts) -> Iterator[ProfileProblem]:
    """The first row is meant for about the time of the observation."""
    if parts.policy.first_row > parts.policy.horizon:
        yield parts.problem(
            "policy",
            ("first_row",),
            "is in rows after the observation, and lies beyond a whole chunk",
            "1 where row 0 follows the observation by dt, 0 where it is meant for the observation's own time.",
        )


@needs("policy.horizon", "policy.dt", "policy.first_row", "robot.arm", "robot.arms")
def chunk_outlasts_arm_latency(parts: Parts) -> Iterator[ProfileProblem]:
    """A chunk reaches beyond the time that the arm takes to follow."""
    policy, arms = parts.policy, parts.robot.arms.values()
    latency = max(arm.latency for arm in arms or [parts.robot.arm])
    last = (policy.first_row + policy.horizon - 1) * policy.dt
    if last <= latency:
        yield parts.problem(
            "policy",
            ("dt",),
            f"the last row is meant for {last:g} s after the observation, the arm follows after {latency:g} s",
            "Correct dt, which is in seconds: every row would be past before it moves anything.",
        )


@needs("policy.dt", "robot.safety")
def row_within_observation_age(parts: Parts) -> Iterator[ProfileProblem]:
    """One row lasts no longer than an observation may be old."""
    dt, age = parts.policy.dt, parts.robot.safety.observation_age
    if dt > age:
        yield parts.problem(
            "policy",
            ("dt",),
            f"one row lasts longer than an observation may be old, safety.observation_age {age:g} s",
            "Correct dt, which is in seconds, or raise observation_age.",
        )


CHECKS = (
    execute_within_horizon,
    blend_within_chunk,
    first_row_within_horizon,
    chunk_outlasts_arm_latency,
    row_within_observation_age,
)
