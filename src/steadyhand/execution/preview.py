"""A motion in words, for the person who is to consent to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from steadyhand.execution.reference import Reference

Array = NDArray[np.float64]

_SHOWN = 3
# Below this nothing is to be seen of it [rad or m].
_STILL = 1e-3
_OPEN = 0.5


def joint_changes(names: Sequence[str], changes: Array) -> str:
    """Return which joints move how far, those that move most by name; changes of shape (n,) [rad or m]."""
    order = np.argsort(-np.abs(changes))
    moving = [k for k in order if abs(changes[k]) > _STILL]
    said = ", ".join(f"{names[k]} {changes[k]:+.3f}" for k in moving[:_SHOWN])
    rest = f" and {len(moving) - _SHOWN} more by less" if len(moving) > _SHOWN else ""
    return f"{said}{rest} [rad or m]" if said else "no joint moves"


def preview(
    names: Sequence[str], motion: Reference, begin: float, tools: Mapping[str, Array], grippers: Mapping[str, Array]
) -> str:
    """Return what moves how far: joints, tools and grippers.

    Args:
        names: Joints, in the order of the motion's columns.
        motion: What would be commanded.
        begin: When it begins, ROS clock [s].
        tools: Tool centre points by arm, each shape (H, 3) [m].
        grippers: Openings by gripper, each shape (H,), 0 closed to 1 open.
    """
    ahead = motion.between(begin, motion.end)
    changes = ahead.positions - ahead.positions[0]
    farthest = changes[np.argmax(np.abs(changes), axis=0), np.arange(changes.shape[1])]
    parts = [joint_changes(names, farthest)]
    for name, points in tools.items():
        path = float(np.sum(np.linalg.norm(np.diff(points, axis=0), axis=1)))
        parts.append(f"the tool{' of ' + name if len(tools) > 1 else ''} goes {path:.3f} m")
    parts += [
        f"{name} {'open' if openings[-1] > _OPEN else 'closed'} at the end" for name, openings in grippers.items()
    ]
    return f"{'; '.join(parts)}; {ahead.end - begin:.1f} s"
