"""Plain CDR, little-endian (DDS-XTypes 1.3, 7.4.1): how ROS messages travel, for those too urgent to be objects.

To make a Python message of a chunk, have it written, read and taken apart takes longer than every check of that chunk.
What is written and read here is compared with what ROS writes and reads by the tests of its users.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

PLAIN = b"\x00\x01\x00\x00"
"""How a message begins that is written in this way."""

_HEADER = len(PLAIN)


class CdrError(ValueError):
    """The bytes are not what they were said to be."""


STAMP = struct.Struct("<iI")
"""Seconds and nanoseconds of a Time or a Duration."""

_TYPES = {code: struct.Struct(f"<{code}") for code in "?iIQd"}


class Writer:
    """Writes the fields of a message in their order, each where its size asks for it to be.

    Attributes:
        offset: Where the next field would begin, counted as alignment counts it.
    """

    def __init__(self) -> None:
        self._parts = [PLAIN]
        self.offset = 0

    def number(self, code: str, value: float | bool) -> None:
        """Write a number: ``?`` for bool, ``i`` for int32, ``I`` for uint32, ``Q`` for uint64 or ``d`` for float64."""
        kind = _TYPES[code]
        self._align(kind.size)
        self._put(kind.pack(value))

    def time(self, seconds: int, nanoseconds: int) -> None:
        """Write a Time or a Duration."""
        self.number("i", seconds)
        self.number("I", nanoseconds)

    def text(self, text: str) -> None:
        """Write a string; its length counts the zero at its end."""
        written = text.encode()
        self.number("I", len(written) + 1)
        self._put(written + b"\0")

    def texts(self, texts: Sequence[str]) -> None:
        """Write a sequence of strings."""
        self.number("I", len(texts))
        self._put(_sequence(tuple(texts), self.offset % 4))

    def doubles(self, values: NDArray[np.float64]) -> None:
        """Write a sequence of float64, in the row-major order of an array of any shape."""
        self.number("I", values.size)
        if values.size:
            self._align(8)
            self._put(values.astype("<f8", copy=False).tobytes())

    def finish(self) -> bytes:
        """Return the message."""
        return b"".join(self._parts)

    def _align(self, size: int) -> None:
        gap = -self.offset % size
        if gap:
            self._put(bytes(gap))

    def _put(self, data: bytes) -> None:
        self._parts.append(data)
        self.offset += len(data)


@lru_cache
def _sequence(texts: tuple[str, ...], offset: int) -> bytes:
    """Return strings as they follow one another from an offset on: most are the same in every message."""
    out = Writer()
    out._put(bytes(offset))
    for text in texts:
        out.text(text)
    return out.finish()[_HEADER + offset :]


class Reader:
    """Reads the fields of a message in their order.

    Attributes:
        offset: Where the next field may begin, counted as alignment counts it.

    Args:
        data: The message, which begins as `PLAIN` does.

    Raises:
        CdrError: It begins otherwise; so do all methods where it is shorter than what is read.
    """

    def __init__(self, data: bytes) -> None:
        if data[:2] != PLAIN[:2]:
            raise CdrError(f"a message in plain little-endian CDR begins with {PLAIN[:2].hex()}, not {data[:2].hex()}")
        self._data = data[_HEADER:]
        self.offset = 0

    def number(self, code: str) -> int | float:
        """Read a number of a type that a `Writer` writes."""
        kind = _TYPES[code]
        begin = self._reach(kind.size, kind.size)
        value: int | float = kind.unpack_from(self._data, begin)[0]
        return value

    def time(self) -> tuple[int, int]:
        """Read a Time or a Duration: seconds and nanoseconds."""
        begin = self._reach(STAMP.size, 4)
        seconds, nanoseconds = STAMP.unpack_from(self._data, begin)
        return seconds, nanoseconds

    def count(self) -> int:
        """Read the length of a sequence."""
        return int(self.number("I"))

    def text(self) -> str:
        """Read a string."""
        return _text(self._take(self.count()))

    def texts(self) -> tuple[str, ...]:
        """Read a sequence of strings."""
        count = self.count()
        begin = self.offset
        for _ in range(count):
            self._reach(self.count())
        return _texts(self._data[begin : self.offset], count)

    def doubles(self) -> NDArray[np.float64]:
        """Read a sequence of float64, read-only, shape (N,)."""
        count = self.count()
        return np.frombuffer(self._take(8 * count, 8 if count else 1), "<f8")

    def skip(self, fields: bytes) -> bool:
        """Go on behind fields that are known to follow, if they do: to compare is less than to read."""
        known = self._data.startswith(fields, self.offset)
        if known:
            self.offset += len(fields)
        return known

    def _take(self, size: int, alignment: int = 1) -> bytes:
        begin = self._reach(size, alignment)
        return self._data[begin : self.offset]

    def _reach(self, size: int, alignment: int = 1) -> int:
        """Go on behind what comes next, and return where it begins."""
        begin = self.offset + -self.offset % alignment
        self.offset = begin + size
        if self.offset > len(self._data):
            raise CdrError(f"the message has {len(self._data)} bytes, and goes on to {self.offset}")
        return begin


@lru_cache
def _text(data: bytes) -> str:
    """Return the string that bytes hold, with the zero at its end; most are the same in every message."""
    try:
        return data.rstrip(b"\0").decode()
    except UnicodeDecodeError as error:
        raise CdrError(f"{data!r} is no text: {error}") from error


@lru_cache
def _texts(data: bytes, count: int) -> tuple[str, ...]:
    """Return the strings of a sequence whose bytes follow its length; most are the same in every message."""
    # The length aligns as any number of that size does, so what follows it begins aligned.
    block = Reader(PLAIN + data)
    return tuple(block.text() for _ in range(count))
