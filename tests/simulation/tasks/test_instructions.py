"""Phrasing and understanding instructions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.simulation.tasks.instructions import COLOURS, phrasings, requested_colour


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("held_out", [False, True])
def test_every_phrasing_is_understood(colour, held_out):
    for sentence in phrasings(colour, held_out=held_out):
        assert requested_colour(sentence) == colour, sentence


@pytest.mark.parametrize("colour", COLOURS)
def test_held_out_phrasings_are_not_trained_on(colour):
    training, held_out = phrasings(colour), phrasings(colour, held_out=True)
    assert len(set(training)) == len(training) >= 100
    assert len(set(held_out)) == len(held_out) >= 25
    assert not set(training) & set(held_out)
    assert training[0] == f"pick up the {colour} cube"


def test_held_out_words_all_occur_in_training():
    training = {word for sentence in phrasings("red") for word in sentence.split()}
    held_out = {word for sentence in phrasings("red", held_out=True) for word in sentence.split()}
    assert held_out <= training


@pytest.mark.parametrize(
    ("sentence", "colour"),
    [
        ("Pick up the RED cube!", "red"),
        ("lift the green one", "green"),
        ("grab the blue block", "blue"),
        ("Could you hold up the red block, please?", "red"),
        ("picking up the green box", "green"),
    ],
)
def test_people_are_understood(sentence, colour):
    assert requested_colour(sentence) == colour


@pytest.mark.parametrize(
    "sentence",
    [
        "", "pick up the cube", "pick up the yellow cube", "pick up the red and the blue cube", "the red cube",
        "push the red cube", "do not pick up the red cube", "don't grab the blue block", "never lift the green one",
        "pick up the hundred cube", "put the red cube down",
    ],
)  # fmt: skip
def test_what_does_not_ask_for_one_cube_is_not_understood(sentence):
    assert requested_colour(sentence) is None


@given(st.text())
def test_any_text_is_judged_without_error(text):
    assert requested_colour(text) in (None, *COLOURS)
