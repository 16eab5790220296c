"""A camera at the boundary of the kernel, written from <linux/videodev2.h> and not from our structures.

It answers ioctls by their numbers, as bytes at the offsets of the header: what a C compiler gives for x86_64 and
aarch64.
"""

from __future__ import annotations

import ctypes
import errno
import struct

QUERYCAP, ENUM_FMT, REQBUFS = 0x80685600, 0xC0405602, 0xC0145608
ENUM_FRAMESIZES, ENUM_FRAMEINTERVALS = 0xC02C564A, 0xC034564B
SIZES = {QUERYCAP: 104, ENUM_FMT: 64, REQBUFS: 20, ENUM_FRAMESIZES: 44, ENUM_FRAMEINTERVALS: 52}


def fourcc(letters):
    return struct.unpack("<I", letters.ljust(4).encode())[0]


class V4l2Double:
    """Answers as a device does.

    Attributes:
        formats: Letters to (description, sizes); sizes are (width, height) to intervals [(numerator, denominator)], or
            one range of six numbers to three intervals.
        captures: Images can be had from it.
        busy: Somebody else takes them.
        gone: It has been unplugged.
        known: False where it is no video device at all.
    """

    def __init__(self, formats, card="Double HD"):
        self.formats = formats
        self.card = card
        self.captures = True
        self.busy = self.gone = False
        self.known = True
        self.asked = []

    def __call__(self, descriptor, request, structure):
        assert descriptor >= 0
        assert ctypes.sizeof(structure) == SIZES[request]
        self.asked.append(request)
        if self.gone:
            raise OSError(errno.ENODEV, "No such device")
        if not self.known:
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")
        content = bytearray(bytes(structure))
        {
            QUERYCAP: self._querycap,
            ENUM_FMT: self._format,
            REQBUFS: self._buffers,
            ENUM_FRAMESIZES: self._size,
            ENUM_FRAMEINTERVALS: self._interval,
        }[request](content)
        ctypes.memmove(ctypes.addressof(structure), bytes(content), len(content))

    def _querycap(self, content):
        own = 0x04200001 if self.captures else 0x04A00000
        struct.pack_into(
            "<16s32s32sIII", content, 0, b"uvcvideo", self.card.encode(), b"usb-1", 0x60500, 0x84A00001, own
        )

    def _format(self, content):
        index, kind = struct.unpack_from("<II", content, 0)
        letters, (description, _) = self._entry(list(self.formats.items()), index if kind == 1 else 999)
        struct.pack_into("<32sI", content, 12, description.encode(), fourcc(letters))

    def _size(self, content):
        index, code = struct.unpack_from("<II", content, 0)
        size, _ = self._entry(list(self._sizes(code).items()), index)
        kind = 1 if len(size) == 2 else 3
        struct.pack_into(f"<I{len(size)}I", content, 8, kind, *size)

    def _interval(self, content):
        index, code, width, height = struct.unpack_from("<IIII", content, 0)
        for size, intervals in self._sizes(code).items():
            if len(size) == 6 and index == 0:
                numbers = [number for interval in intervals for number in interval]
                struct.pack_into("<I6I", content, 16, 3, *numbers)
                return
            if size == (width, height):
                struct.pack_into("<I2I", content, 16, 1, *self._entry(intervals, index))
                return
        raise OSError(errno.EINVAL, "Invalid argument")

    def _buffers(self, content):
        assert struct.unpack_from("<III", content, 0) == (0, 1, 1), "it asks for nothing"
        if self.busy:
            raise OSError(errno.EBUSY, "Device or resource busy")

    def _sizes(self, code):
        return next((sizes for letters, (_, sizes) in self.formats.items() if fourcc(letters) == code), {})

    @staticmethod
    def _entry(entries, index):
        if index >= len(entries):
            raise OSError(errno.EINVAL, "Invalid argument")
        return entries[index]


THIRTY, FIFTEEN, FIVE = (1, 30), (1, 15), (1, 5)


def webcam():
    """A camera as many are: fast where it compresses, slow where it does not."""
    return V4l2Double(
        {
            "YUYV": ("YUYV 4:2:2", {(640, 480): [THIRTY, FIFTEEN], (1280, 720): [FIVE]}),
            "MJPG": ("Motion-JPEG", {(640, 480): [THIRTY], (1280, 720): [THIRTY]}),
        }
    )
