"""What a profile leaves to be filled in from the others and from files."""

from __future__ import annotations

from typing import TypeVar

from steadyhand.profiles.deployment import DeploymentProfile
from steadyhand.profiles.exceptions import ProfileProblem
from steadyhand.profiles.files import find_file
from steadyhand.profiles.policy import PolicyProfile
from steadyhand.profiles.robot import Arm, ArmOfSeveral, Gripper, RobotProfile
from steadyhand.profiles.statistics import read_statistics
from steadyhand.profiles.support import BACKEND_FILES
from steadyhand.profiles.validation import Draft

Controlled = TypeVar("Controlled", Arm, ArmOfSeveral, Gripper)


def resolved_robot(robot: RobotProfile, deployment: DeploymentProfile) -> RobotProfile:
    """Return the robot profile as one deployment has it: with its tool centre point and in its namespace.

    A tool centre point of the deployment is that of every arm.
    """
    tool = deployment.end_effector.tool
    if tool is not None:
        arms = {name: arm.model_copy(update={"tool": tool}) for name, arm in robot.arms.items()}
        robot = _changed(robot, tool=tool, arms=arms)
    return in_namespace(robot, deployment.namespace) if deployment.namespace else robot


def in_namespace(robot: RobotProfile, namespace: str) -> RobotProfile:
    """Return a robot profile whose controllers and topics all lie in a namespace, such as ``robot_a``."""

    def controlled(part: Controlled) -> Controlled:
        return part.model_copy(update={"controller": f"{namespace}/{part.controller.lstrip('/')}"})

    def topic(name: str) -> dict[str, str]:
        return {"topic": f"/{namespace}/{name.lstrip('/')}"}

    return _changed(
        robot,
        joint_states=robot.joint_states.model_copy(update=topic(robot.joint_states.topic)),
        arm=robot.arm if robot.arms else controlled(robot.arm),
        arms={name: controlled(arm) for name, arm in robot.arms.items()},
        grippers={name: controlled(gripper) for name, gripper in robot.grippers.items()},
        base=robot.base and robot.base.model_copy(update=topic(robot.base.topic)),
    )


def _changed(robot: RobotProfile, **update: object) -> RobotProfile:
    """Return a copy with other values: unlike a model's own copy, without what was worked out from the old ones."""
    return RobotProfile.model_construct(**({key: getattr(robot, key) for key in RobotProfile.model_fields} | update))


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
