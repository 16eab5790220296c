"""What a profile leaves to be filled in from the others and from files."""

from __future__ import annotations

from steadyhand.profiles.deployment import DeploymentProfile
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.files import find_file
from steadyhand.profiles.policy import PolicyProfile
from steadyhand.profiles.robot import RobotProfile
from steadyhand.profiles.statistics import read_statistics
from steadyhand.profiles.support import BACKEND_FILES
from steadyhand.profiles.validation import Draft


def resolved_robot(robot: RobotProfile, deployment: DeploymentProfile) -> RobotProfile:
    """Return the robot profile with the deployment's tool centre point, where it has one."""
    tool = deployment.end_effector.tool
    return robot if tool is None else robot.model_copy(update={"tool": tool})


def complete_policy(policy: Draft[PolicyProfile], robot: Draft[RobotProfile] | None) -> list[ProfileProblem]:
    """Fill in a policy profile's joint names and statistics, in place; return what is wrong with them.

    Args:
        policy: The policy profile.
        robot: The robot profile; joint terms that name no joints mean all of its joints, in its order.
    """
    problems: list[ProfileProblem] = []
    update: dict[str, object] = {}
    if robot is not None and "joints" in robot.readable:
        names = robot.model.joint_names
        for key in ("state", "action"):
            if key in policy.readable:
                update[key] = tuple(
                    term.model_copy(update={"joints": names}) if getattr(term, "joints", None) == () else term
                    for term in getattr(policy.model, key)
                )
    if "normalisation" in policy.readable and policy.model.normalisation.file:
        statistics, problems = read_statistics(policy.document, policy.model.normalisation)
        update["normalisation"] = statistics
    policy.model = policy.model.model_copy(update=update)
    return problems


def located_policy(policy: Draft[PolicyProfile]) -> PolicyProfile:
    """Return the policy profile with the files of its backend, where they were found, as absolute paths."""
    arguments = dict(policy.model.arguments)
    for key in BACKEND_FILES.get(policy.model.backend, ()):
        if isinstance(arguments.get(key), str):
            found = find_file(arguments[key], policy.document.path)
            arguments[key] = str(found) if found is not None else arguments[key]
    return policy.model.model_copy(update={"arguments": arguments})
