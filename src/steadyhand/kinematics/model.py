"""The kinematic chain of an arm from its URDF, up to the tool centre point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pinocchio as pin
from numpy.typing import ArrayLike, NDArray

from steadyhand.compiled import DOUBLES, INTEGER, functions, read
from steadyhand.kinematics.exceptions import KinematicsError

_TOOL_FRAME = "steadyhand_tool_centre_point"


@cache
def _library() -> dict[str, Callable[..., Any]]:
    return functions({"tool_points": (None, [INTEGER, INTEGER, DOUBLES, INTEGER, *[DOUBLES] * 5])})


class ArmModel:
    """Forward kinematics and Jacobian of the tool centre point in a base frame.

    An instance owns a workspace: use one in each thread.

    Attributes:
        joint_names: Names of the n joints, in the order of every vector.
        lower: Lower position limits of the URDF, shape (n,), read-only [rad or m]; -inf where it has none.
        upper: Upper position limits of the URDF, shape (n,), read-only [rad or m]; inf where it has none.
        velocity: Velocity limits of the URDF, shape (n,), read-only [rad/s or m/s].
    """

    def __init__(
        self,
        urdf_xml: str,
        joint_names: Sequence[str],
        base_frame: str,
        tip_frame: str,
        tool: ArrayLike | None = None,
    ) -> None:
        """Build the chain; joints that are not listed are fixed at 0.

        Args:
            urdf_xml: The robot description as text.
            joint_names: Revolute, continuous or prismatic joints that move the arm, in the order wanted.
            base_frame: Link that poses are expressed in; must not be moved by the listed joints.
            tip_frame: Link that the tool is fixed to.
            tool: Pose of the tool centre point in the tip's frame, shape (4, 4); None for the tip itself.

        Raises:
            KinematicsError: The description is unreadable, lacks a joint or frame, or has one of the wrong kind.
        """
        self.joint_names = tuple(joint_names)
        model = _reduced_model(urdf_xml, self.joint_names)
        base = _frame_id(model, base_frame)
        tip = _frame_id(model, tip_frame)
        carrier = model.frames[base].parentJoint
        if carrier != 0:
            raise KinematicsError(
                f"base frame '{base_frame}' is moved by joint '{model.names[carrier]}': "
                "choose a base frame below the arm's first joint"
            )
        if model.frames[tip].parentJoint == 0:
            raise KinematicsError(
                f"tip frame '{tip_frame}' is moved by none of {list(self.joint_names)}: choose a link at the arm's end"
            )
        offset = np.eye(4) if tool is None else as_pose(tool, "tool")
        placement = model.frames[tip].placement * pin.SE3(offset[:3, :3], offset[:3, 3])
        frame = pin.Frame(_TOOL_FRAME, model.frames[tip].parentJoint, tip, placement, pin.FrameType.OP_FRAME)
        self._tool = model.addFrame(frame)
        self._model = model
        self._data = model.createData()
        self._neutral = pin.neutral(model)
        base_placement = model.frames[base].placement
        self._base_inverse = base_placement.inverse().homogeneous
        self._base_is_root = bool(np.array_equal(self._base_inverse, np.eye(4)))

        # Pinocchio sorts joints along the tree, and a continuous joint takes two numbers (cos, sin) in its q.
        joints = [model.joints[model.getJointId(name)] for name in self.joint_names]
        self._columns = np.array([joint.idx_v for joint in joints])
        self._tool_placement = placement.homogeneous
        self._chain = _Chain.of(model, model.frames[tip].parentJoint, [joint.id for joint in joints])
        chain, tool = self._chain, placement.homogeneous[:, 3]
        self._tool_chain = (
            len(chain.columns), chain.columns.tobytes(), read(chain.terms), read(tool), read(self._base_inverse)
        )  # fmt: skip
        self._in_order = bool(np.array_equal(self._columns, np.arange(model.nv)))
        self._plain = model.nq == model.nv
        self.lower = _read_only([model.lowerPositionLimit[j.idx_q] if j.nq == 1 else -np.inf for j in joints])
        self.upper = _read_only([model.upperPositionLimit[j.idx_q] if j.nq == 1 else np.inf for j in joints])
        self.velocity = _read_only(model.velocityLimit[self._columns])

    def forward(self, q: ArrayLike) -> NDArray[np.float64]:
        """Return the pose of the tool centre point in the base frame, shape (4, 4) [m].

        Args:
            q: Joint positions, shape (n,) [rad or m].
        """
        pin.forwardKinematics(self._model, self._data, self._configuration(q))
        pose: NDArray[np.float64] = pin.updateFramePlacement(self._model, self._data, self._tool).homogeneous
        return pose if self._base_is_root else self._base_inverse @ pose

    def forward_many(self, q: ArrayLike) -> NDArray[np.float64]:
        """Return `forward` of many configurations, shape (H, n), as poses of shape (H, 4, 4)."""
        positions = self._configurations(q)
        poses: NDArray[np.float64] = np.broadcast_to(self._base_inverse, (len(positions), 4, 4))
        for transform in self._chain.transforms(positions):
            poses = poses @ transform
        return np.asarray(poses @ self._tool_placement, dtype=np.float64)

    def points(self, q: ArrayLike) -> NDArray[np.float64]:
        """Return the positions of `forward_many` alone, shape (H, 3) [m], in a small part of its time."""
        positions = self._configurations(q)
        points = np.empty((len(positions), 3))
        _library()["tool_points"](*positions.shape, read(positions), *self._tool_chain, points.ctypes.data)
        return points

    def jacobian(self, q: ArrayLike) -> NDArray[np.float64]:
        """Return the Jacobian of the tool centre point in the base frame, linear then angular, shape (6, n).

        Args:
            q: Joint positions, shape (n,) [rad or m].
        """
        return self.forward_and_jacobian(q)[1]

    def forward_and_jacobian(self, q: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the pose (4, 4) and the Jacobian (6, n) together, at the cost of the Jacobian."""
        model, data, tool = self._model, self._data, self._tool
        jacobian = pin.computeFrameJacobian(model, data, self._configuration(q), tool, pin.LOCAL_WORLD_ALIGNED)
        pose = pin.updateFramePlacement(model, data, tool).homogeneous
        if not self._in_order:
            jacobian = jacobian[:, self._columns]
        if not self._base_is_root:
            rotation = self._base_inverse[:3, :3]
            jacobian = np.vstack((rotation @ jacobian[:3], rotation @ jacobian[3:]))
            pose = self._base_inverse @ pose
        return pose, jacobian

    def _configurations(self, q: ArrayLike) -> NDArray[np.float64]:
        positions = np.asarray(q, dtype=np.float64)
        if positions.ndim != 2 or positions.shape[1] != len(self.joint_names):
            raise KinematicsError(
                f"configurations of {len(self.joint_names)} joints were expected, got shape {positions.shape}"
            )
        return positions

    def _configuration(self, q: ArrayLike) -> NDArray[np.float64]:
        positions = np.asarray(q, dtype=np.float64)
        if positions.shape != (len(self.joint_names),):
            raise KinematicsError(
                f"a configuration of {len(self.joint_names)} joints was expected, got shape {positions.shape}"
            )
        if self._in_order and self._plain:
            return positions
        ordered = np.empty(self._model.nv)
        ordered[self._columns] = positions
        if self._plain:
            return ordered
        configuration: NDArray[np.float64] = pin.integrate(self._model, self._neutral, ordered)
        return configuration


@dataclass(frozen=True)
class _Chain:
    """The joints between root and tool, k of them, as constant + sine sin q + cosine cos q + slide q.

    Attributes:
        columns: Which of the listed joints each is, shape (k,).
        terms: The four coefficients of each, shape (k, 4, 4, 4).
    """

    columns: NDArray[np.intp]
    terms: NDArray[np.float64]

    @classmethod
    def of(cls, model: pin.Model, joint: int, listed: list[int]) -> _Chain:
        """Return the joints from the root to ``joint``, read off Pinocchio's own transformations.

        Rodrigues' formula is linear in sine and cosine, and a prismatic joint's transformation in its position.
        """
        columns, terms = [], []
        none = np.zeros((4, 4))
        while joint > 0:
            start, one, quarter, half = (_moved(model, joint, q) for q in (0.0, 1.0, 0.5 * np.pi, np.pi))
            middle = 0.5 * (start + half)
            slides = bool(np.allclose(start[:3, :3], one[:3, :3]))
            terms.append(
                [start, none, none, one - start] if slides else [middle, quarter - middle, start - middle, none]
            )
            columns.append(listed.index(joint))
            joint = model.parents[joint]
        return cls(np.array(columns[::-1]), np.array(terms[::-1]))

    def transforms(self, q: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the transformations of all joints at configurations (H, n), shape (k, H, 4, 4)."""
        values = q[:, self.columns].T
        weights = np.stack([np.ones(values.shape), np.sin(values), np.cos(values), values], axis=2)
        return (weights @ self.terms.reshape(-1, 4, 16)).reshape(*values.shape, 4, 4)


def _moved(model: pin.Model, joint: int, position: float) -> NDArray[np.float64]:
    """Return the transformation from a joint's parent at a position, shape (4, 4)."""
    velocity = np.zeros(model.nv)
    velocity[model.joints[joint].idx_v] = position
    data = model.createData()
    pin.forwardKinematics(model, data, pin.integrate(model, pin.neutral(model), velocity))
    return np.asarray(data.liMi[joint].homogeneous, dtype=np.float64)


def as_pose(matrix: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return the matrix as a float64 array, shape (4, 4), after checking that it is a rigid transformation.

    Raises:
        KinematicsError: It has another shape, is not finite, or its rotation is not a proper one.
    """
    pose = np.asarray(matrix, dtype=np.float64)
    if pose.shape != (4, 4):
        raise KinematicsError(f"{name}: a pose of shape (4, 4) was expected, got {pose.shape}")
    checked: NDArray[np.float64] = as_poses(pose[None], name)[0]
    return checked


def as_poses(matrices: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return matrices as a float64 array, shape (H, 4, 4), after checking that all are rigid transformations.

    Raises:
        KinematicsError: As for `as_pose`; names the first row that is wrong where there are several.
    """
    poses = np.asarray(matrices, dtype=np.float64)
    if poses.ndim != 3 or poses.shape[1:] != (4, 4):
        raise KinematicsError(f"{name}: poses of shape (H, 4, 4) were expected, got {poses.shape}")
    rotations = poses[:, :3, :3]
    finite = np.asarray(np.isfinite(poses).all(axis=(1, 2)))
    with np.errstate(invalid="ignore"):
        gram = rotations @ rotations.transpose(0, 2, 1)
        handed = np.einsum("hi,hi->h", np.cross(rotations[:, :, 0], rotations[:, :, 1]), rotations[:, :, 2])
        proper = (np.abs(gram - np.eye(3)).max(axis=(1, 2)) <= 1e-6) & (handed > 0.0)
    wrong = np.asarray(~(finite & proper))
    if wrong.any():
        row = int(np.argmax(wrong))
        where = f"{name} in row {row}" if len(poses) > 1 else name
        if not finite[row]:
            raise KinematicsError(f"{where}: the pose is not finite: {poses[row].tolist()}")
        raise KinematicsError(f"{where}: the rotation is not orthonormal and right-handed: {rotations[row].tolist()}")
    return poses


def _reduced_model(urdf_xml: str, joint_names: tuple[str, ...]) -> pin.Model:
    try:
        model = pin.buildModelFromXML(urdf_xml)
    except (ValueError, RuntimeError) as error:
        raise KinematicsError(f"the robot description cannot be read: {error}") from error
    if len(set(joint_names)) != len(joint_names) or not joint_names:
        raise KinematicsError(f"joint names must be given once each, got {list(joint_names)}")
    known = list(model.names)[1:]
    missing = [name for name in joint_names if name not in known]
    if missing:
        raise KinematicsError(f"joints {missing} are not movable joints of the description, which has {known}")
    locked = [model.getJointId(name) for name in known if name not in joint_names]
    model = pin.buildReducedModel(model, locked, pin.neutral(model))
    wrong = [name for name in joint_names if model.joints[model.getJointId(name)].nv != 1]
    if wrong:
        raise KinematicsError(f"joints {wrong} have more than one degree of freedom: list single-axis joints")
    return model


def _frame_id(model: pin.Model, name: str) -> int:
    if not model.existFrame(name):
        links = [frame.name for frame in model.frames if frame.type == pin.FrameType.BODY]
        raise KinematicsError(f"frame '{name}' is not in the description, which has the links {links}")
    return int(model.getFrameId(name))


def _read_only(values: ArrayLike) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
