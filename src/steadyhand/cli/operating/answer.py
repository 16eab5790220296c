"""The bridge's answer to the operator, printed, with an exit code."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from steadyhand.nodes.operator import Operator

REFUSED = 1
NO_ANSWER = 3
WITHIN = 5.0
"""Longest time until the bridge answers [s]: on a busy machine to be discovered takes seconds."""


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
        raise typer.Exit(code)


def _print(as_json: bool, code: int, said: str, seconds: float) -> None:
    if as_json:
        typer.echo(json.dumps({"done": code == 0, "answered": code != NO_ANSWER, "message": said, "seconds": seconds}))
    else:
        typer.secho(said, fg=typer.colors.GREEN if code == 0 else typer.colors.RED, err=code != 0)
