"""``steadyhand resume``: go on after a stop, or after a fault whose cause is gone."""

from __future__ import annotations

from steadyhand.cli.operating.answer import say
from steadyhand.cli.operating.options import AsJson, Namespace


def resume(namespace: Namespace = "", as_json: AsJson = False) -> None:
    """Let an episode go on after a stop, after a change to the mode run, or after a fault whose cause is gone.

    Exits 1 where the bridge refuses, 3 where none answers.
    """
    say("resume", namespace, as_json=as_json)
