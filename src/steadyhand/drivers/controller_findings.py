"""What a controller's parameters say about the way it will follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.binding import JointMap
from steadyhand.profiles.robot import RobotProfile

TRAJECTORY_DRIVERS = frozenset({"joint_trajectory", "follow_joint_trajectory", "move_group"})
FORWARD_INTERFACES = {"forward_position": "position", "forward_velocity": "velocity"}


@dataclass(frozen=True)
class Findings:
    """What is wrong, and what could be better.

    Attributes:
        refusal: Why the arm must not move through this controller, None where it may.
        advice: What to change, one sentence each.
    """

    refusal: RefusedError | None = None
    advice: tuple[str, ...] = ()


def wanted(joints: JointMap) -> frozenset[str]:
    """Return the names of the parameters that are judged."""
    constraints = [f"constraints.{name}.{kind}" for name in joints.names for kind in ("trajectory", "goal")]
    return frozenset(
        {
            "joints",
            "interface_name",
            "allow_partial_joints_goal",
            "allow_nonzero_velocity_at_trajectory_end",
            "allow_trajectory_replacement",
            "interpolate_from_desired_state",
            "open_loop_control",
            "constraints.goal_time",
            *constraints,
        }
    )


def judge(parameters: Mapping[str, Any], robot: RobotProfile, joints: JointMap) -> Findings:
    """Judge the parameters of the arm's controller.

    Args:
        parameters: Those of ``wanted`` that it has, by name. Names differ between versions: what is absent is passed
            over, but for the joints of a forwarder.
        robot: The robot profile.
        joints: Names of the joints in the controller's messages.
    """
    driver, controller = robot.arm.driver, robot.arm.controller
    if driver in TRAJECTORY_DRIVERS:
        refusal = _unfit_names(parameters, controller, joints) or _unfit_replacement(parameters, controller)
        return Findings(refusal, () if refusal else tuple(_trajectory_advice(parameters, robot, joints)))
    if driver in FORWARD_INTERFACES:
        return Findings(_unfit_forwarder(parameters, controller, joints, FORWARD_INTERFACES[driver]))
    return Findings()


def _unfit_names(parameters: Mapping[str, Any], controller: str, joints: JointMap) -> RefusedError | None:
    theirs = parameters.get("joints")
    if theirs is None:
        return None
    unknown = [name for name in joints.names if name not in theirs]
    missing = [name for name in theirs if name not in joints.names]
    if not unknown and (not missing or parameters.get("allow_partial_joints_goal")):
        return None
    problems = [
        f"{text} {', '.join(found)}"
        for text, found in (("it does not have", unknown), ("the profile does not have", missing))
        if found
    ]
    return RefusedError(Reason.CONTROLLER_MISMATCH, f"controller {controller} has other joints: {'; '.join(problems)}")


def _unfit_replacement(parameters: Mapping[str, Any], controller: str) -> RefusedError | None:
    """Return why windows must not go to a controller that joins each to the trajectory before.

    ros2_controllers after 6.9.0 do so unless told otherwise, and begin a trajectory whose stamp has passed from its
    first point: windows begin in the past, so that each would take the arm back by as much.
    """
    if not parameters.get("allow_trajectory_replacement"):
        return None
    return RefusedError(
        Reason.CONTROLLER_MISMATCH,
        f"controller {controller} blends trajectories and begins each from its first point, which would take the arm "
        "back with every window: set its parameter allow_trajectory_replacement to false",
    )


def _unfit_forwarder(
    parameters: Mapping[str, Any], controller: str, joints: JointMap, interface: str
) -> RefusedError | None:
    theirs, found = parameters.get("joints"), parameters.get("interface_name")
    if theirs is None or list(theirs) != list(joints.names):
        told = "does not tell its joints" if theirs is None else f"has the joints {', '.join(theirs)}"
        return RefusedError(
            Reason.CONTROLLER_MISMATCH,
            f"forwarder {controller} {told}; commands carry no names, so its parameter 'joints' must be "
            f"{', '.join(joints.names)}, in this order",
        )
    if found is not None and found != interface:
        return RefusedError(
            Reason.CONTROLLER_MISMATCH, f"forwarder {controller} takes {found} commands, the driver sends {interface}"
        )
    return None


def _trajectory_advice(parameters: Mapping[str, Any], robot: RobotProfile, joints: JointMap) -> list[str]:
    arm, limit = robot.arm, robot.safety.tracking_error
    advice = []
    if parameters.get("open_loop_control"):
        advice.append("open_loop_control is deprecated: set interpolate_from_desired_state and no gains instead")
    own = arm.tolerances
    if own is None or own.path == 0.0:
        path = {
            name: parameters[key] for name in joints.names if (key := f"constraints.{name}.trajectory") in parameters
        }
        unset = [name for name, tolerance in path.items() if tolerance <= 0.0]
        # In the controller's units; a tolerance is a distance, so that an offset does not matter.
        tight = [
            binding.name
            for binding in joints.bindings
            if 0.0 < abs(path.get(binding.name, 0.0) * binding.factor) <= limit
        ]
        if unset:
            advice.append(
                f"no path tolerance for {', '.join(unset)}: only safety.tracking_error notices a blocked arm; "
                "set constraints.JOINT.trajectory a little above it"
            )
        if tight:
            advice.append(
                f"path tolerance of {', '.join(tight)} is not above safety.tracking_error {limit:g}: the controller "
                "stops at once where we would have braked; raise it, or lower tracking_error"
            )
    needs_time = arm.driver == "follow_joint_trajectory" and (own is None or own.goal_time == 0.0)
    if needs_time and parameters.get("constraints.goal_time") == 0.0:
        advice.append(
            "constraints.goal_time is 0: a goal waits for ever where the arm rests beside it; set it or "
            "arm.tolerances.goal_time"
        )
    return advice
