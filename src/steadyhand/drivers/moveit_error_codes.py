"""moveit_msgs/MoveItErrorCodes of MoveIt 2.12 in words. Success is 1, and 0 says nothing."""

from __future__ import annotations

SUCCESS = 1

_WORDS = {
    0: "MoveIt says no outcome",
    99999: "MoveIt failed without saying why",
    -1: "MoveIt's planner found no way",
    -2: "MoveIt's plan is not valid",
    -3: "the scene changed so that MoveIt's plan is no longer valid",
    -4: "MoveIt could not control the arm",
    -5: "MoveIt got no sensor data",
    -6: "MoveIt ran out of time",
    -7: "another motion took MoveIt's place",
    -10: "the arm starts in a collision",
    -11: "the start violates the path constraints",
    -12: "the goal is in a collision",
    -13: "the goal violates the path constraints",
    -14: "the goal constraints are violated",
    -15: "MoveIt has no such planning group",
    -16: "the goal constraints are invalid",
    -17: "the robot state is invalid",
    -18: "MoveIt knows no such link",
    -19: "MoveIt knows no such object",
    -21: "MoveIt found no transform between two frames",
    -22: "MoveIt cannot check collisions",
    -23: "MoveIt's robot state is stale",
    -24: "MoveIt's sensor data is stale",
    -25: "MoveIt could not reach its controllers",
    -26: "the start state is invalid",
    -27: "the goal state is invalid",
    -28: "MoveIt does not know this kind of goal",
    -29: "MoveIt's planner crashed",
    -30: "MoveIt gave up",
    -31: "MoveIt found no inverse kinematics",
}


def describe(value: int, message: str = "") -> str:
    """Return what an error code says, with its number and MoveIt's own words where it has any."""
    words = _WORDS.get(value, "MoveIt failed")
    return f"{words} (code {value}{': ' + message if message else ''})"
