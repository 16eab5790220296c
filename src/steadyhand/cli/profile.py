"""``steadyhand profile``: robot profiles written from live robots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from steadyhand.exceptions import SteadyhandError

if TYPE_CHECKING:
    from steadyhand.profiles.from_robot.live import LiveRobot

_ABSENT = 3

profile = typer.Typer(no_args_is_help=True, help="Write profiles.")


@profile.callback()
def _profile() -> None:
    """Write profiles."""


@profile.command("from-robot")
def from_robot(
    out: Annotated[Path, typer.Option(help="File to write, such as config/robots/NAME.yaml. Never overwritten.")],
    name: Annotated[str, typer.Option(help="Name of the profile; empty: that of the file.")] = "",
    description: Annotated[
        str,
        typer.Option(
            help="What the profile's description is to be, such as package://PACKAGE/urdf/NAME.urdf.xacro; empty: "
            "the description that the robot publishes, written beside the profile."
        ),
    ] = "",
    namespace: Annotated[str, typer.Option(help="Namespace of the robot's topics.")] = "",
    timeout: Annotated[float, typer.Option(min=0.1, help="Longest wait for the description, in seconds.")] = 10.0,
    listen: Annotated[
        float, typer.Option(min=0.5, help="Time to listen to joint states and cameras, in seconds.")
    ] = 3.0,
) -> None:
    """Write a commented robot profile, with safe limits, of the robot whose topics are there. Commands nothing.

    Exits 2 where the profile cannot be written, and 3 where no description comes in time.
    """
    from steadyhand.profiles.from_robot.profile import profile_text

    urdf = out.with_suffix(".urdf")
    for file in (out,) if description else (out, urdf):
        if file.exists():
            raise SteadyhandError(f"{file} is there already, and is not overwritten. Name another file with --out.")
    robot = _looked_at(namespace, timeout, listen)
    text = profile_text(robot, name or out.stem, description or urdf.name)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        # "x" refuses what has come to be there in the meantime.
        if not description:
            with urdf.open("x", encoding="utf-8") as opened:
                opened.write(robot.urdf)
        with out.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        raise SteadyhandError(f"{out} cannot be written: {error}. Name another file with --out.") from error
    guesses = text.count("GUESS")
    typer.echo(f"{out}: {guesses} guesses, each with GUESS in its comment. Read them before anything moves.")


def _looked_at(namespace: str, timeout: float, listen: float) -> LiveRobot:
    try:
        from steadyhand.nodes.robot_survey import NoDescriptionError, RobotSurvey
    except ImportError as error:
        raise SteadyhandError(f"ROS is needed to look at a robot: {error}. Source a ROS installation.") from error
    survey = RobotSurvey(namespace)
    try:
        return survey.look(timeout, listen)
    except NoDescriptionError as error:
        typer.secho(str(error), fg=typer.colors.RED, err=True)
        raise typer.Exit(_ABSENT) from error
    finally:
        survey.close()
