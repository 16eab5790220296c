"""The scripted policy: picks up the named object from ground truth. For tests of the graph only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.observation.observation import Observation
from steadyhand.policies.answer import answer
from steadyhand.policies.exceptions import MissingGroundTruthError, PolicyError
from steadyhand.policies.funnel import LEAD, Funnel, GraspState, heading, plan
from steadyhand.policies.policy import InferenceContext
from steadyhand.profiles.contract import Contract

ObjectPoses = Callable[[], Mapping[str, NDArray[np.float64]]]
"""Where the objects are now, base frame: name to x y z [m] and quaternion w x y z, shape (7,)."""

ROW = ("end_effector_position", "end_effector_rotation", "gripper")
"""Kinds of the terms of a row that the scripted policy can fill, in order."""


class ScriptedPolicy:
    """Follows the grasp funnel to the object whose name's first word is in the instruction.

    It sees no pixels; whoever makes it binds the simulator's ground truth to it.

    Args:
        contract: The resolved deployment; its actions must be laid out as the embedded policy's.
        objects: Where the objects are; may be bound later.

    Raises:
        PolicyError: The action layout is another one.
    """

    def __init__(self, contract: Contract, objects: ObjectPoses | None = None) -> None:
        from steadyhand.chunks.arm import arm_model

        policy = contract.policy
        kinds = tuple(term.kind for term in policy.action)
        meanings = tuple(getattr(term, "meaning", "") for term in policy.action)
        if kinds != ROW or meanings[:2] != ("delta_to_observation",) * 2 or len(policy.dimension_names) != 5:
            raise PolicyError(
                f"policy profile '{policy.name}': backend scripted speaks x y z, yaw relative to the observation and "
                f"gripper only, but action has {', '.join(f'{k} {m}' for k, m in zip(kinds, meanings, strict=True))}"
            )
        self._contract = contract
        self._objects = objects
        self._arm = arm_model(contract)
        self._gripper = contract.robot.grippers[next(iter(contract.robot.grippers))]
        self._funnel = Funnel()

    def bind(self, objects: ObjectPoses) -> None:
        """Say where the objects are from now on."""
        self._objects = objects

    def infer(self, observation: Observation, context: InferenceContext) -> ActionChunk:
        """Return one chunk.

        Raises:
            MissingGroundTruthError: Nothing is bound, or the instruction names none of the objects.
        """
        policy = self._contract.policy
        positions = dict(zip(observation.joint_names, observation.joint_positions, strict=True))
        pose = self._arm.forward(np.array([positions[name] for name in self._contract.robot.joint_names]))
        gripper = self._gripper
        opening = (positions[gripper.joint] - gripper.closed) / (gripper.open - gripper.closed)
        named = self._named(observation.instruction)
        state = GraspState(
            pose[None, :3, 3],
            np.array([np.arctan2(pose[1, 0], pose[0, 0])]),
            np.array([opening]),
            named[None, :3],
            np.array([heading(named[3:])]),
        )
        return answer(
            self._contract,
            observation,
            context,
            plan(self._funnel, state, horizon=policy.horizon, dt=policy.dt, lead=LEAD)[0],
        )

    def reset(self) -> None:
        """Forget nothing: the funnel has no memory."""

    def _named(self, instruction: str) -> NDArray[np.float64]:
        if self._objects is None:
            raise MissingGroundTruthError(
                "backend scripted knows no object poses: bind the simulator's ground truth, or use another backend"
            )
        objects = self._objects()
        words = set(re.findall(r"[a-z0-9]+", instruction.lower()))
        named = [pose for name, pose in objects.items() if name.split("_")[0] in words]
        if len(named) != 1:
            raise MissingGroundTruthError(
                f"instruction {instruction!r} names {len(named)} of the objects {', '.join(objects) or '(none)'}; "
                "name exactly one by the first word of its name"
            )
        return np.asarray(named[0], dtype=np.float64)
