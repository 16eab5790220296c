"""What the checks of a deployment look at: the three files and the description, as far as each could be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from steadyhand.profiles.deployment import DeploymentProfile
from steadyhand.profiles.document import KeyPath
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.policy import PolicyProfile
from steadyhand.profiles.robot import RobotProfile
from steadyhand.profiles.urdf import Description
from steadyhand.profiles.validation import Draft

FileRole = Literal["deployment", "robot", "policy"]


@dataclass(frozen=True)
class Parts:
    """The files of one deployment.

    Attributes:
        deployment_draft: The deployment.
        robot_draft: The robot profile, None where it was not found.
        policy_draft: The policy profile, None where it was not found.
        urdf: Joints and links of the description, None where it could not be read.
        policy_files: Whether the files of the policy's backend must be here.
    """

    deployment_draft: Draft[DeploymentProfile]
    robot_draft: Draft[RobotProfile] | None
    policy_draft: Draft[PolicyProfile] | None
    urdf: Description | None
    policy_files: bool = False

    @property
    def deployment(self) -> DeploymentProfile:
        """The deployment, its readable attributes only."""
        return self.deployment_draft.model

    @property
    def robot(self) -> RobotProfile:
        """The robot profile, its readable attributes only."""
        assert self.robot_draft is not None
        return self.robot_draft.model

    @property
    def policy(self) -> PolicyProfile:
        """The policy profile, its readable attributes only."""
        assert self.policy_draft is not None
        return self.policy_draft.model

    def has(self, part: str) -> bool:
        """Return whether ``urdf``, or an attribute such as ``robot.joints``, could be read."""
        if part == "urdf":
            return self.urdf is not None
        file, attribute = part.split(".")
        draft = self._draft(file)
        return draft is not None and attribute in draft.readable

    def problem(
        self, file: FileRole, key: KeyPath, message: str, remedy: str, *, value: object = None
    ) -> ProfileProblem:
        """Describe something that is wrong with a key of one of the files.

        Args:
            file: Which file.
            key: The key in it.
            message: What is wrong.
            remedy: What to do about it.
            value: The offending value; where None, it is read from the file.
        """
        draft = self._draft(file)
        assert draft is not None
        return draft.document.problem(key, message, remedy, value=value)

    def _draft(self, file: str) -> Draft[Any] | None:
        return {"deployment": self.deployment_draft, "robot": self.robot_draft, "policy": self.policy_draft}[file]


Check = Callable[[Parts], Iterator[ProfileProblem]]


def needs(*parts: str) -> Callable[[Check], Check]:
    """Mark a check with the parts it looks at; it is left out where one of them could not be read.

    Args:
        parts: ``urdf``, or attributes such as ``robot.joints``.
    """

    def mark(check: Check) -> Check:
        def run(files: Parts) -> Iterator[ProfileProblem]:
            if all(files.has(part) for part in parts):
                yield from check(files)

        run.__doc__ = check.__doc__
        return run

    return mark
