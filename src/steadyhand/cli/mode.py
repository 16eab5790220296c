"""``steadyhand mode``: shadow, confirm or run, at run time."""

from __future__ import annotations

from typing import Annotated

import typer

from steadyhand.cli.operating.answer import WITHIN, ask
from steadyhand.cli.operating.options import AsJson, Namespace
from steadyhand.execution.mode import Mode


def mode(
    wanted: Annotated[Mode, typer.Argument(help="What becomes of a motion.", metavar="run|confirm|shadow")],
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Change the mode of the open episode, and the least cautious one of those to come.

    An arm that moves brakes first; to run, the episode goes on after `steadyhand resume`. Exits 1 where the bridge
    refuses, 3 where none answers.
    """
    done = f"mode {wanted.value}"
    ask(namespace, as_json, lambda operator: operator.set_bridge("mode", wanted.value, WITHIN), done)
