"""Plain CDR, little-endian (DDS-XTypes 1.3, 7.4.1): how ROS messages travel, for those too urgent to be objects.

To make a Python message of a chunk, have it written, read and taken apart takes longer than every check of that chunk.
What is written and read here is compared with what ROS writes and reads by the tests of its users.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PLAIN = b"\x00\x01\x00\x00"
"""How a message begins that is written in this way."""

_HEADER = len(PLAIN)


class CdrError(ValueError):
    """The bytes are not what they were said to be."""


class Writer:
    """Writes the fields of a message in their order, each where its size asks for it to be."""

    def __init__(self) -> None:
        self._data = bytearray(PLAIN)

    def numbers(self, code: str, *values: float | bool) -> None:
        """Write numbers of one of `struct`'s types, such as ``I`` for uint32 or ``d`` for float64."""
        size = struct.calcsize(code)
        self._align(size)
        self._data += struct.pack(f"<{len(values)}{code}", *values)

    def time(self, seconds: int, nanoseconds: int) -> None:
        """Write a Time or a Duration."""
        self.numbers("i", seconds)
        self.numbers("I", nanoseconds)

    def text(self, text: str) -> None:
        """Write a string; its length counts the zero at its end."""
        written = text.encode() + b"\0"
        self.numbers("I", len(written))
        self._data += written

    def texts(self, texts: Sequence[str]) -> None:
        """Write a sequence of strings."""
        self.numbers("I", len(texts))
        for text in texts:
            self.text(text)

    def doubles(self, values: NDArray[np.float64]) -> None:
        """Write a sequence of float64, in the row-major order of an array of any shape."""
        self.numbers("I", values.size)
        if values.size:
            self._align(8)
            self._data += values.astype("<f8", copy=False).tobytes()

    @property
    def offset(self) -> int:
        """Where the next field would begin, counted as alignment counts it."""
        return len(self._data) - _HEADER

    def finish(self) -> bytes:
        """Return the message."""
        return bytes(self._data)

    def _align(self, size: int) -> None:
        self._data += bytes(-self.offset % size)


class Reader:
    """Reads the fields of a message in their order.

    Args:
        data: The message, which begins as `PLAIN` does.

    Raises:
        CdrError: It begins otherwise; so do all methods where it is shorter than what is read.
    """

    def __init__(self, data: bytes) -> None:
        if data[:2] != PLAIN[:2]:
            raise CdrError(f"a message in plain little-endian CDR begins with {PLAIN[:2].hex()}, not {data[:2].hex()}")
        self._data = data
        self._at = _HEADER

    def number(self, code: str) -> int | float:
        """Read a number of one of `struct`'s types."""
        size = struct.calcsize(code)
        value: int | float = struct.unpack(f"<{code}", self._take(size, size))[0]
        return value

    def count(self) -> int:
        """Read the length of a sequence."""
        return int(self.number("I"))

    def text(self) -> str:
        """Read a string."""
        data = self._take(self.count())
        try:
            return data.rstrip(b"\0").decode()
        except UnicodeDecodeError as error:
            raise CdrError(f"{data!r} is no text: {error}") from error

    def texts(self) -> list[str]:
        """Read a sequence of strings."""
        return [self.text() for _ in range(self.count())]

    def doubles(self) -> NDArray[np.float64]:
        """Read a sequence of float64, read-only, shape (N,)."""
        count = self.count()
        return np.frombuffer(self._take(8 * count, 8 if count else 1), "<f8")

    def _take(self, size: int, alignment: int = 1) -> bytes:
        begin = self._at + -(self._at - _HEADER) % alignment
        self._at = begin + size
        if self._at > len(self._data):
            raise CdrError(f"the message has {len(self._data)} bytes, and goes on to {self._at}")
        return self._data[begin : self._at]
