"""``steadyhand cameras``: the cameras of this machine, with the names to give them and what they offer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from steadyhand.cameras.v4l2_listing import devices_text, list_devices


def cameras(
    as_json: Annotated[bool, typer.Option("--json", help="Print devices and formats as JSON.")] = False,
) -> None:
    """List Video4Linux2 devices: stable names, pixel formats, sizes, rates. Exits 1 where there is none."""
    devices = list_devices()
    if as_json:
        print(json.dumps([asdict(one) for one in devices], indent=2))
    for one in devices if not as_json else ():
        busy = f", used by {one.busy}" if one.busy else ""
        print(f"{one.device.card} ({one.device.driver}, {one.device.bus}{busy})")
        for name in (*one.by_id, *one.by_path, one.path):
            print(f"  {name}")
        for offered in one.formats:
            print(f"    {offered.code}  {offered.description}")
            for size in offered.sizes:
                print(f"      {size}")
    if not devices:
        typer.echo(f"No camera that this user can open. {devices_text()}", err=True)
        raise typer.Exit(1)
