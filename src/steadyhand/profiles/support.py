"""Which of the words that a profile may use can be executed today; the checks refuse the others."""

from __future__ import annotations

STATES = frozenset(
    {"joint_position", "joint_velocity", "end_effector_position", "end_effector_rotation", "gripper", "padding"}
)
"""Terms of a state vector that can be assembled, in every representation and from every source."""

MODES = frozenset({"run", "shadow"})
"""Modes that the bridge offers."""

BACKENDS: dict[str, frozenset[str]] = {
    "onnx": frozenset({"model", "threads", "noise"}),
    "torch": frozenset({"model", "threads", "noise"}),
    "hold": frozenset(),
    "scripted": frozenset(),
}
"""Backends that exist, with the arguments they take."""

BACKEND_FILES: dict[str, tuple[str, ...]] = {"onnx": ("model",), "torch": ("model",)}
"""Arguments of backends that name a file; they must be given."""

STITCHINGS = frozenset({"splice", "ensemble", "prefix", "guided"})
"""Ways of stitching that can be executed."""

STITCHING_BACKENDS: dict[str, frozenset[str]] = {
    "prefix": frozenset({"onnx", "torch"}),
    "guided": frozenset({"torch"}),
}
"""Backends of the ways of stitching that the policy takes part in; the others ask nothing of it."""

ARM_DRIVERS = frozenset(
    {"joint_trajectory", "follow_joint_trajectory", "move_group", "servo", "forward_position", "forward_velocity"}
)
"""Ways of moving an arm that exist."""

GRIPPER_DRIVERS = frozenset({"gripper_command", "parallel_gripper_command", "joint_trajectory", "forward_position"})
"""Ways of moving a gripper that exist."""

SCENES = frozenset({"none", "local", "move_group", "moveit_py"})
"""What motion can be checked against."""

START_PLANNERS = frozenset({"none", "move_group", "moveit_py"})
"""Who can plan the way to a start pose."""
