"""The hash by which two machines know that they run the same deployment."""

from __future__ import annotations

import hashlib
import json

from steadyhand.profiles.deployment import DeploymentProfile
from steadyhand.profiles.policy import PolicyProfile
from steadyhand.profiles.robot import RobotProfile
from steadyhand.profiles.urdf import kinematic_content


def fingerprint(robot: RobotProfile, policy: PolicyProfile, deployment: DeploymentProfile, urdf: str) -> str:
    """Return the SHA-256 of what the three profiles say and of the description's joints, hexadecimal.

    It depends neither on the order of keys and comments in the files nor on where they lie, but on every value, on the
    values that are left out, and on the order of the joints.

    Args:
        robot: The resolved robot profile.
        policy: The resolved policy profile, with file arguments as written.
        deployment: The deployment.
        urdf: The description, URDF text.
    """
    content = {
        "robot": robot.model_dump(mode="json"),
        "kinematics": kinematic_content(urdf),
        "joint_order": robot.joint_names,
        "policy": policy.model_dump(mode="json", exclude={"normalisation": {"file"}}),
        "deployment": deployment.model_dump(mode="json", exclude={"robot", "policy"}),
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
