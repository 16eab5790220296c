"""Instructions as hashed words."""

from __future__ import annotations

import re
import zlib

import numpy as np
from numpy.typing import NDArray

BUCKETS = 4096
"""Number of hash buckets; bucket 0 is padding."""

LENGTH = 16
"""Words kept of an instruction."""

_WORD = re.compile(r"[^\W_]+")


def bucket(word: str) -> int:
    """Return the bucket of one word, 1 to ``BUCKETS - 1``: CRC-32 of its UTF-8 bytes, equal on every machine."""
    return zlib.crc32(word.lower().encode()) % (BUCKETS - 1) + 1


def hash_words(instruction: str, length: int = LENGTH) -> NDArray[np.int64]:
    """Return the buckets of an instruction's words in order, zero-padded, shape (length,).

    Letter case and punctuation do not matter; words past ``length`` are dropped.
    """
    buckets = [bucket(word) for word in _WORD.findall(instruction)][:length]
    return np.array(buckets + [0] * (length - len(buckets)), dtype=np.int64)
