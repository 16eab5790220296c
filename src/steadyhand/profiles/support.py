"""Which of the words that a profile may use can be executed today; the checks refuse the others."""

from __future__ import annotations

ACTIONS = frozenset(
    {
        ("joint_position", "absolute"),
        ("joint_position", "delta_to_observation"),
        ("end_effector_position", "absolute", "base"),
        ("end_effector_position", "delta_to_observation", "base"),
        ("end_effector_rotation", "absolute", "base", "yaw"),
        ("end_effector_rotation", "delta_to_observation", "base", "yaw"),
        ("gripper", "absolute"),
        ("gripper", "binary"),
        ("padding",),
    }
)
"""Terms of an action that can be executed: kind, meaning, then frame and representation where the kind has them."""

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

STITCHINGS = frozenset({"splice"})
"""Ways of stitching that can be executed."""

NORMALISATIONS = frozenset({"none"})
"""Ways of normalisation that can be computed."""

ARM_DRIVERS = frozenset({"joint_trajectory"})
"""Ways of moving an arm that exist."""

GRIPPER_DRIVERS = frozenset({"gripper_command"})
"""Ways of moving a gripper that exist."""

CONVERTED_ACTIONS = False
"""Whether an action may be about joints that the policy calls, counts or turns differently."""

HISTORY = 1
"""Longest history of observations that can be assembled."""
