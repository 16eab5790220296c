"""Devices against a double at the kernel's boundary; no real one has been met."""

import errno
import os
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest

from steadyhand.cameras.exceptions import SourceLostError, SourceRefusedError
from steadyhand.cameras.settings import CameraSettings
from steadyhand.cameras.source import Size
from steadyhand.cameras.v4l2_device import V4l2Device
from steadyhand.cameras.v4l2_formats import letters, number
from steadyhand.cameras.v4l2_listing import holders, list_devices
from v4l2_double import V4l2Double, webcam


class OpenedVideo:
    """OpenCV's capture of a device that takes the nearest of what it can, as drivers do."""

    def __init__(self, size=(640, 480), code="YUYV", opens=True):
        self.opened_as = None
        self.order = []
        self.failing = self.released = False
        self._opens = opens
        self._values = {
            cv2.CAP_PROP_FRAME_WIDTH: size[0],
            cv2.CAP_PROP_FRAME_HEIGHT: size[1],
            cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*code),
        }

    def __call__(self, path):
        self.opened_as = path
        return self

    def isOpened(self):
        return self._opens

    def set(self, prop, value):
        self.order.append(prop)
        self._values[prop] = value
        return True

    def get(self, prop):
        return float(self._values[prop])

    def grab(self):
        return not self.failing

    def retrieve(self):
        width, height = (int(self._values[prop]) for prop in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        return True, np.zeros((height, width, 3), np.uint8)

    def release(self):
        self.released = True


class Deaf(OpenedVideo):
    """Takes nothing that it is asked for."""

    def set(self, prop, value):
        return True


@pytest.fixture
def dev(tmp_path):
    """A /dev with two nodes of one camera, and its stable names."""
    for name in ("video0", "video1", "video10"):
        (tmp_path / name).touch()
    for kind, name in (("by-id", "usb-Double_HD_42-video-index0"), ("by-path", "pci-0-usb-0:2:1.0-video-index0")):
        (tmp_path / "v4l" / kind).mkdir(parents=True)
        (tmp_path / "v4l" / kind / name).symlink_to("../../video0")
    return tmp_path


@pytest.fixture
def make(dev):
    def make(double=None, video=None, name="video0", **settings):
        path = str(dev / name)
        made = CameraSettings(path, **settings)
        return V4l2Device(path, made, dev=dev, ioctl=double or webcam(), open_video=video or OpenedVideo())

    return make


def refused(device):
    with pytest.raises(SourceRefusedError) as refusal:
        device.check()
    return str(refusal.value)


def lost(device):
    device.check()
    with pytest.raises(SourceLostError) as loss:
        device.open()
    return str(loss.value)


def test_what_is_offered_is_accepted(make):
    assert make(width=1280, height=720, rate=30.0, pixel_format="MJPG").check() == Size(1280, 720)
    assert make(width=640, height=480, rate=15.0).check() == Size(640, 480)
    assert make().check() is None


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"pixel_format": "H264"}, "it offers YUYV (YUYV 4:2:2), MJPG (Motion-JPEG)"),
        ({"width": 800, "height": 600}, "does not offer 800x600; it offers YUYV: 640x480 (30, 15 Hz); 1280x720 (5 Hz)"),
        ({"width": 1280, "height": 720, "rate": 30.0, "pixel_format": "YUYV"}, "does not offer 30 Hz at 1280x720"),
        ({"rate": 60.0}, "does not offer 60 Hz; it offers"),
        ({"width": 640}, "belong together"),
    ],
)
def test_what_is_not_offered_is_refused_with_what_is(make, settings, said):
    assert said in refused(make(**settings))


def test_ranges_of_sizes_and_rates_are_understood(make):
    double = V4l2Double({"RG10": ("10-bit Bayer", {(64, 4096, 16, 64, 3072, 8): [(1, 60), (1, 5), (0, 1)]})})
    assert make(double, width=1024, height=768, rate=24.0).check() == Size(1024, 768)
    assert "64x64 to 4096x3072 (60 to 5 Hz)" in refused(make(double, width=1025, height=768))
    assert "does not offer 90 Hz" in refused(make(double, width=1024, height=768, rate=90.0))


def test_a_driver_that_does_not_list_its_sizes_is_believed_until_it_is_opened(make):
    double = V4l2Double({"YUYV": ("YUYV 4:2:2", {})})
    assert make(double, width=800, height=600).check() == Size(800, 600)


def test_the_format_is_asked_for_before_the_size_and_the_size_before_the_rate(make):
    video = OpenedVideo()
    device = make(video=video, width=1280, height=720, rate=30.0, pixel_format="MJPG")
    device.open()
    width, height = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
    assert video.order == [cv2.CAP_PROP_FOURCC, width, height, cv2.CAP_PROP_FPS]
    assert device.grab(Event())
    assert device.retrieve().shape == (720, 1280, 3)
    device.close()
    assert video.released


def test_a_driver_that_takes_something_else_without_a_word_is_found_out(make):
    device = make(V4l2Double({"YUYV": ("YUYV", {})}), Deaf(), width=800, height=600)
    with pytest.raises(SourceRefusedError, match=r"asked for 800x600 .*gives 640x480 YUYV"):
        device.open()


def test_a_stable_name_is_followed_each_time(make, dev):
    video = OpenedVideo()
    device = make(video=video, name="v4l/by-id/usb-Double_HD_42-video-index0")
    device.open()
    assert video.opened_as == str(dev / "video0")
    (dev / "v4l/by-id/usb-Double_HD_42-video-index0").unlink()
    (dev / "v4l/by-id/usb-Double_HD_42-video-index0").symlink_to("../../video10")
    device.open()
    assert video.opened_as == str(dev / "video10")


def test_a_device_that_is_not_there_may_come_and_those_that_are_there_are_named(make):
    message = lost(make(name="video7"))
    assert "no device" in message and "usb-Double_HD_42-video-index0" in message and "video10" in message


def test_a_busy_device_is_named_with_its_remedy(make):
    double = webcam()
    double.busy = True
    assert "(Double HD) is busy" in lost(make(double))


def test_who_has_a_device_open_is_found(dev, tmp_path):
    import subprocess
    import sys

    script = "import sys; file = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(dev / "video0")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"open\n"
        assert f"({process.pid})" in holders(dev / "video0")
        process.stdin.close()


@pytest.mark.skipif(os.getuid() == 0, reason="root may open everything")
def test_a_device_that_this_user_may_not_open_is_said(make, dev):
    (dev / "video0").chmod(0)
    assert "usermod -aG video" in lost(make())


def test_a_forbidden_device_is_told_apart_from_one_that_is_gone(make):
    device = make()
    assert "usermod -aG video" in str(device._not_there(OSError(errno.EACCES, "Permission denied")))


def test_what_is_no_video_device_is_refused(make):
    double = webcam()
    double.known = False
    assert "is no video device" in refused(make(double))


def test_a_node_of_metadata_is_refused(make):
    double = webcam()
    double.captures = False
    assert "gives no images" in refused(make(double, name="video1"))


def test_a_device_that_goes_is_told_apart_from_one_that_hangs(make, dev):
    video = OpenedVideo()
    device = make(video=video)
    device.open()
    video.failing = True
    with pytest.raises(SourceLostError, match="still there: it hangs"):
        device.grab(Event())
    (dev / "video0").unlink()
    with pytest.raises(SourceLostError, match="has gone"):
        device.grab(Event())


def test_a_device_that_opencv_cannot_open_is_tried_again(make):
    assert "OpenCV cannot" in lost(make(video=OpenedVideo(opens=False)))


def test_devices_are_listed_with_stable_names_and_formats(dev):
    double = webcam()
    listed = list_devices(dev, double)
    assert [Path(one.path).name for one in listed] == ["video0", "video1", "video10"]
    first = listed[0]
    assert first.by_id == (str(dev / "v4l/by-id/usb-Double_HD_42-video-index0"),)
    assert first.by_path == (str(dev / "v4l/by-path/pci-0-usb-0:2:1.0-video-index0"),)
    assert (first.device.card, first.device.driver, first.busy) == ("Double HD", "uvcvideo", "")
    assert str(first.formats[1]) == "MJPG: 640x480 (30 Hz); 1280x720 (30 Hz)"
    assert listed[1].by_id == ()
    double.captures = False
    assert list_devices(dev, double) == []
    double.gone = True
    assert list_devices(dev, double) == []


def test_letters_of_a_format_are_without_the_mark_of_byte_order():
    assert number("Y16") == cv2.VideoWriter.fourcc(*"Y16 ")
    assert letters(cv2.VideoWriter.fourcc(*"Y16 ") | 1 << 31) == "Y16"
