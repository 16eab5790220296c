"""Memory that a process keeps for the next image instead of giving it back after each."""

from __future__ import annotations

import ctypes

# As in glibc's malloc.h.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_LARGEST_THRESHOLD = 32 << 20
_KEPT = 256 << 20
_STEP = 16 << 20


def keep_large_blocks() -> bool:
    """Let malloc keep blocks of up to 32 MB for what comes next; return False where the C library offers no choice.

    A message with an image is several blocks of a megabyte that live for a millisecond. By itself glibc gives each back
    to the kernel, which clears every page of the next one anew: more than half of the time that an image takes from one
    process to another.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    chosen = ((_MMAP_THRESHOLD, _LARGEST_THRESHOLD), (_TRIM_THRESHOLD, _KEPT), (_TOP_PAD, _STEP))
    done = [mallopt(parameter, value) for parameter, value in chosen]
    return all(done)
