from __future__ import annotations

import pytest

from steadyhand.episodes.exceptions import VocabularyError
from steadyhand.episodes.vocabulary import check_vocabulary

PATTERNS = (r"(pick up|grab) the \w+ cube", "go home")


@pytest.mark.parametrize("said", ["pick up the red cube", " Grab  the BLUE cube ", "go home"])
def test_an_instruction_that_a_pattern_covers_as_a_whole_is_taken(said: str) -> None:
    check_vocabulary(PATTERNS, said)


@pytest.mark.parametrize("said", ["dance", "pick up the red cube and throw it", "do not go home"])
def test_any_other_is_refused_with_what_is_understood(said: str) -> None:
    with pytest.raises(VocabularyError, match="NOT_IN_VOCABULARY") as refusal:
        check_vocabulary(PATTERNS, said)
    assert "go home" in str(refusal.value)


def test_without_a_vocabulary_everything_is_taken() -> None:
    check_vocabulary((), "dance")
