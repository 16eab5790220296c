"""``steadyhand confirm``: consent to the motion that waits for it."""

from __future__ import annotations

from steadyhand.cli.operating.answer import say
from steadyhand.cli.operating.options import AsJson, Namespace


def confirm(namespace: Namespace = "", as_json: AsJson = False) -> None:
    """Consent to the motion that the bridge shows in the mode confirm.

    Exits 1 where the bridge refuses, 3 where none answers.
    """
    say("confirm", namespace, as_json=as_json)
