"""Admission: what a chunk has to pass by itself before it is stitched onto what is commanded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.meaning import Meaning
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.gate import (
    ChunkExpectation,
    check_base,
    check_chunk,
    check_steps,
    check_targets,
    check_waiting,
    check_workspace,
)
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.pace import Pace
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.contract import Contract


class Admission:
    """Checks chunks of one deployment, and says what they mean for the joints.

    Args:
        contract: The resolved deployment.
        limits: Limits of the arm's joints.
        pace: How fast the robot lets the reference advance.
    """

    def __init__(self, contract: Contract, limits: JointLimits, pace: Pace) -> None:
        robot, policy = contract.robot, contract.policy
        self.meaning = Meaning(contract)
        self._limits = limits
        self._pace = pace
        self._lag = robot.safety.lag
        self._chunk_age = robot.safety.chunk_age
        self._workspaces = {
            name: (np.array(arm.workspace.lower), np.array(arm.workspace.upper)) for name, arm in robot.each_arm.items()
        }
        self._base = None if robot.base is None else np.array([robot.base.linear.velocity, robot.base.angular.velocity])
        self._expected = ChunkExpectation(
            policy.dimension_names,
            policy.horizon,
            policy.dt,
            policy.first_row * policy.dt,
            robot.joint_names,
            contract.hash,
            robot.safety.observation_age,
            history=-policy.history_offsets[0],
        )

    def admit(self, chunk: ActionChunk, now: float, waited: float, speed: float) -> tuple[ActionChunk, JointTargets]:
        """Return a chunk stamped on the reference's clock, and its targets.

        Args:
            chunk: As it was received.
            now: ROS clock [s].
            waited: Since the bridge's last round [s].
            speed: Speed override, above 0 and up to 1.

        Raises:
            RefusedError: Why it may not move the arm.
        """
        check_chunk(chunk, self._expected, now)
        check_waiting(chunk, waited, self._chunk_age)
        # Its rows are due when the reference has come as far as they lie after the observation.
        due = self._pace.at(chunk.stamp)
        if due != chunk.stamp:
            chunk = replace(chunk, stamp=due)
        try:
            targets = self.meaning.targets(chunk)
        except MeaningError as error:
            raise RefusedError(Reason.UNREACHABLE, f"chunk {chunk.sequence}: {error}") from error
        check_targets(targets, self._limits)
        # The graver reason goes first: a chunk that is only too fast may be followed by another at once.
        for name, points in self.meaning.tool_points(targets).items():
            check_workspace(points, *self._workspaces[name], name)
        if targets.base is not None and self._base is not None:
            check_base(targets.base, self._base)
        check_steps(targets, self._limits, self._lag, speed)
        return chunk, targets
