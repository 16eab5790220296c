"""A folder of images, in the order of their names."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event

import cv2

from steadyhand.cameras.exceptions import SourceRefusedError
from steadyhand.cameras.playback import Playback
from steadyhand.cameras.settings import CameraSettings
from steadyhand.cameras.source import FrameSource, Pixels, Size, size_of

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")

# Marks of orientation are for people; a camera's calibration is of the pixels as they were stored.
_READ = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION


class ImageFolder(FrameSource):
    """Plays the images of a folder at a rate, once or for ever; all must have one size."""

    live = False

    def __init__(self, folder: Path, settings: CameraSettings) -> None:
        """Take a folder; nothing is read yet.

        Args:
            folder: The folder.
            settings: ``rate``, ``loop``, and ``width`` and ``height`` where only one size is right.
        """
        self.name = str(folder)
        self.rate = settings.rate
        self._folder = folder
        self._loop = settings.loop
        self._size = Size(settings.width, settings.height) if settings.width and settings.height else None
        self._paths: list[Path] = []
        self._next = 0
        self._path = folder

    def check(self) -> Size | None:
        """Find the images, and read the first."""
        if not self.rate:
            raise SourceRefusedError(
                f"a folder of images has no rate of its own ('{self.name}'): set 'rate', for example rate:=30.0"
            )
        self._find()
        unreadable = [path.name for path in self._paths if not cv2.haveImageReader(str(path))]
        if unreadable:
            shown = ", ".join(unreadable[:5]) + (f" and {len(unreadable) - 5} more" if len(unreadable) > 5 else "")
            raise SourceRefusedError(
                f"'{self.name}' has files that are named as images and hold none: {shown}. Remove or replace them"
            )
        return size_of(self._read(self._paths[0]))

    def open(self) -> None:
        """Begin with the first image."""
        self._find()
        self._next = 0
        self._playback = Playback(self.rate)

    def grab(self, stop: Event) -> bool:
        """Wait until the next image is due."""
        if self._next == len(self._paths):
            if not self._loop:
                return False
            self._next = 0
        if not self._playback.wait(stop):
            return False
        self._path = self._paths[self._next]
        self._next += 1
        return True

    def retrieve(self) -> Pixels:
        """Read the image."""
        return self._read(self._path)

    def close(self) -> None:
        """Nothing is kept open."""

    def _find(self) -> None:
        try:
            files = [path for path in self._folder.iterdir() if path.is_file()]
        except OSError as error:
            raise SourceRefusedError(f"the folder '{self.name}' cannot be read: {error.strerror}") from error
        images = [path for path in files if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")]
        if not images:
            others = ", ".join(sorted({path.suffix or path.name for path in files})[:8]) or "nothing"
            raise SourceRefusedError(
                f"the folder '{self.name}' has no image: it holds {others}. Images end in {', '.join(SUFFIXES)}"
            )
        self._paths = sorted(images, key=lambda path: _natural(path.name))

    def _read(self, path: Path) -> Pixels:
        pixels: Pixels | None = cv2.imread(str(path), _READ)
        if pixels is None:
            raise SourceRefusedError(
                f"the image '{path}' cannot be decoded: it is damaged or cut off. Replace it, or take it away"
            )
        size = size_of(pixels)
        if self._size is None:
            self._size = size
        if size != self._size:
            raise SourceRefusedError(
                f"the image '{path}' has {size} pixels where {self._size} are wanted: a camera has one size. Scale it, "
                "or take it out of the folder"
            )
        return pixels


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key of sorting by which ``frame_10`` comes after ``frame_9``."""
    parts = re.split(r"(\d+)", name)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
