"""``steadyhand stop``: brake and hold."""

from __future__ import annotations

from steadyhand.cli.operating.answer import say
from steadyhand.cli.operating.options import AsJson, Namespace


def stop(namespace: Namespace = "", as_json: AsJson = False) -> None:
    """Let the bridge brake and hold, at any time. No emergency stop: keep the robot's own in your hand.

    Exits 1 where the bridge refuses, 3 where none answers.
    """
    say("stop", namespace, as_json=as_json)
