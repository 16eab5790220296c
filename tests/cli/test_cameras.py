"""The list of cameras."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from steadyhand.cameras import v4l2_listing
from steadyhand.cli import cameras as command
from steadyhand.cli import main
from v4l2_double import webcam


@pytest.fixture
def plugged_in(tmp_path, monkeypatch):
    """A /dev with one camera."""
    (tmp_path / "video0").touch()
    (tmp_path / "v4l/by-id").mkdir(parents=True)
    (tmp_path / "v4l/by-id/usb-Double_HD-index0").symlink_to("../../video0")
    monkeypatch.setattr(command, "list_devices", lambda: v4l2_listing.list_devices(tmp_path, webcam()))
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main.app, ["cameras", *arguments])


def test_cameras_are_listed_with_the_names_to_give_them_and_what_they_offer(plugged_in):
    done = run()
    assert done.exit_code == 0
    lines = [line.strip() for line in done.output.splitlines()]
    assert lines[0] == "Double HD (uvcvideo, usb-1)"
    assert lines.index(f"{plugged_in}/v4l/by-id/usb-Double_HD-index0") < lines.index(f"{plugged_in}/video0")
    assert lines[lines.index("MJPG  Motion-JPEG") + 1 :] == ["640x480 (30 Hz)", "1280x720 (30 Hz)"]


def test_programs_read_it_as_json(plugged_in):
    (one,) = json.loads(run("--json").output)
    assert one["formats"][0]["code"] == "YUYV"
    assert one["formats"][0]["sizes"][1]["rates"] == [5.0]


def test_no_camera_is_said_with_where_to_look(monkeypatch):
    monkeypatch.setattr(command, "list_devices", list)
    done = run()
    assert done.exit_code == 1
    assert "No camera" in done.output
