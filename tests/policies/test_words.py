import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.policies.words import BUCKETS, LENGTH, bucket, hash_words
from steadyhand.simulation.tasks.instructions import COLOURS, phrasings


def test_buckets_never_change() -> None:
    # The committed weights know these words by these numbers.
    assert [bucket(word) for word in ("pick", "up", "the", "red", "green", "blue", "cube")] == [
        zlib.crc32(word) % 4095 + 1 for word in (b"pick", b"up", b"the", b"red", b"green", b"blue", b"cube")
    ]
    assert hash_words("pick up the red cube").tolist() == [3334, 2051, 634, 1696, 469] + [0] * 11


def test_case_and_punctuation_do_not_matter() -> None:
    assert np.array_equal(hash_words("Robot, pick up the RED cube!"), hash_words("robot pick up the red cube"))


def test_colours_share_no_bucket_with_any_word_of_the_task() -> None:
    words = {
        word
        for colour in COLOURS
        for held in (False, True)
        for s in phrasings(colour, held_out=held)
        for word in s.split()
    }
    buckets = {word.strip(","): bucket(word.strip(",")) for word in words}
    for colour in COLOURS:
        assert sum(value == buckets[colour] for value in buckets.values()) == 1


@given(st.text())
def test_any_text_gives_a_padded_row_of_buckets(text: str) -> None:
    words = hash_words(text)
    assert words.shape == (LENGTH,) and words.dtype == np.int64
    assert words.min() >= 0 and words.max() < BUCKETS
    padding = np.flatnonzero(words == 0)
    assert padding.size == 0 or np.all(words[padding[0] :] == 0)


@pytest.mark.parametrize("length", [1, 4, 40])
def test_length_can_be_chosen(length: int) -> None:
    assert hash_words("pick up the red cube please", length).shape == (length,)
