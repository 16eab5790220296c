"""Terms of a policy that are about one of several arms."""

from __future__ import annotations

ARM_OF_SEVERAL = "which arm, of a robot profile with arms; empty: the only one"


def of_arm(arm: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names of columns or elements as those of an arm: ``left_x`` for ``x``, and unchanged without one."""
    return tuple(f"{arm}_{name}" for name in names) if arm else names
