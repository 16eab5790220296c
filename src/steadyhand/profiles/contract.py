"""The contract: one deployment with everything it names, read, checked and resolved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from steadyhand.profiles.checks.all import CHECKS
from steadyhand.profiles.deployment import DeploymentProfile
from steadyhand.profiles.description import DescriptionError, read_description
from steadyhand.profiles.document import Document
from steadyhand.profiles.exceptions import ProfileError, ProfileProblem
from steadyhand.profiles.files import find_file, places_text
from steadyhand.profiles.fingerprint import fingerprint
from steadyhand.profiles.inheritance import read_extended
from steadyhand.profiles.mobile_base import MobileBase
from steadyhand.profiles.parts import Parts
from steadyhand.profiles.policy import PolicyProfile
from steadyhand.profiles.reading import read_document
from steadyhand.profiles.resolution import complete_policy, located_policy, resolved_robot
from steadyhand.profiles.robot import RobotProfile
from steadyhand.profiles.search import ProfileKind, find_profile, is_path, profile_names, suggestion
from steadyhand.profiles.urdf import Description, parse_description
from steadyhand.profiles.validation import Draft


@dataclass(frozen=True)
class Contract:
    """A deployment that has passed every check.

    Attributes:
        robot: The robot profile, with the deployment's tool centre point where it has one.
        policy: The policy profile, with joint names and statistics filled in, and the files that were found as
            absolute paths.
        deployment: The deployment.
        urdf: The robot's description, URDF text.
        hash: SHA-256 of the resolved content, hexadecimal; equal on two machines with the same profiles.
        files: The deployment's, the robot profile's and the policy profile's file.
    """

    robot: RobotProfile
    policy: PolicyProfile
    deployment: DeploymentProfile
    urdf: str
    hash: str
    files: tuple[Path, ...] = ()

    @property
    def driven_base(self) -> MobileBase | None:
        """The mobile base, where there is one and the policy drives it."""
        driven = any(term.kind == "base_velocity" for term in self.policy.action)
        return self.robot.base if driven else None

    def each_arm(self) -> dict[str, Contract]:
        """Return the contract as each arm alone has it, by the arm's name; see `RobotProfile.each_arm`."""
        return {name: replace(self, robot=robot) for name, robot in self.robot.each_arm.items()}


def load_deployment(name_or_path: str, *, policy_files: bool = False) -> Contract:
    """Read a deployment and the profiles it names, and check that they fit.

    Args:
        name_or_path: Name of a deployment in the package or in a folder of STEADYHAND_CONFIG_PATH, or the path of
            its file.
        policy_files: Also ask for the files of the policy's backend, such as its weights. Only the machine that runs
            the policy needs them.

    Returns:
        The resolved contract.

    Raises:
        ProfileError: Something is wrong; it lists everything that is, in all files.
    """
    path = find_profile("deployments", name_or_path)
    if path is None:
        raise ProfileError([_missing_deployment(name_or_path)])
    problems: list[ProfileProblem] = []
    deployment = Draft(DeploymentProfile, read_document(path))
    robot_document = _named_document("robots", "robot", deployment, problems)
    policy_document = _named_document("policies", "policy", deployment, problems)
    robot = Draft(RobotProfile, robot_document) if robot_document else None
    policy = Draft(PolicyProfile, policy_document) if policy_document else None
    problems += deployment.problems + (robot.problems if robot else []) + (policy.problems if policy else [])
    urdf, description = _described(robot, problems)
    if policy is not None:
        problems += complete_policy(policy, robot)
    parts = Parts(deployment, robot, policy, description, policy_files=policy_files)
    for check in CHECKS:
        problems += check(parts)
    if problems or robot is None or policy is None:
        raise ProfileError(problems)
    resolved = resolved_robot(robot.model, deployment.model)
    return Contract(
        robot=resolved,
        policy=located_policy(policy),
        deployment=deployment.model,
        urdf=urdf,
        hash=fingerprint(resolved, policy.model, deployment.model, urdf),
        files=(path, robot.document.path, policy.document.path),
    )


def _missing_deployment(name: str) -> ProfileProblem:
    if is_path(name):
        return ProfileProblem(name, "", "no such file", "Check the path, or give the name of a deployment.")
    known = profile_names("deployments")
    return ProfileProblem(name, "", "no such deployment", suggestion(name, known, noun="deployments"))


def _named_document(
    kind: ProfileKind, key: str, deployment: Draft[DeploymentProfile], problems: list[ProfileProblem]
) -> Document | None:
    """Find and read the profile that the deployment names; also where other keys of the deployment are wrong."""
    if key not in deployment.readable:
        return None
    name = str(getattr(deployment.model, key))
    beside = deployment.document.path
    found = find_profile(kind, name, beside)
    if found is None:
        noun = f"{key} profile"
        remedy = suggestion(name, profile_names(kind, beside), noun=f"{noun}s")
        problems.append(deployment.document.problem((key,), f"no such {noun}", remedy))
        return None
    return read_extended(found, kind) if kind == "robots" else read_document(found)


def _described(robot: Draft[RobotProfile] | None, problems: list[ProfileProblem]) -> tuple[str, Description | None]:
    if robot is None or "description" not in robot.readable:
        return "", None
    reference, document = robot.model.description, robot.document
    path = find_file(reference, document.path)
    if path is None:
        problems.append(document.problem(("description",), "no such file", places_text(reference, document.path)))
        return "", None
    try:
        arguments = robot.model.description_arguments if "description_arguments" in robot.readable else {}
        urdf = read_description(path, arguments)
        return urdf, parse_description(urdf)
    except (DescriptionError, ValueError) as error:
        problems.append(document.problem(("description",), f"cannot be used: {error}", "Correct the description."))
        return "", None
