"""What was said, from its samples, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from steadyhand.speech.exceptions import SpeechError

RATE = 16000
"""Samples in a second, 16 bit, one channel [Hz]."""


class PocketsphinxRecogniser:
    """PocketSphinx with the US English model that comes in its wheel; nothing is downloaded.

    Its language model knows English at large and often mishears. A grammar of what may be said at all makes it
    reliable: what does not fit is then heard as the sentence nearest to it, or not at all. The operator confirms both.

    Args:
        grammar: Sentences that may be said, as a JSGF file (W3C Note "JSpeech Grammar Format"); None for any English.

    Raises:
        SpeechError: PocketSphinx is not installed, or the grammar cannot be read.
    """

    def __init__(self, grammar: Path | None = None) -> None:
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise SpeechError(
                f"speech needs PocketSphinx: {error}. Install the extra: pip install 'steadyhand[speech]'"
            ) from error
        if grammar is not None and not grammar.is_file():
            raise SpeechError(f"speech_grammar: no file {grammar}; give a JSGF file, or nothing for any English")
        options: dict[str, Any] = {} if grammar is None else {"jsgf": str(grammar), "lm": None}
        try:
            self._decoder = Decoder(samprate=float(RATE), loglevel="FATAL", **options)
        except (RuntimeError, ValueError) as error:
            raise SpeechError(
                f"speech_grammar: {grammar} is not understood ({error}); it needs the header '#JSGF V1.0;' and one "
                "public rule, of words that the dictionary has"
            ) from error

    def hear(self, samples: bytes) -> str:
        """Return what was said, in lower case, empty where nothing was understood; 16 bit samples at `RATE`."""
        self._decoder.start_utt()
        self._decoder.process_raw(samples, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return "" if found is None else str(found.hypstr).strip().lower()
