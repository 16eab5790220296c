"""A stream from the network: RTSP or HTTP."""

from __future__ import annotations

from threading import Event
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import cv2

from steadyhand.cameras.exceptions import SourceLostError, SourceRefusedError
from steadyhand.cameras.settings import CameraSettings
from steadyhand.cameras.source import FrameSource, Pixels, Size, size_of

SCHEMES = ("rtsp", "rtsps", "http", "https")

TIMEOUT = 5.0
"""How long an address may stay silent before it counts as lost [s]."""


class NetworkStream(FrameSource):
    """Frames of an address, at whatever rate they come."""

    live = True

    def __init__(self, address: str, settings: CameraSettings, timeout: float = TIMEOUT) -> None:
        """Take an address; nothing is sent yet.

        Args:
            address: RTSP or HTTP, with user and password in it where needed.
            settings: ``width`` and ``height`` where only one size is right, and the ``rate`` that is expected.
            timeout: How long it may stay silent [s].
        """
        self.name = without_password(address)
        self.rate = settings.rate
        self._address = address
        self._timeout = 1000.0 * timeout
        self._size = Size(settings.width, settings.height)
        self._capture: Any = None

    def check(self) -> Size | None:
        """Look at the address."""
        parts = urlsplit(self._address)
        if parts.scheme.lower() not in SCHEMES or not parts.hostname:
            raise SourceRefusedError(
                f"'{self.name}' is no address of a stream: write {', '.join(f'{s}://' for s in SCHEMES)} and a host"
            )
        return Size(*self._size) if all(self._size) else None

    def open(self) -> None:
        """Connect."""
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, self._timeout, cv2.CAP_PROP_READ_TIMEOUT_MSEC, self._timeout]
        self._capture = cv2.VideoCapture(self._address, cv2.CAP_FFMPEG, [int(limit) for limit in limits])
        if not self._capture.isOpened():
            raise SourceLostError(
                f"no stream from '{self.name}': the host does not answer, refuses, or sends what is no video. Try "
                f"'ffprobe {self.name}' on this machine"
            )

    def grab(self, stop: Event) -> bool:
        """Wait for the next frame."""
        if self._capture.grab():
            return not stop.is_set()
        raise SourceLostError(f"the stream '{self.name}' has ended or was silent for {1e-3 * self._timeout:g} s")

    def retrieve(self) -> Pixels:
        """Return the frame."""
        there, pixels = self._capture.retrieve()
        if not there:
            raise SourceLostError(f"a frame of '{self.name}' is damaged")
        if all(self._size) and size_of(pixels) != self._size:
            raise SourceRefusedError(
                f"'{self.name}' sends {size_of(pixels)} pixels, not {self._size}: leave width and height at 0, or "
                "change the camera's own settings"
            )
        return pixels  # type: ignore[no-any-return]

    def close(self) -> None:
        """Disconnect."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def without_password(address: str) -> str:
    """Return an address as it may be shown."""
    parts = urlsplit(address)
    _, at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"***@{host}")) if at else address
