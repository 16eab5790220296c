"""What a camera says of itself."""

import time

import pytest

pytest.importorskip("rclpy")

from diagnostic_msgs.msg import DiagnosticStatus

from steadyhand.cameras.capture import Capture, CaptureState, CaptureStatus
from steadyhand.cameras.factory import make_source
from steadyhand.cameras.settings import CameraSettings
from steadyhand.nodes.camera_reports import camera_status

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR
SOURCE = make_source(CameraSettings("http://me:secret@camera/stream", rate=30.0))


def capture_in(state, message="", rate=30.0, silence=0.0):
    capture = Capture(SOURCE, time.monotonic, lambda _: None)
    capture._status = CaptureStatus(state, message)
    last = time.monotonic() - silence
    for index in range(61):
        capture.statistics.capture(last - (60 - index) / rate)
    capture.statistics.publish(0.02)
    return capture


@pytest.mark.parametrize(
    ("state", "complaint", "level", "said"),
    [
        (None, "", OK, "inactive"),
        ((CaptureState.OPENING, ""), "", WARN, "opening"),
        ((CaptureState.LOST, "it has gone"), "", ERROR, "it has gone; it is tried again"),
        ((CaptureState.FAILED, "damaged"), "", ERROR, "damaged"),
        ((CaptureState.ENDED, "has ended"), "", WARN, "'loop' is false"),
    ],
)
def test_each_state_has_its_level_and_message(state, complaint, level, said):
    capture = None if state is None else capture_in(*state)
    status = camera_status("/front/camera", SOURCE, capture, complaint, (1, 0))
    assert status.level == level and said in status.message
    assert (status.name, status.hardware_id) == ("steadyhand: camera /front/camera", "http://***@camera/stream")


def test_a_running_camera_shows_rate_and_ages():
    status = camera_status("/camera", SOURCE, capture_in(CaptureState.RUNNING), "", (1, 2))
    values = {entry.key: entry.value for entry in status.values}
    assert (status.level, status.message) == (OK, "running")
    assert float(values["rate [Hz]"]) == pytest.approx(30.0, abs=0.1)
    assert values["age at publication 95 % [s]"] == "0.0200"
    assert (values["frames"], values["published"], values["subscribers compressed"]) == ("61", "1", "2")


def test_what_is_wrong_with_a_running_camera_comes_with_a_remedy():
    slow = camera_status("/camera", SOURCE, capture_in(CaptureState.RUNNING, rate=15.0), "", (1, 0))
    assert slow.level == WARN and "15.0 Hz where 30" in slow.message and "more light" in slow.message
    hung = camera_status("/camera", SOURCE, capture_in(CaptureState.RUNNING, silence=3.0), "", (1, 0))
    assert hung.level == ERROR and "no frame" in hung.message and "3.0 s" in hung.message
    opening = capture_in(CaptureState.OPENING)
    opening.changed -= 12.0
    mute = camera_status("/camera", SOURCE, opening, "", (1, 0))
    assert mute.level == ERROR and "not answered for 12 s" in mute.message
    blind = camera_status("/camera", SOURCE, capture_in(CaptureState.RUNNING), "wrong size", (1, 0))
    assert blind.level == ERROR and "no camera_info: wrong size" in blind.message
