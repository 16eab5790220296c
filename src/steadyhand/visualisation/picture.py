"""A picture of what RViz would show at one moment of a recording.

python -m steadyhand.visualisation.picture BAG PICTURE [--deployment NAME] [--at SECONDS]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from transforms3d.quaternions import quat2mat

from steadyhand.chunks.arm import workspace_arm
from steadyhand.chunks.messages import chunk_from_message, to_seconds
from steadyhand.evaluation.recording import CHUNKS, JOINTS, REPORTS, Recording, read_recording
from steadyhand.exceptions import SteadyhandError
from steadyhand.kinematics.model import ArmModel
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.exceptions import JointBindingError
from steadyhand.profiles.urdf import parse_description
from steadyhand.visualisation.progress import progress_from_message
from steadyhand.visualisation.shapes import Array, Shape, edges
from steadyhand.visualisation.surroundings import named
from steadyhand.visualisation.view import View

_ARM = (0.35, 0.35, 0.38, 1.0)


def view_at(recording: Recording, contract: Contract, time: float) -> tuple[View, Array | None]:
    """Return what there was to see ``time`` after the first report [s], and where the joints were, shape (n,).

    Args:
        recording: The recording.
        contract: The deployment that it was made with.
        time: Since the first report of the bridge, on the recorder's clock [s].
    """
    view, joints = View(contract), arm_joints(contract.robot, contract.deployment)
    measured = None
    end = recording.of(REPORTS)[0].received + time
    for recorded in recording.messages:
        message = recorded.message
        if recorded.received > end:
            break
        if recorded.role == CHUNKS:
            view.hear_chunk(chunk_from_message(message))
        elif recorded.role == REPORTS:
            view.hear_report(progress_from_message(message))
        elif recorded.role == JOINTS and joints.names[0] in message.name:
            try:
                measured = joints.extract(message.name, message.position)
            except JointBindingError:
                continue
            view.hear_measured(to_seconds(message.header.stamp), measured)
    return view, measured


def skeleton(contract: Contract, positions: Array) -> list[Shape]:
    """Return each arm as a line from its base through its joints to its tool, at joint positions of shape (n,)."""
    description, shapes = parse_description(contract.urdf), []
    for name, one in contract.each_arm().items():
        robot = one.robot
        links = [description.joints[joint].child for joint in robot.joint_names] + [robot.frames.tip]
        models = [ArmModel(one.urdf, robot.joint_names, robot.frames.base, link) for link in links]
        models.append(workspace_arm(one))
        points = np.array([model.forward(positions[contract.robot.arm_columns[name]])[:3, 3] for model in models])
        line = np.vstack((np.zeros(3), points))
        shapes.append(Shape("line", named("arm", name), robot.frames.base, _ARM, line, (0.05,)))
    return shapes


def draw(shapes: list[Shape], path: Path, title: str = "") -> None:
    """Write a picture of shapes that share one frame; its suffix chooses the format."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 7.0), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes: Any = figure.add_subplot(projection="3d")
    for shape in shapes:
        _draw(axes, shape)
    every = np.vstack([shape.points for shape in shapes if shape.kind not in ("box", "lines")])
    middle, half = (every.max(axis=0) + every.min(axis=0)) / 2.0, 0.55 * float(np.ptp(every, axis=0).max())
    for set_limits, centre in zip((axes.set_xlim, axes.set_ylim, axes.set_zlim), middle, strict=True):
        set_limits(centre - half, centre + half)
    axes.set_box_aspect((1.0, 1.0, 1.0))
    axes.view_init(elev=16.0, azim=-68.0)
    for label, axis in (("x [m]", axes.set_xlabel), ("y [m]", axes.set_ylabel), ("z [m]", axes.set_zlabel)):
        axis(label)
    axes.set_title(title, fontsize=11)
    axes.legend(loc="upper left", fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw(axes: Any, shape: Shape) -> None:
    points, colour = shape.points, _on_white(shape.colour)
    if shape.kind == "line":
        axes.plot(*points.T, color=colour, lw=max(1.5, 90.0 * shape.size[0]), label=shape.name, solid_capstyle="round")
    elif shape.kind == "dots":
        axes.scatter(*points.T, color=colour, s=14.0, depthshade=False)
    elif shape.kind == "text":
        axes.text(*points[0], shape.text, color=colour, fontsize=9)
    else:
        pairs = points if shape.kind == "lines" else _turned(shape)
        for index, pair in enumerate(pairs.reshape(-1, 2, 3)):
            axes.plot(*pair.T, color=colour, lw=1.0, label=shape.name if index == 0 else None)


def _turned(shape: Shape) -> Array:
    half = np.array(shape.size) / 2.0
    x, y, z, w = shape.turn
    return np.asarray(edges(-half, half) @ quat2mat((w, x, y, z)).T + shape.points[0])


def _on_white(colour: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return a colour that can be seen on paper: light ones are meant for a dark background."""
    red, green, blue, opacity = colour
    return (0.45 * red, 0.45 * green, 0.45 * blue, opacity) if min(red, green, blue) > 0.8 else colour


def main(arguments: list[str] | None = None) -> int:
    """Read a bag and write a picture; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m steadyhand.visualisation.picture", description=__doc__)
    parser.add_argument("bag", type=Path, help="folder, .mcap or .db3 file")
    parser.add_argument("picture", type=Path, help="file to write; its suffix chooses the format")
    parser.add_argument("--deployment", default="panda_embedded", help="that it was recorded with")
    parser.add_argument("--at", type=float, default=3.0, help="since the bridge's first report [s]")
    given = parser.parse_args(arguments)
    try:
        contract = load_deployment(given.deployment)
        view, measured = view_at(read_recording(given.bag), contract, given.at)
    except SteadyhandError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    shapes = view.shapes() + ([] if measured is None else skeleton(contract, measured))
    draw(shapes, given.picture, f"{contract.deployment.name}, {given.at:.1f} s into the recording")
    return 0


if __name__ == "__main__":
    sys.exit(main())
