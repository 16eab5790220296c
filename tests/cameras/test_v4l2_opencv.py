"""OpenCV's own V4L2 code on a double of the kernel's, in C with the kernel's header; no real device has been met."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

DOUBLE = Path(__file__).with_name("v4l2_double.c")

# Runs in a process of its own: only there are the kernel's answers the double's.
SCRIPT = """
import json, sys, time
from pathlib import Path
from threading import Event

from steadyhand.cameras.backoff import Backoff
from steadyhand.cameras.capture import Capture, CaptureState
from steadyhand.cameras.exceptions import CameraError
from steadyhand.cameras.settings import CameraSettings
from steadyhand.cameras.v4l2_device import V4l2Device
from steadyhand.cameras.v4l2_listing import list_devices

dev = Path(sys.argv[1])
video, busy = dev / "video0", dev / "video0.busy"
said = {}

def device(**settings):
    return V4l2Device(str(video), CameraSettings(str(video), **settings), dev=dev)

def refusal(**settings):
    try:
        device(**settings).check()
    except CameraError as error:
        return str(error)

def until(condition):
    deadline = time.monotonic() + 30.0
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)

said["listed"] = [str(one) for device in list_devices(dev) for one in device.formats]
small = device(width=320, height=240, rate=30.0, pixel_format="YUYV")
small.check()
small.open()
frames = []
begin = time.monotonic()
while len(frames) < 4 and small.grab(Event()):
    frames.append(small.retrieve())
said["seconds"] = time.monotonic() - begin
said["shapes"] = [frame.shape for frame in frames]
said["levels"] = [float(frame.mean()) for frame in frames]
small.close()
said["size"], said["rate"] = refusal(width=800, height=600), refusal(rate=60.0)
busy.touch()
try:
    small.open()
except CameraError as error:
    said["busy"] = str(error)
busy.unlink()

states = []
capture = Capture(device(width=640, height=480), time.monotonic, states.append, Backoff(0.02, 0.05))
capture.start()
until(lambda: capture.status.state is CaptureState.RUNNING)
video.unlink()
until(lambda: capture.status.state is CaptureState.LOST)
video.touch()
until(lambda: capture.reopened)
said["shape after it came back"] = capture.take(30.0).pixels.shape
assert capture.stop(30.0)
said["states"] = [(status.state.value, status.message) for status in states]
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What a process said that used the double from its plugging in until after it came back."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler here")
    if cv2.CAP_V4L2 not in cv2.videoio_registry.getCameraBackends():
        pytest.skip("this OpenCV has no V4L2")
    folder = tmp_path_factory.mktemp("v4l2")
    library = folder / "double.so"
    built = subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", library, DOUBLE, "-ldl"], capture_output=True, text=True
    )
    if built.returncode != 0:
        pytest.skip(f"the double cannot be built here: {built.stderr[:200]}")
    dev = folder / "dev"
    dev.mkdir()
    (dev / "video0").touch()
    environment = {**os.environ, "LD_PRELOAD": str(library), "DOUBLE_VIDEO": str(dev / "video0")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(dev)], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_opencv_gives_the_size_and_the_rate_that_were_asked_for(said):
    assert said["shapes"] == [[240, 320, 3]] * 4
    assert said["seconds"] > 3 / 30
    steps = [after - before for before, after in zip(said["levels"], said["levels"][1:], strict=False)]
    assert steps == pytest.approx([11.64] * 3, abs=1.5), "one frame after the other, ten levels of luma apart"


def test_what_it_offers_is_listed_and_what_it_does_not_is_refused(said):
    assert said["listed"] == ["YUYV: 640x480 (30, 15 Hz); 320x240 (30 Hz)"]
    assert "does not offer 800x600; it offers YUYV: 640x480" in said["size"]
    assert "does not offer 60 Hz" in said["rate"]


def test_a_busy_device_is_said_to_be_busy(said):
    assert "(Preloaded) is busy" in said["busy"]


def test_it_is_unplugged_and_comes_back(said):
    states = [state for state, _ in said["states"]]
    assert states[:3] == ["opening", "running", "lost"]
    assert "running" in states[3:]
    assert any("has gone" in message or "no device" in message for _, message in said["states"])
    assert said["shape after it came back"] == [480, 640, 3]
