"""A policy in physical units, made of one that computes in normalised units."""

from __future__ import annotations

from dataclasses import replace

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.normalisers import action_normaliser, state_normaliser
from steadyhand.observation.observation import Observation
from steadyhand.policies.policy import InferenceContext, Policy
from steadyhand.profiles.contract import Contract


class NormalisedPolicy:
    """Wraps a policy: the state and the prefix are scaled on their way in, the rows of its chunks on their way out.

    Outside of it everything is in the units of the policy profile, so that prefixes are cut, repeated and filled up
    there. A zero in normalised units is the mean of the training data, or the middle of its range, and not rest.

    Attributes:
        policy: The wrapped policy.
    """

    def __init__(self, policy: Policy, contract: Contract) -> None:
        """Wrap a policy.

        Args:
            policy: Takes and gives normalised units.
            contract: The resolved deployment; its policy profile says how state and actions are scaled.

        Raises:
            NormalisationError: The profile's statistics do not fit its state or actions.
        """
        self.policy = policy
        self._state = state_normaliser(contract.policy)
        self._action = action_normaliser(contract.policy)

    def infer(self, observation: Observation, context: InferenceContext) -> ActionChunk:
        """Return one chunk in physical units.

        Raises:
            NormalisationError: The state, the prefix or the rows have another width than the profile says.
        """
        scaled = replace(observation, state=self._state.normalise(observation.state))
        if context.prefix is not None:
            context = replace(context, prefix=self._action.normalise(context.prefix))
        chunk = self.policy.infer(scaled, context)
        return replace(chunk, rows=self._action.unnormalise(chunk.rows))

    def reset(self) -> None:
        """Let the wrapped policy forget."""
        self.policy.reset()
