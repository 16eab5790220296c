"""What stands still around the arm: its workspace, and the boxes that it must not touch."""

from __future__ import annotations

import numpy as np
from transforms3d.euler import euler2quat

from steadyhand.profiles.robot import RobotProfile
from steadyhand.visualisation.shapes import OBSTACLE, WORKSPACE, Shape, edges


def surroundings(robot: RobotProfile) -> list[Shape]:
    """Return each arm's workspace as edges, and the scene of the robot profile as boxes."""
    found = []
    for name, arm in robot.each_arm.items():
        corners = edges(np.array(arm.workspace.lower), np.array(arm.workspace.upper))
        found.append(Shape("lines", named("workspace", name), arm.frames.base, WORKSPACE, corners, (0.004,)))
    for name, box in robot.scene.boxes.items():
        w, x, y, z = euler2quat(*box.rpy, axes="sxyz")
        found.append(
            Shape(
                "box", f"scene/{name}", robot.frames.base, OBSTACLE, np.array([box.xyz]), tuple(box.size), (x, y, z, w)
            )
        )
    return found


def named(what: str, arm: str) -> str:
    """Return the name of something of one arm: with the arm's name where a robot has several."""
    return f"{arm}/{what}" if arm else what
