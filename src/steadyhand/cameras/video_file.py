"""A video file, at its own rate or at another."""

from __future__ import annotations

import math
from pathlib import Path
from threading import Event
from typing import Any

import cv2

from steadyhand.cameras.exceptions import SourceRefusedError
from steadyhand.cameras.playback import Playback
from steadyhand.cameras.settings import CameraSettings
from steadyhand.cameras.source import FrameSource, Pixels, Size, size_of

_FASTEST = 1000.0


class VideoFile(FrameSource):
    """Plays a video, once or for ever."""

    live = False

    def __init__(self, path: Path, settings: CameraSettings) -> None:
        """Take a file; it is not opened yet.

        Args:
            path: The file.
            settings: ``rate``, ``loop``, and ``width`` and ``height`` where only one size is right.
        """
        self.name = str(path)
        self.rate = settings.rate
        self._path = path
        self._loop = settings.loop
        self._size = Size(settings.width, settings.height)
        self._capture: Any = None

    def check(self) -> Size | None:
        """Decode the first frame, and read the rate where none was given."""
        try:
            self._begin()
            own = float(self._capture.get(cv2.CAP_PROP_FPS))
            if not self.rate:
                if not (math.isfinite(own) and 0.0 < own <= _FASTEST):
                    raise SourceRefusedError(
                        f"the video '{self.name}' does not say at what rate it was taken ({own:g} Hz): set 'rate'"
                    )
                self.rate = own
            if not self._capture.grab():
                raise self._undecodable("it has no frame")
            size = size_of(self.retrieve())
        finally:
            self.close()
        if all(self._size) and size != self._size:
            raise SourceRefusedError(
                f"the video '{self.name}' has {size} pixels, not {self._size}: leave width and height at 0, or scale "
                "the file"
            )
        return size

    def open(self) -> None:
        """Begin with the first frame."""
        self._begin()
        self._played = 0
        self._playback = Playback(self.rate)

    def grab(self, stop: Event) -> bool:
        """Wait until the next frame is due, and decode it."""
        if not self._playback.wait(stop):
            return False
        if not self._capture.grab():
            if not self._played:
                raise self._undecodable("it has no frame")
            if not self._loop:
                return False
            # To wind back loses frames of some codecs; to open again does not.
            self._begin()
            if not self._capture.grab():
                raise self._undecodable("it cannot be begun again")
        self._played += 1
        return True

    def retrieve(self) -> Pixels:
        """Return the frame."""
        there, pixels = self._capture.retrieve()
        if not there:
            raise self._undecodable("a frame is damaged")
        return pixels  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close the file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _begin(self) -> None:
        self.close()
        if not self._path.is_file():
            raise SourceRefusedError(f"the video '{self.name}' is no longer there")
        self._capture = cv2.VideoCapture(self.name, cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            # An OpenCV that was built without FFmpeg may have another reader.
            self._capture = cv2.VideoCapture(self.name)
        if not self._capture.isOpened():
            raise self._undecodable("it is no video, is cut off, or has a codec that this OpenCV lacks")

    def _undecodable(self, why: str) -> SourceRefusedError:
        return SourceRefusedError(
            f"the video '{self.name}' ({self._path.stat().st_size if self._path.exists() else 0} bytes) cannot be "
            f"decoded: {why}. 'ffprobe {self.name}' says what it is; "
            "'ffmpeg -i IN -c:v libx264 OUT.mp4' makes one that can be"
        )
