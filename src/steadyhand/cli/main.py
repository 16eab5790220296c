"""The entry point: options of every subcommand, and errors as a sentence instead of a traceback."""

import sys
from typing import Annotated

import typer

from steadyhand import __version__
from steadyhand.cli.commands import Commands
from steadyhand.exceptions import SteadyhandError

REFUSED = 2  # as for a wrong option

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"steadyhand {__version__}")
        raise typer.Exit


@app.callback()
def steadyhand(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Vision-language-action policies on arms that MoveIt and ros2_control drive."""


def main() -> None:
    """Run the command line. Exits 2 where steadyhand refuses, and prints why and the remedy in red."""
    try:
        app(prog_name="steadyhand")
    except SteadyhandError as error:
        typer.secho(str(error), fg=typer.colors.RED, err=True)
        sys.exit(REFUSED)
