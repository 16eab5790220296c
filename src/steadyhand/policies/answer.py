"""A policy's answer to an observation, as a chunk."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.observation.observation import Observation
from steadyhand.policies.policy import InferenceContext
from steadyhand.profiles.contract import Contract


def answer(
    contract: Contract,
    observation: Observation,
    context: InferenceContext,
    rows: NDArray[Any],
    latency: float = 0.0,
) -> ActionChunk:
    """Return the chunk of an observation, with what the policy profile says of every chunk.

    Args:
        contract: The resolved deployment.
        observation: What the policy saw.
        context: What it knew besides.
        rows: What it says, shape (H, D), in the units of the policy profile.
        latency: Time that it took, steady clock [s].
    """
    policy = contract.policy
    return ActionChunk(
        stamp=observation.stamp,
        rows=rows,
        dimension_names=policy.dimension_names,
        dt=policy.dt,
        first_row_offset=policy.first_row * policy.dt,
        state_names=observation.joint_names,
        state=observation.joint_positions,
        inputs=dict(observation.inputs),
        policy=policy.name,
        profile_hash=contract.hash,
        seed=context.seed,
        latency=latency,
    )
