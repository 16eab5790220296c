"""Shapes and tool paths as the messages that RViz and Foxglove draw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Pose, PoseStamped, Quaternion, Vector3
from nav_msgs.msg import Path
from std_msgs.msg import ColorRGBA, Header
from transforms3d.quaternions import mat2quat
from visualization_msgs.msg import Marker, MarkerArray

from steadyhand.nodes.conversions import to_time
from steadyhand.visualisation.shapes import Array, Shape
from steadyhand.visualisation.view import ToolPath

_KINDS = {
    "line": Marker.LINE_STRIP,
    "lines": Marker.LINE_LIST,
    "dots": Marker.SPHERE_LIST,
    "box": Marker.CUBE,
    "text": Marker.TEXT_VIEW_FACING,
}
_PLACED = ("box", "text")


class Markers:
    """Makes marker arrays, each of which takes away what the one before showed and it does not."""

    def __init__(self) -> None:
        """Begin with nothing shown."""
        self._shown: dict[str, str] = {}

    def array(self, shapes: Sequence[Shape], stamp: Time) -> MarkerArray:
        """Return the markers of what there is to draw now."""
        markers = [marker(shape, stamp) for shape in shapes]
        now = {shape.name: shape.frame for shape in shapes}
        for name in sorted(self._shown.keys() - now.keys()):
            header = Header(stamp=stamp, frame_id=self._shown[name])
            markers.append(Marker(header=header, ns=name, action=Marker.DELETE))
        self._shown = now
        return MarkerArray(markers=markers)

    def cleared(self) -> MarkerArray:
        """Return what takes everything away."""
        self._shown = {}
        return MarkerArray(markers=[Marker(action=Marker.DELETEALL)])


def marker(shape: Shape, stamp: Time) -> Marker:
    """Return the marker of a shape."""
    message = Marker(header=Header(stamp=stamp, frame_id=shape.frame), ns=shape.name, text=shape.text)
    message.type, message.action = _KINDS[shape.kind], Marker.ADD
    red, green, blue, opacity = shape.colour
    message.color = ColorRGBA(r=red, g=green, b=blue, a=opacity)
    if shape.kind in _PLACED:
        message.pose.position = _point(shape.points[0])
        x, y, z, w = shape.turn
        message.pose.orientation = Quaternion(x=x, y=y, z=z, w=w)
    else:
        message.points = [_point(point) for point in shape.points]
    if shape.kind == "box":
        x, y, z = shape.size
        message.scale = Vector3(x=x, y=y, z=z)
    elif shape.kind == "text":
        message.scale = Vector3(z=shape.size[0])
    else:
        width = shape.size[0]
        message.scale = Vector3(x=width, y=width, z=width) if shape.kind == "dots" else Vector3(x=width)
    return message


def path(way: ToolPath, stamp: Time) -> Path:
    """Return the path of a tool; each of its poses has the time that it is meant for."""
    message = Path(header=Header(stamp=stamp, frame_id=way.frame))
    for time, pose in zip(way.times, way.poses, strict=True):
        header = Header(stamp=to_time(max(0.0, float(time))), frame_id=way.frame)
        w, x, y, z = (float(value) for value in mat2quat(pose[:3, :3]))
        placed = Pose(position=_point(pose[:3, 3]), orientation=Quaternion(x=x, y=y, z=z, w=w))
        message.poses.append(PoseStamped(header=header, pose=placed))
    return message


def _point(values: Array) -> Point:
    x, y, z = np.asarray(values, dtype=np.float64).tolist()
    return Point(x=x, y=y, z=z)
