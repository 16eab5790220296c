"""``steadyhand speed``: the speed override, at run time."""

from __future__ import annotations

from typing import Annotated

import typer

from steadyhand.cli.operating.answer import WITHIN, ask
from steadyhand.cli.operating.options import AsJson, Namespace


def speed(
    wanted: Annotated[float, typer.Argument(help="Part of the policy's own speed; 0 holds.", min=0.0, max=1.0)],
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Change the speed of the open episode, and the highest one of those to come.

    Exits 1 where the bridge refuses, 3 where none answers.
    """
    ask(namespace, as_json, lambda operator: operator.set_bridge("speed", float(wanted), WITHIN), f"speed {wanted:g}")
