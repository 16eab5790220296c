"""The bridge's answer to the operator, printed, with an exit code."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from steadyhand.nodes.operator import Operator

REFUSED = 1
NO_ANSWER = 3
WITHIN = 5.0
"""Longest time until the bridge answers [s]: on a busy machine to be discovered takes seconds."""


DONE = {"stop": "stopped", "resume": "resumed", "confirm": "confirmed"}
"""Words that are services of the bridge, to what is said where they were done and it says nothing."""
_GREEN, _RED, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[0m"


def say(word: str, namespace: str = "", *, as_json: bool = False) -> None:
    """Say one of `DONE` to the bridge; see `ask`."""
    ask(namespace, as_json, lambda operator: operator.trigger(f"bridge/{word}", WITHIN), DONE[word])


def ask(namespace: str, as_json: bool, question: Callable[[Operator], tuple[bool, str]], done: str) -> None:
    """Ask the bridge and print what it says. Exits 1 where it refuses, 3 where nobody answers.

    Args:
        namespace: Of the bridge.
        as_json: Print a document instead of words.
        question: What to ask.
        done: What to say where it was done and the bridge says nothing.
    """
    from steadyhand.nodes.operator import NoAnswerError, Operator

    begun = time.monotonic()
    operator = Operator(namespace)
    try:
        try:
            good, said = question(operator)
            code = 0 if good else REFUSED
        except NoAnswerError as error:
            said, code = str(error), NO_ANSWER
        # Said at once: to leave in order may take a while on a busy machine.
        _print(as_json, code, said or done, time.monotonic() - begun)
    finally:
        operator.close()
    if code:
        sys.exit(code)


def _print(as_json: bool, code: int, said: str, seconds: float) -> None:
    if as_json:
        print(json.dumps({"done": code == 0, "answered": code != NO_ANSWER, "message": said, "seconds": seconds}))
        return
    stream, colour = (sys.stderr, _RED) if code else (sys.stdout, _GREEN)
    print(f"{colour}{said}{_PLAIN}" if stream.isatty() else said, file=stream, flush=True)
