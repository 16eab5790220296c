"""Video4Linux2's questions about a device: the structures and request numbers of <linux/videodev2.h>."""

from __future__ import annotations

import ctypes
import fcntl
from collections.abc import Callable

Ioctl = Callable[[int, int, ctypes.Structure], None]
"""Asks a device, by file descriptor and request; the answer is in the structure. Raises OSError."""

VIDEO_CAPTURE = 0x00000001
DEVICE_CAPS = 0x80000000
"""Capabilities: images can be had; ``device_caps`` is that of this node rather than of the whole device."""

BUFFER_VIDEO_CAPTURE = 1
MEMORY_MMAP = 1

DISCRETE = 1
"""Sizes and intervals are listed one by one; otherwise they are a range with steps."""


class Capability(ctypes.Structure):
    """struct v4l2_capability."""

    _fields_ = (
        ("driver", ctypes.c_char * 16),
        ("card", ctypes.c_char * 32),
        ("bus_info", ctypes.c_char * 32),
        ("version", ctypes.c_uint32),
        ("capabilities", ctypes.c_uint32),
        ("device_caps", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32 * 3),
    )


class FormatDescription(ctypes.Structure):
    """struct v4l2_fmtdesc."""

    _fields_ = (
        ("index", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("description", ctypes.c_char * 32),
        ("pixelformat", ctypes.c_uint32),
        ("mbus_code", ctypes.c_uint32),
        ("reserved", ctypes.c_uint32 * 3),
    )


class FrameSizes(ctypes.Structure):
    """struct v4l2_frmsizeenum; ``numbers`` is the union: width, height, or both with smallest, largest and step."""

    _fields_ = (
        ("index", ctypes.c_uint32),
        ("pixel_format", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("numbers", ctypes.c_uint32 * 6),
        ("reserved", ctypes.c_uint32 * 2),
    )


class FrameIntervals(ctypes.Structure):
    """struct v4l2_frmivalenum; ``numbers`` is the union: one fraction [s], or shortest, longest and step."""

    _fields_ = (
        ("index", ctypes.c_uint32),
        ("pixel_format", ctypes.c_uint32),
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("numbers", ctypes.c_uint32 * 6),
        ("reserved", ctypes.c_uint32 * 2),
    )


class RequestBuffers(ctypes.Structure):
    """struct v4l2_requestbuffers."""

    _fields_ = (
        ("count", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("memory", ctypes.c_uint32),
        ("capabilities", ctypes.c_uint32),
        ("flags", ctypes.c_uint8),
        ("reserved", ctypes.c_uint8 * 3),
    )


_WRITE, _READ = 1, 2


def _request(direction: int, number: int, structure: type[ctypes.Structure]) -> int:
    """Return the number of a request, as _IOC of <asm-generic/ioctl.h> makes it."""
    return direction << 30 | ctypes.sizeof(structure) << 16 | ord("V") << 8 | number


QUERYCAP = _request(_READ, 0, Capability)
ENUM_FMT = _request(_READ | _WRITE, 2, FormatDescription)
REQBUFS = _request(_READ | _WRITE, 8, RequestBuffers)
ENUM_FRAMESIZES = _request(_READ | _WRITE, 74, FrameSizes)
ENUM_FRAMEINTERVALS = _request(_READ | _WRITE, 75, FrameIntervals)


def kernel_ioctl(descriptor: int, request: int, structure: ctypes.Structure) -> None:
    """Ask the kernel.

    Raises:
        OSError: The device does not know the question, has no more answers (EINVAL), or has gone.
    """
    fcntl.ioctl(descriptor, request, structure, True)
