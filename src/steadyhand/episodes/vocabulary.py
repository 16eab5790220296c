"""The vocabulary: which instructions a deployment takes at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from steadyhand.episodes.exceptions import VocabularyError

NOT_IN_VOCABULARY = "NOT_IN_VOCABULARY"


def check_vocabulary(vocabulary: Sequence[str], instruction: str) -> None:
    """Check that an instruction, as a whole and in any case, is one of the patterns; none at all allow everything.

    Raises:
        VocabularyError: It is none of them; the message begins with the code, and lists them.
    """
    said = " ".join(instruction.split())
    if not vocabulary or any(re.fullmatch(pattern, said, re.IGNORECASE) for pattern in vocabulary):
        return
    raise VocabularyError(f"{NOT_IN_VOCABULARY}: '{said}' is not understood; understood are: {'; '.join(vocabulary)}")
