"""The policy that holds: its rows stand for the observed state, whatever the policy profile's layout."""

from __future__ import annotations

import numpy as np

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.observation.observation import Observation
from steadyhand.policies.answer import answer
from steadyhand.policies.policy import InferenceContext
from steadyhand.profiles.contract import Contract


class HoldPolicy:
    """Asks for what is: for the first motion of a new robot, and to measure what the graph itself costs.

    Args:
        contract: The resolved deployment.

    Raises:
        MeaningError: The action layout contradicts itself.
    """

    def __init__(self, contract: Contract) -> None:
        from steadyhand.chunks.meaning import Meaning

        self._contract = contract
        self._meaning = Meaning(contract)

    def infer(self, observation: Observation, context: InferenceContext) -> ActionChunk:
        """Return a chunk whose every row is the observed state."""
        policy, robot = self._contract.policy, self._contract.robot
        positions = dict(zip(observation.joint_names, observation.joint_positions, strict=True))
        arm = np.array([positions[name] for name in robot.joint_names])
        openings = {
            name: (positions[gripper.joint] - gripper.closed) / (gripper.open - gripper.closed)
            for name, gripper in robot.grippers.items()
        }
        offset = policy.first_row * policy.dt
        still = JointTargets(
            observation.stamp + offset + policy.dt * np.arange(policy.horizon, dtype=np.float64),
            np.tile(arm, (policy.horizon, 1)),
            {name: np.full(policy.horizon, np.clip(opening, 0.0, 1.0)) for name, opening in openings.items()},
        )
        return answer(self._contract, observation, context, self._meaning.rows(still, arm))

    def reset(self) -> None:
        """Forget nothing."""
