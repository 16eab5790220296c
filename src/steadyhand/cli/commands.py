"""Subcommands found by file name, and imported only when asked for."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

FOLDER = "steadyhand.cli"
NOT_COMMANDS = ("commands", "main")


class Commands(TyperGroup):
    """Group whose subcommand NAME is what ``steadyhand.cli.NAME`` calls NAME: a function, or a typer app of its own.

    A module without that name lends its commands to others, and is not one itself. Underscores become dashes.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all subcommands, in alphabetical order. Imports every one."""
        modules = sorted(m.name for m in iter_modules(import_module(FOLDER).__path__))
        names = [module.replace("_", "-") for module in modules if module not in NOT_COMMANDS]
        return [name for name in names if self.get_command(ctx, name) is not None]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002  (the signature of click)
        """Return the subcommand of a name, or None where there is none. Imports that one only."""
        name = cmd_name.replace("-", "_")
        if not name.isidentifier() or name in NOT_COMMANDS or find_spec(f"{FOLDER}.{name}") is None:
            return None
        member = getattr(import_module(f"{FOLDER}.{name}"), name, None)
        if member is None:
            return None
        if isinstance(member, typer.Typer):
            return get_command(member)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(cmd_name)(member)
        return get_command(alone)
