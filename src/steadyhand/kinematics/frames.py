"""Frames of a robot description that no joint moves, for poses that others state."""

from __future__ import annotations

import numpy as np
import pinocchio as pin
from numpy.typing import NDArray

from steadyhand.kinematics.exceptions import KinematicsError

Array = NDArray[np.float64]


class FixedFrames:
    """Poses of frames that stand still.

    Args:
        urdf_xml: The robot description as text.
        base_frame: Frame in which poses are expressed.

    Raises:
        KinematicsError: The description cannot be read, or lacks the frame.
    """

    def __init__(self, urdf_xml: str, base_frame: str) -> None:
        try:
            model = pin.buildModelFromXML(urdf_xml)
        except (ValueError, RuntimeError) as error:
            raise KinematicsError(f"the robot description cannot be read: {error}") from error
        if not model.existFrame(base_frame):
            raise KinematicsError(f"the description lacks the frame '{base_frame}'")
        base = model.frames[model.getFrameId(base_frame)].placement
        self._poses: dict[str, Array] = {"": base.inverse().homogeneous}
        for frame in model.frames:
            if frame.parentJoint == 0 and frame.type == pin.FrameType.BODY:
                self._poses[frame.name] = (base.inverse() * frame.placement).homogeneous

    def pose(self, name: str) -> Array | None:
        """Return the pose of a link, "" for the description's root, in the base frame, shape (4, 4) [m].

        None where the description has no such link, or a joint moves it.
        """
        return self._poses.get(name)
