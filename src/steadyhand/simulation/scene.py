"""The MuJoCo model: the arm from its URDF, actuators, a table, cameras, a light, and a task's objects."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from steadyhand.profiles.description import read_description
from steadyhand.profiles.resources import resource
from steadyhand.simulation.cameras import CAMERAS, OPTICAL_FRAMES, tangents
from steadyhand.simulation.engine import mujoco
from steadyhand.simulation.exceptions import SimulationError
from steadyhand.simulation.tasks.task import SceneObject

DESCRIPTION = "urdf/panda.urdf.xacro"
ARM_JOINTS = tuple(f"panda_joint{index}" for index in range(1, 8))
FINGER_JOINTS = ("panda_finger_joint1", "panda_finger_joint2")

TIMESTEP = 0.002
"""Of the physics [s]."""
LAG = 0.04
"""Delay of an arm joint behind a moving target [s]: damping over stiffness."""
TABLE_LOWER = (-0.25, -0.65)
TABLE_UPPER = (0.95, 0.65)
"""Corners of the table top, which lies at z = 0 of the base frame [m]."""

SKY = (0.70, 0.78, 0.86)
"""Colour behind everything, from 0 to 1."""

VISIBLE_GROUPS = (0, 1, 1, 0, 0, 0)
"""Geometry groups that images show: the description's visual shapes (1) and everything added here (2)."""

_STIFFNESS = (4500.0, 4500.0, 3500.0, 3500.0, 2000.0, 2000.0, 1000.0)  # [N m / rad]
_ARMATURE = (0.2, 0.2, 0.15, 0.15, 0.1, 0.1, 0.1)  # rotors behind their gears [kg m^2]
_FINGER_STIFFNESS = 2000.0  # [N / m]
_FINGER_DAMPING = 100.0  # [N s / m]: with the largest effort, the hand opens and closes at its rated 0.2 m/s
_FINGER_ARMATURE = 0.1  # [kg]
_FOCAL = 0.004  # [m]; only its ratio to the sensor's size shows


OBSTACLE = "obstacle"
"""Name of the obstacle's body and shape."""
HIDDEN_GROUP = 3
"""Geometry group of what cameras do not see."""


def build_model(objects: tuple[SceneObject, ...], obstacle: tuple[float, float, float] | None = None) -> Any:
    """Compiles the world.

    Args:
        objects: Free boxes to put into it.
        obstacle: Edge lengths of a box that stands where it is put, and that cameras do not see [m]; None for none.

    Returns:
        An ``MjModel``. Coordinates: seven arm joints, two fingers, then seven numbers for each object.

    Raises:
        SimulationError: The compiled model lacks joints of the description.
    """
    spec = mujoco.MjSpec.from_string(_description())
    spec.modelname = "steadyhand"
    spec.option.timestep = TIMESTEP
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    spec.option.impratio = 10.0
    _actuate(spec)
    _exclude_neighbours(spec)
    _furnish(spec)
    _light(spec)
    for name in CAMERAS:
        _mount_camera(spec, name)
    for thing in objects:
        _add_object(spec, thing)
    if obstacle is not None:
        body = spec.worldbody.add_body(name=OBSTACLE, mocap=True, pos=[0.0, 0.0, -5.0])
        size = [side / 2 for side in obstacle]
        body.add_geom(name=OBSTACLE, type=mujoco.mjtGeom.mjGEOM_BOX, size=size, group=HIDDEN_GROUP)
    model = spec.compile()
    # A description that is not fully expanded compiles to an empty model without any error.
    expected = len(ARM_JOINTS) + len(FINGER_JOINTS) + len(objects)
    if model.njnt != expected:
        raise SimulationError(
            f"{DESCRIPTION} compiled to {model.njnt} joints, expected {expected}. Check that the description is whole."
        )
    return model


def _description() -> str:
    """The URDF, with MuJoCo told to keep what is only seen, and the frames that never move."""
    robot = ElementTree.fromstring(read_description(resource(DESCRIPTION)))
    extension = ElementTree.SubElement(robot, "mujoco")
    ElementTree.SubElement(extension, "compiler", discardvisual="false", fusestatic="false")
    return ElementTree.tostring(robot, encoding="unicode")


def _actuate(spec: Any) -> None:
    """Adds position servos and gravity compensation."""
    for body in spec.bodies[1:]:
        body.gravcomp = 1.0
    for name, stiffness, armature in zip(ARM_JOINTS, _STIFFNESS, _ARMATURE, strict=True):
        _servo(spec, name, stiffness, LAG * stiffness, armature)
    for name in FINGER_JOINTS:
        _servo(spec, name, _FINGER_STIFFNESS, 0.0, _FINGER_ARMATURE)
        spec.joint(name).damping[0] = _FINGER_DAMPING
    for name in ("panda_leftfinger", "panda_rightfinger"):
        for geom in spec.body(name).geoms:
            _harden(geom)
    for equality in spec.equalities:
        equality.solref[:] = (0.004, 1.0)


def _servo(spec: Any, joint_name: str, stiffness: float, damping: float, armature: float) -> None:
    joint = spec.joint(joint_name)
    joint.armature = armature
    effort = float(joint.actfrcrange[1])
    lower, upper = (float(bound) for bound in joint.range)
    actuator = spec.add_actuator(name=joint_name, target=joint_name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
    actuator.set_to_position(kp=stiffness, kv=damping)
    actuator.ctrlrange[:] = (lower, upper)
    actuator.forcerange[:] = (-effort, effort)


def _exclude_neighbours(spec: Any) -> None:
    """Keeps links that overlap at their joints from pushing each other apart."""
    links = [*(f"panda_link{index}" for index in range(8)), "panda_hand"]
    for index, first in enumerate(links):
        for second in links[index + 1 : index + 3]:
            spec.add_exclude(bodyname1=first, bodyname2=second)
    spec.add_exclude(bodyname1="panda_leftfinger", bodyname2="panda_rightfinger")


def _furnish(spec: Any) -> None:
    box = mujoco.mjtGeom.mjGEOM_BOX
    middle = [(low + high) / 2 for low, high in zip(TABLE_LOWER, TABLE_UPPER, strict=True)]
    half = [(high - low) / 2 for low, high in zip(TABLE_LOWER, TABLE_UPPER, strict=True)]
    spec.worldbody.add_geom(
        name="table", type=box, pos=[*middle, -0.025], size=[*half, 0.025], rgba=[0.76, 0.68, 0.57, 1], group=2,
        friction=[1.0, 0.01, 0.0005],
    )  # fmt: skip
    spec.worldbody.add_geom(
        name="floor", type=box, pos=[0, 0, -0.85], size=[6, 6, 0.05], rgba=[0.45, 0.48, 0.52, 1], group=2
    )


def _light(spec: Any) -> None:
    spec.visual.headlight.ambient[:] = 0.42
    spec.visual.headlight.diffuse[:] = 0.0
    spec.visual.headlight.specular[:] = 0.0
    spec.worldbody.add_light(
        name="sun", type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL, pos=[0, 0, 3], dir=[-0.45, -0.35, -0.82],
        ambient=[0, 0, 0], diffuse=[0.62, 0.62, 0.62], specular=[0, 0, 0], castshadow=False,
    )  # fmt: skip
    spec.add_texture(
        name="sky", type=mujoco.mjtTexture.mjTEXTURE_SKYBOX, builtin=mujoco.mjtBuiltin.mjBUILTIN_FLAT,
        rgb1=SKY, rgb2=SKY, width=16, height=96,
    )  # fmt: skip
    spec.visual.global_.offwidth = 1280
    spec.visual.global_.offheight = 960
    spec.visual.quality.offsamples = 0  # multisampling is four times slower in software
    spec.visual.quality.numslices = 24
    spec.visual.quality.numstacks = 12
    spec.visual.quality.numquads = 1
    spec.visual.map.znear = 0.005
    spec.visual.map.zfar = 20.0
    spec.stat.extent = 1.0
    spec.stat.center[:] = (0.4, 0.0, 0.3)


def _mount_camera(spec: Any, name: str) -> None:
    # MuJoCo's cameras look along -z with y up, optical frames along z with y down. A sensor size fixes the field of
    # view in both directions, so that images of another shape are stretched instead of cropped.
    horizontal, vertical = tangents(name)
    spec.body(OPTICAL_FRAMES[name]).add_camera(
        name=name, quat=[0, 1, 0, 0], focal_length=[_FOCAL, _FOCAL],
        sensor_size=[2 * horizontal * _FOCAL, 2 * vertical * _FOCAL], resolution=[640, 480],
    )  # fmt: skip


def _add_object(spec: Any, thing: SceneObject) -> None:
    body = spec.worldbody.add_body(name=thing.name)
    body.add_freejoint(name=thing.name)
    geom = body.add_geom(
        name=thing.name, type=mujoco.mjtGeom.mjGEOM_BOX, size=[side / 2 for side in thing.size], mass=thing.mass,
        rgba=[*thing.colour, 1.0], group=2,
    )  # fmt: skip
    _harden(geom)


def _harden(geom: Any) -> None:
    """Gives a surface that is gripped little give, and friction against turning in the grip."""
    geom.condim = 4
    geom.friction[:] = (1.0, 0.02, 0.0005)
    geom.solref[:] = (0.004, 1.0)
    geom.solimp[:3] = (0.97, 0.995, 0.0005)
