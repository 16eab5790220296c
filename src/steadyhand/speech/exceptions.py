"""Errors of speech."""

from steadyhand.exceptions import SteadyhandError


class SpeechError(SteadyhandError):
    """Nothing can be recorded or recognised; the message says what lacks."""
