"""The arm's kinematics as a deployment has them."""

from __future__ import annotations

import numpy as np

from steadyhand.kinematics.model import ArmModel
from steadyhand.profiles.contract import Contract


def arm_model(contract: Contract) -> ArmModel:
    """Return the kinematics in the frame that the policy's poses are expressed in, to its tool centre point.

    Of several arms each has a contract of its own. Both are the robot profile's unless the deployment's
    ``end_effector`` says otherwise.

    Raises:
        KinematicsError: The frame is moved by the arm, or the description is unusable.
    """
    return _model(contract, contract.deployment.end_effector.base or contract.robot.frames.base)


def arm_models(contract: Contract) -> dict[str, ArmModel]:
    """Return the kinematics of each arm by name, '' for the only one; see `arm_model`.

    Raises:
        KinematicsError: The frame is moved by an arm, or the description is unusable.
    """
    return {name: arm_model(one) for name, one in contract.each_arm().items()}


def workspace_arm(contract: Contract) -> ArmModel:
    """Return the kinematics in the robot profile's base frame, which the workspace is expressed in.

    Raises:
        KinematicsError: The description is unusable.
    """
    return _model(contract, contract.robot.frames.base)


def _model(contract: Contract, base: str) -> ArmModel:
    from transforms3d.affines import compose
    from transforms3d.euler import euler2mat

    robot = contract.robot
    tool = compose(robot.tool.xyz, euler2mat(*robot.tool.rpy, axes="sxyz"), np.ones(3))
    return ArmModel(contract.urdf, robot.joint_names, base, robot.frames.tip, tool)
