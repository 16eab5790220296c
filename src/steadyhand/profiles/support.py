"""Which of the words that a profile may use can be executed today; the checks refuse the others."""

from __future__ import annotations

STATES = frozenset(
    {"joint_position", "joint_velocity", "end_effector_position", "end_effector_rotation", "gripper", "padding"}
)
"""Terms of a state vector that can be assembled, in every representation and from every source."""

ENCODINGS = frozenset({"rgb"})
"""Orders of colours that images can be given in."""

MODES = frozenset({"run", "shadow"})
"""Modes that the bridge offers."""

BACKENDS: dict[str, frozenset[str]] = {
    "onnx": frozenset({"model", "threads"}),
    "hold": frozenset(),
    "scripted": frozenset(),
}
"""Backends that exist, with the arguments they take."""

BACKEND_FILES: dict[str, tuple[str, ...]] = {"onnx": ("model",)}
"""Arguments of backends that name a file; they must be given."""

STITCHINGS = frozenset({"splice", "ensemble"})
"""Ways of stitching that can be executed."""

ARM_DRIVERS = frozenset({"joint_trajectory"})
"""Ways of moving an arm that exist."""

GRIPPER_DRIVERS = frozenset({"gripper_command"})
"""Ways of moving a gripper that exist."""

HISTORY = 1
"""Longest history of observations that can be assembled."""
