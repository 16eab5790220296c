"""What a Video4Linux2 device offers: pixel formats, with their sizes, with their rates."""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from steadyhand.cameras import v4l2_api as api
from steadyhand.cameras.source import Size

Structure = TypeVar("Structure", bound=ctypes.Structure)

# A driver that never says "no more" must not be asked for ever.
_MOST = 256
_SAME_RATE = 0.01


@dataclass(frozen=True)
class OfferedSize:
    """A size of frames, or a range of sizes.

    Attributes:
        smallest: The size, or the smallest of the range.
        largest: The same, or the largest of the range.
        step: Steps of the range [px]; (0, 0) for one size.
        rates: Rates that go with it [Hz], fastest first; empty where the driver does not say.
        any_rate: True where all rates between the last and the first of ``rates`` are offered.
    """

    smallest: Size
    largest: Size
    step: tuple[int, int] = (0, 0)
    rates: tuple[float, ...] = ()
    any_rate: bool = False

    def has(self, size: Size) -> bool:
        """Return whether a size is offered here."""
        return all(
            low <= value <= high and (value - low) % max(1, step) == 0
            for low, value, high, step in zip(self.smallest, size, self.largest, self.step, strict=True)
        )

    def has_rate(self, rate: float) -> bool:
        """Return whether a rate [Hz] goes with it, within a hundredth; true where the driver does not say."""
        if not self.rates:
            return True
        if self.any_rate:
            return self.rates[-1] * (1.0 - _SAME_RATE) <= rate <= self.rates[0] * (1.0 + _SAME_RATE)
        return any(abs(rate - offered) <= _SAME_RATE * offered for offered in self.rates)

    def __str__(self) -> str:
        """Return it as in ``640x480 (30, 15 Hz)``."""
        text = str(self.smallest) if self.smallest == self.largest else f"{self.smallest} to {self.largest}"
        between = " to " if self.any_rate else ", "
        return text + (f" ({between.join(f'{rate:.4g}' for rate in self.rates)} Hz)" if self.rates else "")


@dataclass(frozen=True)
class PixelFormat:
    """A pixel format.

    Attributes:
        code: Its four letters.
        description: The driver's name for it.
        sizes: Sizes that go with it; empty where the driver does not say.
    """

    code: str
    description: str
    sizes: tuple[OfferedSize, ...] = ()

    def __str__(self) -> str:
        """Return it with its sizes on one line."""
        return f"{self.code}: " + ("; ".join(str(size) for size in self.sizes) or "sizes unknown")


@dataclass(frozen=True)
class Device:
    """What a device says of itself.

    Attributes:
        card: Its name.
        driver: Its driver.
        bus: Where it is plugged in.
        captures: True where images can be had from this node; cameras have nodes for metadata too.
    """

    card: str
    driver: str
    bus: str
    captures: bool


def describe(descriptor: int, ioctl: api.Ioctl = api.kernel_ioctl) -> Device:
    """Ask an open device what it is.

    Raises:
        OSError: It is no Video4Linux2 device, or has gone.
    """
    answer = api.Capability()
    ioctl(descriptor, api.QUERYCAP, answer)
    able = answer.device_caps if answer.capabilities & api.DEVICE_CAPS else answer.capabilities
    card, driver, bus = (_text(part) for part in (answer.card, answer.driver, answer.bus_info))
    return Device(card, driver, bus, captures=bool(able & api.VIDEO_CAPTURE))


def formats(descriptor: int, ioctl: api.Ioctl = api.kernel_ioctl) -> tuple[PixelFormat, ...]:
    """Ask an open device for all that it offers.

    Raises:
        OSError: The device has gone.
    """
    found = []
    question = api.FormatDescription(type=api.BUFFER_VIDEO_CAPTURE)
    for answer in _each(descriptor, api.ENUM_FMT, question, ioctl):
        code = int(answer.pixelformat)
        sizes = tuple(_sizes(descriptor, code, ioctl))
        found.append(PixelFormat(letters(code), _text(answer.description), sizes))
    return tuple(found)


def is_busy(descriptor: int, ioctl: api.Ioctl = api.kernel_ioctl) -> bool:
    """Return whether somebody else takes images from an open device: it then refuses buffers to anyone."""
    try:
        # None are wanted, and so none are taken.
        ioctl(
            descriptor,
            api.REQBUFS,
            api.RequestBuffers(count=0, type=api.BUFFER_VIDEO_CAPTURE, memory=api.MEMORY_MMAP),
        )
    except OSError as error:
        return error.errno == errno.EBUSY
    return False


def letters(code: int) -> str:
    """Return the four letters of a pixel format's number, without spaces at the end."""
    return (code & 0x7FFFFFFF).to_bytes(4, "little").decode("ascii", errors="replace").rstrip()


def number(code: str) -> int:
    """Return the number of a pixel format's four letters."""
    return int.from_bytes(code.ljust(4)[:4].encode("ascii", errors="replace"), "little")


def _text(part: bytes) -> str:
    return bytes(part).decode(errors="replace")


def _sizes(descriptor: int, code: int, ioctl: api.Ioctl) -> Iterator[OfferedSize]:
    for answer in _each(descriptor, api.ENUM_FRAMESIZES, api.FrameSizes(pixel_format=code), ioctl):
        numbers = tuple(answer.numbers)
        if answer.type == api.DISCRETE:
            smallest = largest = Size(*numbers[:2])
            step = (0, 0)
        else:
            smallest, largest = Size(numbers[0], numbers[3]), Size(numbers[1], numbers[4])
            step = (numbers[2], numbers[5])
        rates, any_rate = _rates(descriptor, code, largest, ioctl)
        yield OfferedSize(smallest, largest, step, rates, any_rate)


def _rates(descriptor: int, code: int, size: Size, ioctl: api.Ioctl) -> tuple[tuple[float, ...], bool]:
    question = api.FrameIntervals(pixel_format=code, width=size.width, height=size.height)
    rates: set[float] = set()
    any_rate = False
    for answer in _each(descriptor, api.ENUM_FRAMEINTERVALS, question, ioctl):
        any_rate = answer.type != api.DISCRETE
        numbers = tuple(answer.numbers)
        for numerator, denominator in (numbers[0:2], numbers[2:4])[: 2 if any_rate else 1]:
            if numerator:
                rates.add(denominator / numerator)
        if any_rate:
            break
    return tuple(sorted(rates, reverse=True)), any_rate


def _each(descriptor: int, request: int, question: Structure, ioctl: api.Ioctl) -> Iterator[Structure]:
    """Ask for one entry after the other until there is none."""
    for index in range(_MOST):
        answer = type(question).from_buffer_copy(question)
        answer.index = index
        try:
            ioctl(descriptor, request, answer)
        except OSError as error:
            if error.errno in (errno.EINVAL, errno.ENOTTY):
                return
            raise
        yield answer
        if request == api.ENUM_FRAMESIZES and answer.type != api.DISCRETE:
            return
