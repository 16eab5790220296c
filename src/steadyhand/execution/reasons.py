"""Reason codes: why the arm brakes, is held, or a chunk is refused."""

from __future__ import annotations

from enum import Enum


class Recovery(Enum):
    """What it takes to move again after a brake."""

    FRESH_CHUNK = "continues by itself with the next chunk that passes the gate, in the same episode"
    CONFIRM = "needs ~/confirm, or a new goal"
    RESUME = "needs ~/resume within the episode, or a new goal"
    GOAL = "needs a new goal"


class Reason(str, Enum):
    """Reason codes. ``recovery`` says what it takes to move again, ``remedy`` what a person can do."""

    recovery: Recovery
    remedy: str

    def __new__(cls, code: str, recovery: Recovery, remedy: str) -> Reason:
        """Make a member that is its code and carries recovery and remedy."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.recovery = recovery
        member.remedy = remedy
        return member

    def __str__(self) -> str:
        return str(self.value)

    def graver_than(self, other: Reason | None) -> bool:
        """Return whether this needs more to recover from than another; anything is graver than none."""
        order = list(Recovery)
        return other is None or order.index(self.recovery) > order.index(other.recovery)

    # Rest that nothing went wrong for.
    NOT_STARTED = "NOT_STARTED", Recovery.GOAL, "Send a RunInstruction goal."
    START_POSE_REACHED = (
        "START_POSE_REACHED",
        Recovery.FRESH_CHUNK,
        "Nothing to do: the episode is about to run.",
    )
    WAITING_FOR_CHUNK = "WAITING_FOR_CHUNK", Recovery.FRESH_CHUNK, "Nothing to do: the policy is computing."
    EPISODE_ENDED = "EPISODE_ENDED", Recovery.GOAL, "Send a RunInstruction goal."
    STOPPED = "STOPPED", Recovery.RESUME, "Call ~/resume, or send a new goal."
    CONFIRMATION_AWAITED = (
        "CONFIRMATION_AWAITED",
        Recovery.CONFIRM,
        "Look at what would move, then call ~/confirm (steadyhand confirm), or ~/stop.",
    )
    MODE_CHANGED = "MODE_CHANGED", Recovery.RESUME, "Call ~/resume to go on in the mode run, or send a new goal."
    SPEED_ZERO = "SPEED_ZERO", Recovery.RESUME, "Set the parameter speed above 0."
    DEACTIVATED = "DEACTIVATED", Recovery.GOAL, "Activate the bridge, then send a new goal."

    # The policy's side.
    UNDERRUN = "UNDERRUN", Recovery.FRESH_CHUNK, "Shorten inference, or start it earlier (stitching.execute)."
    CHUNK_STALE = "CHUNK_STALE", Recovery.FRESH_CHUNK, "Shorten inference, or raise the policy's horizon."
    CHUNK_WAITED = "CHUNK_WAITED", Recovery.FRESH_CHUNK, "See what keeps the bridge's host busy."
    OBSERVATION_STALE = "OBSERVATION_STALE", Recovery.FRESH_CHUNK, "Check the cameras' rates and stamps."
    OBSERVATION_FUTURE = "OBSERVATION_FUTURE", Recovery.RESUME, "Synchronise the clocks of the hosts."
    CHUNK_NAMES = "CHUNK_NAMES", Recovery.RESUME, "Start policy and bridge with the same deployment."
    CHUNK_WIDTH = "CHUNK_WIDTH", Recovery.RESUME, "Make the policy profile's action fit the policy's output."
    CHUNK_NOT_FINITE = "CHUNK_NOT_FINITE", Recovery.RESUME, "Check normalisation and inputs of the policy."
    CHUNK_TIMING = "CHUNK_TIMING", Recovery.RESUME, "Make dt and first_row of policy and profile agree."
    CHUNK_MISORDERED = "CHUNK_MISORDERED", Recovery.RESUME, "Let one policy node publish action_chunk."
    CHUNK_PROFILE = "CHUNK_PROFILE", Recovery.RESUME, "Start policy and bridge with the same deployment."
    CHUNK_STATE = (
        "CHUNK_STATE",
        Recovery.RESUME,
        "Send the joint positions at observation time with each chunk.",
    )
    POLICY_SILENT = "POLICY_SILENT", Recovery.RESUME, "See whether the policy node runs and is active."

    # The motion asked for.
    UNREACHABLE = (
        "UNREACHABLE",
        Recovery.RESUME,
        "The policy asks for a pose out of reach; check frames and tool.",
    )
    POSITION_LIMIT = "POSITION_LIMIT", Recovery.RESUME, "Check units, signs and limits of the joint."
    VELOCITY_LIMIT = "VELOCITY_LIMIT", Recovery.FRESH_CHUNK, "Lower the speed, or raise safety.lag."
    ACCELERATION_LIMIT = "ACCELERATION_LIMIT", Recovery.FRESH_CHUNK, "Lower the speed, or raise safety.lag."
    JERK_LIMIT = "JERK_LIMIT", Recovery.FRESH_CHUNK, "Lower the speed, or raise safety.lag."
    START_JUMP = "START_JUMP", Recovery.RESUME, "Check joint order, units and the start pose of the policy."
    WORKSPACE = "WORKSPACE", Recovery.RESUME, "Widen the robot profile's workspace if the target is right."

    COLLISION = "COLLISION", Recovery.RESUME, "Clear the way, or correct the robot profile's scene."
    SELF_COLLISION = (
        "SELF_COLLISION",
        Recovery.RESUME,
        "The policy folds the arm into itself; check scene.disabled and the policy.",
    )
    SCENE_STALE = "SCENE_STALE", Recovery.RESUME, "See whether move_group runs and answers get_planning_scene."
    SCENE_UNKNOWN = (
        "SCENE_UNKNOWN",
        Recovery.RESUME,
        "Take what is named out of MoveIt's scene, or give it a shape that can be checked.",
    )
    SCENE_UNAVAILABLE = "SCENE_UNAVAILABLE", Recovery.RESUME, "See whether MoveIt runs and has the robot's state."
    SCENE_LATE = (
        "SCENE_LATE",
        Recovery.FRESH_CHUNK,
        "Give move_group more of its machine, or let chunks come earlier (stitching.execute).",
    )
    PLANNING_FAILED = "PLANNING_FAILED", Recovery.GOAL, "Read MoveIt's words; clear the way, then send a new goal."
    SINGULARITY = (
        "SINGULARITY",
        Recovery.RESUME,
        "Move the arm out of the singularity, or keep the policy away from it.",
    )

    # The robot's and the operator's side.
    JOINT_STATE_STALE = (
        "JOINT_STATE_STALE",
        Recovery.RESUME,
        "Check the joint state broadcaster, its rate and its clock.",
    )
    JOINT_STATE_INVALID = (
        "JOINT_STATE_INVALID",
        Recovery.RESUME,
        "Check names and values of the joint states.",
    )
    BASE_TIMEOUT = (
        "BASE_TIMEOUT",
        Recovery.GOAL,
        "Give the base's controller the timeout that the robot profile declares.",
    )
    TRACKING_ERROR = (
        "TRACKING_ERROR",
        Recovery.RESUME,
        "See whether the arm is blocked or its controller inactive.",
    )
    CONTROLLER_ABSENT = (
        "CONTROLLER_ABSENT",
        Recovery.GOAL,
        "Start the arm's controller, or mend its name in the profile.",
    )
    CONTROLLER_INACTIVE = "CONTROLLER_INACTIVE", Recovery.RESUME, "Activate the arm's controller, then resume."
    CONTROLLER_MISMATCH = (
        "CONTROLLER_MISMATCH",
        Recovery.GOAL,
        "Make the profile's joints and driver those of the controller.",
    )
    CONTROLLER_SILENT = (
        "CONTROLLER_SILENT",
        Recovery.RESUME,
        "See whether the controller manager runs and keeps its rate.",
    )
    CONTROLLER_REFUSED = (
        "CONTROLLER_REFUSED",
        Recovery.RESUME,
        "Read the controller's log: it says why it took no goal.",
    )
    CONTROLLER_ABORTED = (
        "CONTROLLER_ABORTED",
        Recovery.RESUME,
        "See who else commands the controller, or whether it was stopped.",
    )
    TOLERANCE_VIOLATED = (
        "TOLERANCE_VIOLATED",
        Recovery.RESUME,
        "See whether the arm is blocked; else widen the tolerances.",
    )
    GRIPPER_REFUSED = (
        "GRIPPER_REFUSED",
        Recovery.RESUME,
        "Start or activate the gripper's controller; check its driver.",
    )
    CONTROLLER_STATE_STALE = (
        "CONTROLLER_STATE_STALE",
        Recovery.RESUME,
        "See whether the arm's controller runs, and its state's rate and clock.",
    )
    FOREIGN_COMMAND = "FOREIGN_COMMAND", Recovery.RESUME, "Let nobody else command the arm, then call ~/resume."
    PROTECTIVE_STOP = (
        "PROTECTIVE_STOP",
        Recovery.RESUME,
        "Find out why, clear the stop at the robot, then call ~/resume.",
    )
    SAFETY_STATE_STALE = "SAFETY_STATE_STALE", Recovery.RESUME, "See whether the robot's driver runs."
    ENABLE_ABSENT = "ENABLE_ABSENT", Recovery.RESUME, "See whether the enable switch's node runs."
    ENABLE_LOST = "ENABLE_LOST", Recovery.RESUME, "Hold the enable switch, then call ~/resume."
    SPEED_SCALING_STALE = "SPEED_SCALING_STALE", Recovery.RESUME, "See whether the robot's driver runs."
    SPEED_SCALING_INVALID = (
        "SPEED_SCALING_INVALID",
        Recovery.RESUME,
        "Check speed_scaling.kind in the robot profile.",
    )
    SPEED_FROZEN = "SPEED_FROZEN", Recovery.RESUME, "Let the robot go on, then call ~/resume."
    DOWNSTREAM_TIMEOUT = (
        "DOWNSTREAM_TIMEOUT",
        Recovery.GOAL,
        "Let what drives the arm stop by itself in time, and declare that as arm.downstream_timeout.",
    )
    PILOT_SILENT = "PILOT_SILENT", Recovery.GOAL, "See whether the pilot node runs, then send a new goal."
    CLOCK_JUMP = "CLOCK_JUMP", Recovery.GOAL, "Wait until the clock is steady, then send a new goal."
    INTERNAL_ERROR = "INTERNAL_ERROR", Recovery.GOAL, "Report the bridge's log; then restart the bridge."
    WRONG_EPISODE = "WRONG_EPISODE", Recovery.GOAL, "Let one pilot drive the bridge."
    MODE_UNKNOWN = "MODE_UNKNOWN", Recovery.GOAL, "Choose a mode that the bridge offers: run, confirm or shadow."
    NOT_ACTIVE = "NOT_ACTIVE", Recovery.GOAL, "Activate the bridge."


CALM = frozenset(
    {
        Reason.NOT_STARTED,
        Reason.START_POSE_REACHED,
        Reason.WAITING_FOR_CHUNK,
        Reason.EPISODE_ENDED,
        Reason.DEACTIVATED,
        Reason.CONFIRMATION_AWAITED,
    }
)
"""Reasons of a rest that nothing went wrong for."""

TOO_FAST = frozenset({Reason.VELOCITY_LIMIT, Reason.ACCELERATION_LIMIT, Reason.JERK_LIMIT})
"""Refusals of a motion that more time would make possible."""

STOPPED_BY_ROBOT = frozenset({Reason.PROTECTIVE_STOP, Reason.SPEED_FROZEN})
"""Reasons of a standstill that the robot has brought about itself: no brake is handed to it."""

BY_OPERATOR = frozenset({Reason.STOPPED, Reason.MODE_CHANGED, Reason.SPEED_ZERO})
"""Reasons of a rest that the operator has asked for."""
