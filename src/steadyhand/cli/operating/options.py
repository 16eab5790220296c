"""Options of the operator's commands."""

from __future__ import annotations

from typing import Annotated

import typer

Namespace = Annotated[str, typer.Option("--namespace", "-n", help="Namespace of the nodes, for one of several robots.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
