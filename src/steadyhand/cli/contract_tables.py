"""A contract as tables: what feeds what, what drives what, and within which limits."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.table import Table

from steadyhand.observation.timing import image_timings
from steadyhand.profiles.action import ActionTerm
from steadyhand.profiles.binding import message_joints
from steadyhand.profiles.braking import REFRESH_MARGIN, brake_time
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.deployment import ImageBinding, JointConversion
from steadyhand.profiles.policy import ImageInput
from steadyhand.profiles.state import StateTerm
from steadyhand.profiles.urdf import parse_description

_WHOLE = ("index", "name", "joint", "range", "unit", "value")
"""Columns that are never broken into lines."""


def tables_of(contract: Contract) -> list[Table]:
    """Return the tables that show a contract to a person, each readable on 80 columns."""
    return [
        _overview(contract),
        _images(contract),
        _state(contract),
        _action(contract),
        _joints(contract),
        _timing(contract),
        _safety(contract),
    ]


def short_path(file: str | Path) -> str:
    """Return a path relative to the working directory where it lies below."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except ValueError:
        return str(file)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    return table


def _overview(contract: Contract) -> Table:
    deployment = contract.deployment
    table = _table(f"deployment {deployment.name}", "", "", "")
    table.show_header = False
    for word, name, file in zip(
        ("deployment", "robot", "policy"),
        (deployment.name, contract.robot.name, f"{contract.policy.name} ({contract.policy.backend})"),
        contract.files,
        strict=True,
    ):
        table.add_row(word, name, short_path(file))
    table.add_row("hash", contract.hash[:16], "first 16 of 64 digits")
    table.add_row("mode", deployment.mode, f"speed {deployment.speed:g}, timeout {deployment.timeout:g} s")
    table.add_row("episode", f"start: {deployment.start}", f"success said by: {deployment.success}")
    return table


def _images(contract: Contract) -> Table:
    table = _table("images the policy sees", "key", "from", "as published", "made into")
    table.caption = f"read by: {'steadyhand' if contract.deployment.decoder == 'own' else contract.deployment.decoder}"
    table.caption_justify = "left"
    for key, image in contract.policy.images.items():
        binding = contract.deployment.images[key]
        if binding.masked:
            table.add_row(key, "nothing", "", f"black {image.width} x {image.height}, masked")
            continue
        camera = contract.robot.cameras[binding.camera]
        table.add_row(
            key,
            f"{binding.camera}: {binding.topic} ({binding.transport})",
            f"{camera.width} x {camera.height}, {camera.rate:g} Hz",
            _preparation(binding, image),
        )
    return table


def _preparation(binding: ImageBinding, image: ImageInput) -> str:
    steps = []
    if binding.rotate:
        steps.append(f"turned {binding.rotate} deg")
    if binding.flip != "none":
        steps.append(f"mirrored {binding.flip}")
    if image.crop_area < 1.0:
        steps.append(f"centre {image.crop_area:g} of the area")
    steps.append(f"{image.resize} to {image.width} x {image.height} {image.encoding}")
    if image.depth is not None:
        steps[-1] = f"{image.resize} to {image.width} x {image.height}"
        steps.append(f"grey from {image.depth.near:g} to {image.depth.far:g} m")
    return ", ".join(steps)


def _state(contract: Contract) -> Table:
    table = _table(f"state vector, {contract.policy.state_size} elements", "index", "name", "unit", "what it is")
    index = 0
    for term in contract.policy.state:
        for name, unit in zip(term.names, _units(contract, term), strict=True):
            table.add_row(str(index), name, unit, _state_meaning(contract, term))
            index += 1
    return table


def _state_meaning(contract: Contract, term: StateTerm) -> str:
    if term.kind == "end_effector_position":
        return f"{term.source} tool centre point in the base"
    if term.kind == "end_effector_rotation":
        return f"{term.source} rotation of the tool in the base"
    if term.kind == "gripper":
        return f"{term.source} opening of {contract.robot.grippers[term.gripper].joint}"
    if term.kind == "padding":
        return f"always {term.value:g}"
    return f"{term.source} {term.kind.replace('_', ' ')}"


def _action(contract: Contract) -> Table:
    names = contract.policy.dimension_names
    table = _table(f"action, {len(names)} columns", "index", "name", "unit", "meaning", "drives")
    table.caption = "\n".join(
        f"base: {contract.deployment.end_effector.base or robot.frames.base}; "
        f"tool: the tool centre point of {robot.frames.tip}; "
        f"{f'arm {name}' if name else 'arm'}: {robot.arm.controller} ({robot.arm.driver})"
        for name, robot in contract.robot.each_arm.items()
    )
    table.caption_justify = "left"
    index = 0
    for term in contract.policy.action:
        for name, unit in zip(term.names, _units(contract, term), strict=True):
            table.add_row(str(index), name, unit, *_action_meaning(contract, term, name))
            index += 1
    return table


def _action_meaning(contract: Contract, term: ActionTerm, name: str) -> tuple[str, str]:
    if term.kind == "padding":
        return "ignored", "nothing"
    if term.kind == "gripper":
        gripper = contract.robot.grippers[term.gripper]
        return term.meaning, f"{gripper.joint}, {gripper.controller}"
    if term.kind == "base_velocity":
        return "velocity", f"base, {contract.robot.base.topic if contract.robot.base else 'none'}"
    meaning = term.meaning.replace("_", " ")
    if term.kind == "joint_position" or term.kind == "joint_velocity":
        return meaning, _bound(contract, name.removesuffix("_velocity"))
    return f"{meaning}, {term.frame}", f"tool, {term.arm} arm" if term.arm else "tool, arm"


def _bound(contract: Contract, name: str) -> str:
    """Return the robot's name of a policy's joint, with what turns the policy's values into the unit."""
    bound = contract.deployment.policy_joints.get(name)
    if bound is None:
        return f"{name} of the arm"
    factor, zero = bound.sign * bound.scale, bound.offset
    conversion = (f", x {factor:g}" if factor != 1.0 else "") + (f", from {zero:g}" if zero else "")
    return f"{bound.joint} of the arm{conversion}"


def _units(contract: Contract, term: StateTerm | ActionTerm) -> list[str]:
    """Return the units of a term's elements, with the description deciding between rad and m."""
    if not isinstance(joints := getattr(term, "joints", None), tuple):
        return list(term.units)
    described = parse_description(contract.urdf).joints
    units = []
    for unit, joint in zip(term.units, joints, strict=True):
        bound = contract.deployment.policy_joints.get(joint)
        own = described[bound.joint if bound else joint].unit
        if bound is not None and bound.unit is not None:
            own = bound.unit
        units.append(f"{own}/s" if unit.endswith("/s") else own)
    return units


def _joints(contract: Contract) -> Table:
    table = _table(
        "joints, the arm's and below them the grippers' from closed to open",
        "joint",
        "in messages",
        "range",
        "unit",
        "speed",
        "home",
        "brake [s]",
    )
    described = parse_description(contract.urdf).joints
    names = {one.joint: one.name for one in message_joints(contract.robot, contract.deployment).bindings}
    for (name, limits), home in zip(contract.robot.joints.items(), contract.robot.home, strict=True):
        unit = described[name].unit
        table.add_row(
            name,
            _message(names[name], name, contract.deployment.joints.get(name)),
            f"{limits.lower:g} .. {limits.upper:g}",
            unit,
            f"{limits.velocity:g}",
            f"{home:g}",
            f"{brake_time(limits):.3f}",
        )
    for gripper in contract.robot.grippers.values():
        unit = described[gripper.joint].unit
        table.add_row(
            gripper.joint,
            _message(names[gripper.joint], gripper.joint, contract.deployment.joints.get(gripper.joint)),
            f"{gripper.closed:g} .. {gripper.open:g}",
            unit,
            "",
            "",
            "",
        )
    return table


def _message(message: str, name: str, conversion: JointConversion | None) -> str:
    words = [message if message != name else "same"]
    if conversion is not None:
        if conversion.unit is not None:
            words.append(conversion.unit)
        if conversion.sign < 0:
            words.append("reversed")
        if conversion.scale != 1.0:
            words.append(f"x {conversion.scale:g}")
        if conversion.offset != 0.0:
            words.append(f"zero at {conversion.offset:g}")
    return ", ".join(words)


_STITCHINGS = {
    "splice": "blend {0.blend:g} s",
    "ensemble": "blend {0.blend:g} s, weight exp(-{0.decay:g} i)",
    "prefix": "blend {0.blend:g} s; the policy continues the committed rows",
    "guided": "blend {0.blend:g} s; guided by the chunk before, weight up to {0.guidance:g}",
}


def _timing(contract: Contract) -> Table:
    policy = contract.policy
    stitching = policy.stitching
    table = _table("timing", "what", "value", "")
    table.show_header = False
    steps = policy.history.steps
    seen = f"the last {-policy.history_offsets[0]:g} s" if steps > 1 else "the newest only"
    table.add_row("observations", f"{steps}", f"that one inference sees: {seen}")
    for key, timing in image_timings(contract).items():
        within = f"from exposure to stamp; {timing.tolerance:.3g} s apart, {timing.age:g} s old at most"
        table.add_row(f"image {key}", f"{timing.latency:g} s", within)
    table.add_row("a chunk", f"{policy.horizon} rows", f"{policy.dt:g} s apart, {policy.horizon * policy.dt:g} s")
    table.add_row("row 0 is meant for", f"+{policy.first_row * policy.dt:g} s", "after the observation")
    table.add_row("rows used", f"{stitching.execute}", f"a new chunk is due every {stitching.execute * policy.dt:g} s")
    spare = (policy.horizon - stitching.execute) * policy.dt
    table.add_row("rows to spare", f"{spare:g} s", "that the next inference may take without a stop")
    table.add_row("stitching", stitching.method, _STITCHINGS[stitching.method].format(stitching))
    table.add_row("latency", f"{contract.robot.arm_latency:g} s", "from a command to motion of the arm")
    table.add_row("normalisation", policy.normalisation.method, "")
    return table


def _safety(contract: Contract) -> Table:
    robot = contract.robot
    table = _table("safety: the arm brakes and holds beyond these", "limit", "value", "what it is")
    for name, field in type(robot.safety).model_fields.items():
        table.add_row(name, f"{getattr(robot.safety, name):g}", field.description or "")
    named = {
        "speed_scaling": robot.speed_scaling,
        **{f"safety_state {name}": signal for name, signal in robot.safety_state.items()},
        "enable": robot.enable,
        "controller_state": robot.controller_state,
    }
    for name, signal in named.items():
        if signal is not None:
            age = "on change" if signal.age is None else f"{signal.age:g}"
            table.add_row(name, age, f"longest silence of {signal.topic} [s]")
    for name, arm in robot.each_arm.items():
        box_text = ", ".join(
            f"{axis} {lower:g}..{upper:g}"
            for axis, lower, upper in zip("xyz", arm.workspace.lower, arm.workspace.upper, strict=True)
        )
        table.add_row(f"workspace {name}".strip(), "", f"{box_text} in {arm.frames.base} [m]")
    room = robot.safety.max_unattended_motion - REFRESH_MARGIN
    table.add_row("braking", f"{room:g}", "longest brake time that fits into max_unattended_motion [s]")
    return table
