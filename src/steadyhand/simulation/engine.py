"""MuJoCo, imported without touching any graphics library."""

from __future__ import annotations

import os
import sys

if "mujoco" in sys.modules:
    import mujoco
else:
    # MuJoCo opens the graphics library that MUJOCO_GL names while it is imported, and fails where it is missing.
    # Physics needs none, and the renderers open theirs themselves.
    _chosen = os.environ.get("MUJOCO_GL")
    os.environ["MUJOCO_GL"] = "disable"
    try:
        import mujoco
    finally:
        if _chosen is None:
            del os.environ["MUJOCO_GL"]
        else:
            os.environ["MUJOCO_GL"] = _chosen

__all__ = ["mujoco"]
