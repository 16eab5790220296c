"""The entry point: options of every subcommand, and errors as a sentence instead of a traceback."""

import errno
import sys
from importlib.util import find_spec
from typing import Annotated, NoReturn

import typer

from steadyhand import __version__
from steadyhand.cli.commands import Commands
from steadyhand.exceptions import SteadyhandError

REFUSED = 2  # as for a wrong option
_PLACES = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.ENOSPC,
}
"""What is wrong with a place that the user named, or is in."""

_INTERFACES = {"steadyhand.msg", "steadyhand.srv", "steadyhand.action"}
_SOURCE = "source the distribution and the workspace that it was built in, or make setup in its source"

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
        _refuse(str(error))
    except OSError as error:
        if error.filename is None or error.errno not in _PLACES:
            raise
        _refuse(f"{error.filename}: {error.strerror}. Name a place that can be read, or written, as this user.")
    except ModuleNotFoundError as error:
        if find_spec("rclpy") is None:
            _refuse(f"This command needs ROS 2, and there is none here ({error}): {_SOURCE}.")
        if error.name in _INTERFACES:
            _refuse(f"The interfaces of steadyhand are not built, or not on the path ({error}): {_SOURCE}.")
        raise


def _refuse(why: str) -> NoReturn:
    typer.secho(why, fg=typer.colors.RED, err=True)
    sys.exit(REFUSED)
