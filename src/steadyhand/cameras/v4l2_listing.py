"""The Video4Linux2 devices of this machine, with names that stay the same when they are plugged in elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from steadyhand.cameras import v4l2_api as api
from steadyhand.cameras.v4l2_formats import Device, PixelFormat, describe, formats, is_busy

DEV = Path("/dev")


@dataclass(frozen=True)
class ListedDevice:
    """One device that images can be had from.

    Attributes:
        path: ``/dev/videoN``; N depends on the order in which devices are found.
        by_id: Names after maker, model and serial number: the same wherever it is plugged in.
        by_path: Names after the port it is plugged into: for cameras without a serial number.
        device: What it says of itself.
        formats: What it offers.
        busy: Who has it open, or "somebody"; empty where it is free.
    """

    path: str
    by_id: tuple[str, ...]
    by_path: tuple[str, ...]
    device: Device
    formats: tuple[PixelFormat, ...]
    busy: str


@contextmanager
def opened(path: str | Path) -> Iterator[int]:
    """Open a device to ask it questions; nobody who uses it is disturbed, and nobody is waited for.

    Raises:
        OSError: It cannot be opened.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def list_devices(dev: Path = DEV, ioctl: api.Ioctl = api.kernel_ioctl) -> list[ListedDevice]:
    """Return every device that images can be had from; those that cannot be asked are left out.

    Args:
        dev: Where devices are.
        ioctl: How they are asked.
    """
    found = []
    for path in sorted(dev.glob("video*"), key=lambda path: (len(path.name), path.name)):
        with suppress(OSError), opened(path) as descriptor:
            device = describe(descriptor, ioctl)
            if device.captures:
                busy = holders(path) or "somebody" if is_busy(descriptor, ioctl) else ""
                by_id, by_path = _links(dev, "by-id", path), _links(dev, "by-path", path)
                found.append(ListedDevice(str(path), by_id, by_path, device, formats(descriptor, ioctl), busy))
    return found


def devices_text(dev: Path = DEV) -> str:
    """Return which devices there are, as a remedy for one that is not there."""
    names = [*sorted(map(str, (dev / "v4l" / "by-id").glob("*"))), *sorted(map(str, dev.glob("video*")))]
    if not names:
        return "This machine has no video device at all: look at the cable, 'lsusb' and 'dmesg'"
    return "There are: " + ", ".join(names)


def holders(path: str | Path) -> str:
    """Return the programs that have a device open, as far as this user may see them: ``guvcview (4711)``."""
    wanted = os.path.realpath(path)
    names = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            number = link.parts[2]
            if number != str(os.getpid()) and str(link.readlink()) == wanted:
                names.add(f"{Path('/proc', number, 'comm').read_text().strip()} ({number})")
    return ", ".join(sorted(names))


def _links(dev: Path, kind: str, path: Path) -> tuple[str, ...]:
    links = (dev / "v4l" / kind).glob("*")
    return tuple(sorted(str(link) for link in links if os.path.realpath(link) == os.path.realpath(path)))
