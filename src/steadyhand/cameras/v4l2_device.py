"""A camera as Linux has it: a Video4Linux2 device."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import cv2

from steadyhand.cameras import v4l2_api as api
from steadyhand.cameras.exceptions import SourceLostError, SourceRefusedError
from steadyhand.cameras.settings import CameraSettings
from steadyhand.cameras.source import FrameSource, Pixels, Size, size_of
from steadyhand.cameras.v4l2_formats import PixelFormat, describe, formats, is_busy, letters, number
from steadyhand.cameras.v4l2_listing import DEV, devices_text, holders, opened

_GONE = (errno.ENOENT, errno.ENODEV, errno.ENXIO)


def open_video(path: str) -> Any:
    """Open a device with OpenCV."""
    return cv2.VideoCapture(path, cv2.CAP_V4L2)


class V4l2Device(FrameSource):
    """Takes frames from a device; asked for a size, a rate or a pixel format, it gives that or nothing."""

    live = True

    def __init__(
        self,
        path: str,
        settings: CameraSettings,
        *,
        dev: Path = DEV,
        ioctl: api.Ioctl = api.kernel_ioctl,
        open_video: Callable[[str], Any] = open_video,
    ) -> None:
        """Take a device; it is not opened yet.

        Args:
            path: ``/dev/videoN``, or a link to one: it is followed each time that the device is opened.
            settings: What is asked of it.
            dev: Where devices are.
            ioctl: How they are asked what they offer.
            open_video: How they are opened.
        """
        self.name = path
        self.rate = settings.rate
        self._size = Size(settings.width, settings.height)
        self._code = settings.pixel_format
        self._dev = dev
        self._ioctl = ioctl
        self._open_video = open_video
        self._capture: Any = None

    def check(self) -> Size | None:
        """Compare what is asked with what the device offers; one that is not there may still come."""
        if bool(self._size.width) != bool(self._size.height):
            raise SourceRefusedError(f"'{self.name}': width and height belong together, {self._size} was given")
        with suppress(SourceLostError):
            self._ask()
        return self._size if all(self._size) else None

    def open(self) -> None:
        """Ask the device what it offers, then for frames."""
        self._ask()
        self._capture = capture = self._open_video(os.path.realpath(self.name))
        if not capture.isOpened():
            raise SourceLostError(f"the device '{self.name}' is there, and OpenCV cannot take frames from it")
        # Sizes depend on the format, and rates on both.
        if self._code:
            capture.set(cv2.CAP_PROP_FOURCC, number(self._code))
        if all(self._size):
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size.width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size.height)
        if self.rate:
            capture.set(cv2.CAP_PROP_FPS, self.rate)
        self._verify()

    def grab(self, stop: Event) -> bool:
        """Wait for the next frame; OpenCV waits 10 s at most."""
        if self._capture.grab():
            return not stop.is_set()
        there = "is still there: it hangs, or USB has no room for it" if self._present else "has gone"
        raise SourceLostError(f"no frame from the device '{self.name}', which {there}")

    def retrieve(self) -> Pixels:
        """Return the frame."""
        there, pixels = self._capture.retrieve()
        if not there:
            raise SourceLostError(f"a frame of the device '{self.name}' is damaged: look at its cable and at its hub")
        if all(self._size) and size_of(pixels) != self._size:
            raise SourceLostError(f"the device '{self.name}' gives {size_of(pixels)} pixels, not {self._size}")
        return pixels  # type: ignore[no-any-return]

    def close(self) -> None:
        """Let the device go."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    @property
    def _present(self) -> bool:
        return Path(os.path.realpath(self.name)).exists()

    def _ask(self) -> None:
        """Raise where the device is not there, is busy, or does not offer what is asked."""
        try:
            with opened(os.path.realpath(self.name)) as descriptor:
                device = describe(descriptor, self._ioctl)
                offered = formats(descriptor, self._ioctl) if device.captures else ()
                busy = is_busy(descriptor, self._ioctl) if device.captures else False
        except OSError as error:
            raise self._not_there(error) from error
        if not device.captures:
            raise SourceRefusedError(
                f"'{self.name}' ({device.card}) gives no images: a camera's other nodes carry metadata. "
                f"{devices_text(self._dev)}"
            )
        self._compare(offered)
        if busy:
            who = (
                holders(self.name)
                or "a program that this user may not see, or a former reading of this node that hangs"
            )
            raise SourceLostError(f"the device '{self.name}' ({device.card}) is busy: it is used by {who}. End that")

    def _not_there(self, error: OSError) -> SourceLostError | SourceRefusedError:
        if error.errno in _GONE:
            return SourceLostError(f"there is no device '{self.name}'. {devices_text(self._dev)}")
        if error.errno in (errno.EACCES, errno.EPERM):
            return SourceLostError(
                f"this user may not open '{self.name}': 'sudo usermod -aG video $USER', log in again; in a container "
                f"give --device {os.path.realpath(self.name)} --group-add video"
            )
        if error.errno in (errno.ENOTTY, errno.EINVAL):
            return SourceRefusedError(f"'{self.name}' is no video device. {devices_text(self._dev)}")
        return SourceLostError(f"the device '{self.name}' cannot be opened: {error.strerror}")

    def _compare(self, offered: tuple[PixelFormat, ...]) -> None:
        """Raise where what is asked is not among what is offered; a driver that says nothing is believed later."""
        suitable = [one for one in offered if not self._code or one.code == self._code]
        if offered and not suitable:
            codes = ", ".join(f"{one.code} ({one.description})" for one in offered)
            raise SourceRefusedError(f"'{self.name}' has no pixel format '{self._code}'; it offers {codes}")
        known = [size for one in suitable for size in one.sizes]
        if not known or not all(one.sizes for one in suitable):
            return
        text = ". ".join(str(one) for one in suitable)
        fitting = [size for size in known if not all(self._size) or size.has(self._size)]
        if not fitting:
            raise SourceRefusedError(f"'{self.name}' does not offer {self._size}; it offers {text}")
        if self.rate and not any(size.has_rate(self.rate) for size in fitting):
            where = f" at {self._size}" if all(self._size) else ""
            raise SourceRefusedError(f"'{self.name}' does not offer {self.rate:g} Hz{where}; it offers {text}")

    def _verify(self) -> None:
        """Raise where the device has not taken what it was asked for: drivers take the nearest without a word."""
        got = Size(int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
        code = letters(int(self._capture.get(cv2.CAP_PROP_FOURCC)))
        if (all(self._size) and got != self._size) or (self._code and code != self._code):
            raise SourceRefusedError(
                f"'{self.name}' was asked for {self._size} {self._code} and gives {got} {code}: take that, or what "
                "'steadyhand cameras' lists"
            )
