"""``steadyhand collect``: demonstrations to train the embedded policy with."""

from pathlib import Path
from typing import Annotated

import typer


def collect(
    folder: Annotated[Path, typer.Argument(help="Where the demonstrations go.")],
    episodes: Annotated[int, typer.Option(help="Number of demonstrations.", min=1)] = 1200,
    workers: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
    seed: Annotated[int, typer.Option(help="Offset of the scenes' seeds; another one gives other scenes.", min=0)] = 0,
    renderer: Annotated[str, typer.Option(help="auto (a mixture), egl, osmesa or raycast.")] = "auto",
) -> None:
    """Let the scripted expert pick up cubes, with mistakes made on purpose, and record what it sees."""
    from steadyhand.learning import collection

    counts = collection.collect(folder, episodes, workers=workers, seed=seed, backend=renderer)
    typer.echo(
        f"{counts['episodes']:.0f} demonstrations, {counts['frames']:.0f} frames, {100 * counts['success_rate']:.1f} % "
        f"with the cube in the air, {counts['seconds']:.0f} s"
    )
