"""The settings that the camera process is started with."""

import pytest

pytest.importorskip("rclpy")

from steadyhand.nodes.simulated.cameras import CameraSettings

SETTINGS = CameraSettings(
    topics={"front": "/front_camera/image_raw"},
    frames={"front": "front_camera_optical_frame"},
    task="pick",
    renderer="auto",
    width=640,
    height=480,
    render_width=320,
    node="simulator_cameras",
    namespace="/",
)


def test_settings_survive_the_command_line():
    assert CameraSettings.from_json(SETTINGS.to_json()) == SETTINGS


def test_drawn_images_have_the_shape_of_the_published():
    assert SETTINGS.render_height == 240
