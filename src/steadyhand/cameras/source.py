"""What every source of frames does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import Event
from typing import Any, NamedTuple

from numpy.typing import NDArray

Pixels = NDArray[Any]
"""One frame: uint8 (height, width, 3) in the order blue, green, red; or uint8 or uint16 (height, width), grey."""


class Size(NamedTuple):
    """Width and height of frames [px]."""

    width: int
    height: int

    def __str__(self) -> str:
        """Return it as in ``640x480``."""
        return f"{self.width}x{self.height}"


class FrameSource(ABC):
    """A source of frames. All methods but ``check`` are called in one thread, which they may keep waiting.

    Attributes:
        name: What it is, for messages; without passwords.
        live: True where it may go and come back by itself, as devices do; false for files.
        rate: Frames that it should give in a second [Hz]; 0 where that is not known.
    """

    name: str
    live: bool
    rate: float = 0.0

    @abstractmethod
    def check(self) -> Size | None:
        """Look without waiting whether it can work, and return the size of its frames where that is known already.

        Raises:
            SourceRefusedError: It cannot.
        """

    @abstractmethod
    def open(self) -> None:
        """Begin.

        Raises:
            SourceLostError: It is not there now.
            SourceRefusedError: It cannot give what was asked for.
        """

    @abstractmethod
    def grab(self, stop: Event) -> bool:
        """Wait for the next frame; false where there is none any more, or where ``stop`` was set meanwhile.

        Raises:
            SourceLostError: It has gone.
            SourceRefusedError: It cannot be read any further.
        """

    @abstractmethod
    def retrieve(self) -> Pixels:
        """Return the frame that was grabbed, as an array of its own.

        Raises:
            SourceLostError: It could not be had.
            SourceRefusedError: It cannot be decoded.
        """

    @abstractmethod
    def close(self) -> None:
        """Let it go; it may be opened again."""


def size_of(pixels: Pixels) -> Size:
    """Return the size of a frame."""
    return Size(pixels.shape[1], pixels.shape[0])
