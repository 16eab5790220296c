from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("rclpy")

from builtin_interfaces.msg import Time
from visualization_msgs.msg import Marker

from steadyhand.nodes.marker_messages import Markers, marker, path
from steadyhand.visualisation.shapes import MEASURED, OBSTACLE, REFUSED, Shape
from steadyhand.visualisation.view import ToolPath

STAMP = Time(sec=3)
LINE = Shape("line", "measured", "base", MEASURED, np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.5]]), (0.004,))
BOX = Shape("box", "scene/table", "base", OBSTACLE, np.array([[0.3, 0.0, -0.1]]), (1.0, 2.0, 0.1), (0.0, 0.0, 1.0, 0.0))
TEXT = Shape("text", "hold", "base", REFUSED, np.array([[0.3, 0.0, 0.5]]), (0.04,), text="STOPPED")


def test_each_kind_of_shape_has_its_marker() -> None:
    line, box, text = (marker(shape, STAMP) for shape in (LINE, BOX, TEXT))
    assert (line.type, line.ns, line.header.frame_id, line.header.stamp.sec) == (
        Marker.LINE_STRIP,
        "measured",
        "base",
        3,
    )
    assert [point.x for point in line.points] == [0.0, 1.0] and line.scale.x == 0.004
    # A pose of zeros is none: RViz warns, and Foxglove draws nothing.
    assert line.pose.orientation.w == 1.0
    assert (box.type, box.scale.y, box.pose.position.z, box.pose.orientation.z) == (Marker.CUBE, 2.0, -0.1, 1.0)
    assert (text.type, text.text, text.scale.z) == (Marker.TEXT_VIEW_FACING, "STOPPED", 0.04)
    assert text.color.a == 1.0 and text.color.r > 0.8


def test_what_is_no_longer_there_is_taken_away_once() -> None:
    markers = Markers()
    assert len(markers.array([LINE, TEXT], STAMP).markers) == 2
    gone = [m for m in markers.array([LINE], STAMP).markers if m.action == Marker.DELETE]
    assert [(m.ns, m.header.frame_id) for m in gone] == [("hold", "base")]
    assert len(markers.array([LINE], STAMP).markers) == 1
    assert markers.cleared().markers[0].action == Marker.DELETEALL


def test_a_path_has_the_times_of_its_rows_and_unit_quaternions() -> None:
    turned = np.eye(4)
    turned[:3, :3] = [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    turned[:3, 3] = [0.1, 0.2, 0.3]
    message = path(ToolPath("chunk", "base", np.array([4.0, 4.5]), np.stack([np.eye(4), turned])), STAMP)
    assert [pose.header.stamp.nanosec for pose in message.poses] == [0, 500_000_000]
    last = message.poses[1].pose
    assert (last.position.y, round(last.orientation.z, 6)) == (0.2, round(np.sqrt(0.5), 6))
    assert not path(ToolPath("chunk", "base", np.empty(0), np.empty((0, 4, 4))), STAMP).poses
