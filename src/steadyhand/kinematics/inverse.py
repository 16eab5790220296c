"""Inverse kinematics within joint limits, continuous along a path."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pinocchio as pin
from numpy.typing import ArrayLike, NDArray
from scipy.linalg.lapack import dposv

from steadyhand.kinematics.exceptions import KinematicsError, UnreachableError
from steadyhand.kinematics.model import ArmModel, as_pose, as_poses

Array = NDArray[np.float64]

_PATIENCE = 12  # iterations without progress after which a descent is given up


class _Descent(NamedTuple):
    """Where a descent ended: configuration, its pose and Jacobian, residuals, and whether both are within tolerance."""

    q: Array
    pose: Array
    jacobian: Array
    position: float
    rotation: float
    reached: bool


class InverseKinematics:
    """Levenberg-Marquardt descent from a seed, with an active set for joint limits and a pull toward home.

    Each step is the damped least-squares step of Wampler (1986) and Nakamura and Hanafusa (1986) with the
    damping of Sugihara, "Solvability-Unconcerned Inverse Kinematics by the Levenberg-Marquardt Method"
    (2011): proportional to the squared error plus a small bias, so that steps stay bounded at singularities
    and for targets out of reach. Joints that a step would push through a limit are held there and the step is
    computed again without them.

    The first step also moves, in the null space of the task, toward ``home``; that motion is at most
    ``posture_step`` in one solution, so that a solution for the pose of its own seed stays near that seed.

    Attributes:
        lower: Lower position limits in force, shape (n,) [rad or m].
        upper: Upper position limits in force, shape (n,) [rad or m].
        home: Configuration that the null space is pulled to, shape (n,) [rad or m].
    """

    def __init__(
        self,
        model: ArmModel,
        lower: ArrayLike,
        upper: ArrayLike,
        home: ArrayLike,
        *,
        position_tolerance: float = 1e-4,
        rotation_tolerance: float = 1e-4,
        posture_gain: float = 0.1,
        posture_step: float = 0.02,
        damping: float = 1e-6,
        largest_step: float = 0.3,
        iterations: int = 100,
    ) -> None:
        """Prepare a solver.

        Args:
            model: The arm.
            lower: Lower position limits, shape (n,) [rad or m].
            upper: Upper position limits, shape (n,) [rad or m].
            home: Configuration that the null space is pulled to, shape (n,) [rad or m].
            position_tolerance: Largest distance of a solution from its target [m].
            rotation_tolerance: Largest angle of a solution from its target [rad].
            posture_gain: Part of the way to home that one solution asks for.
            posture_step: Largest null-space motion of one solution, norm over the joints [rad or m].
            damping: Bias of the damping; steps at a singularity are at most error / (2 sqrt(damping)).
            largest_step: Largest motion of a joint in one iteration [rad or m].
            iterations: Largest number of iterations for one target.

        Raises:
            KinematicsError: A shape is wrong, limits are upside down, or home is outside of them.
        """
        self._model = model
        self.lower = self._vector(lower, "lower")
        self.upper = self._vector(upper, "upper")
        self.home = self._vector(home, "home")
        inside = (self.lower <= self.home) & (self.home <= self.upper)
        if not inside.all():
            joint = int(np.argmin(inside))
            raise KinematicsError(
                f"home of '{model.joint_names[joint]}' is {self.home[joint]:.4f}, outside of its limits "
                f"{self.lower[joint]:.4f} to {self.upper[joint]:.4f}"
            )
        self._position_tolerance = position_tolerance
        self._rotation_tolerance = rotation_tolerance
        self._posture_gain = posture_gain
        self._posture_step = posture_step
        self._bias = damping
        self._largest_step = largest_step
        self._iterations = iterations

    def solve(self, target: ArrayLike, seed: ArrayLike, *, restarts: int = 0) -> Array:
        """Return the configuration near the seed whose tool centre point is at the target.

        Args:
            target: Pose of the tool centre point in the base frame, shape (4, 4) [m].
            seed: Configuration to start from, shape (n,) [rad or m]; brought inside of the limits first.
            restarts: Other seeds, home first, to try where the descent from ``seed`` fails. The solution may
                then lie far from the seed: leave it at 0 where the arm is to move there directly.

        Returns:
            Configuration within the limits, shape (n,) [rad or m].

        Raises:
            UnreachableError: No descent reaches the target within the tolerances.
            KinematicsError: The target is not a pose, or the seed is misshaped or not finite.
        """
        pose = as_pose(target, "target")
        best = self._descend(pose, self._vector(seed, "seed"))
        random = np.random.default_rng(0)
        for attempt in range(restarts):
            if best.reached:
                break
            lower, upper = np.maximum(self.lower, -np.pi), np.minimum(self.upper, np.pi)
            other = self._descend(pose, self.home if attempt == 0 else random.uniform(lower, upper))
            if other.reached or other.position + other.rotation < best.position + best.rotation:
                best = other
        return self._accept(best, pose, None)

    def solve_path(self, targets: ArrayLike, seed: ArrayLike) -> Array:
        """Return one configuration for each target, each continued from the one before.

        Args:
            targets: Poses of the tool centre point in the base frame, shape (H, 4, 4) [m].
            seed: Configuration that the path continues from, shape (n,) [rad or m].

        Returns:
            Configurations within the limits, shape (H, n) [rad or m].

        Raises:
            UnreachableError: A row cannot be reached from the row before; names the first such row.
            KinematicsError: A target is not a pose, or the seed is misshaped or not finite.
        """
        poses = as_poses(targets, "target")
        q = self._vector(seed, "seed")
        path = self._predicted(poses, q)
        if path is not None:
            return path
        path = np.empty((len(poses), len(q)))
        found: _Descent | None = None
        for row, pose in enumerate(poses):
            found = self._descend(pose, q, found)
            q = path[row] = self._accept(found, pose, row)
        return path

    def _predicted(self, poses: Array, seed: Array) -> Array | None:
        """Return a path of which every row is one step from where the two before point, None where one needs more.

        On a smooth path that leaves an error of second order in the change of velocity, so that a row takes one
        Jacobian instead of two or three. The motion in the null space is not continued: each row's pull begins anew.
        """
        if len(poses) < 2:
            return None
        path = np.empty((len(poses), len(seed)))
        first = self._descend(poses[0], seed)
        if not first.reached:
            return None
        path[0] = q = first.q
        ahead = np.zeros(len(q))
        error, sides = np.empty(6), np.empty((6, 2), order="F")
        for row in range(1, len(poses)):
            guess = q + ahead
            pose, jacobian = self._model.forward_and_jacobian(guess)
            goal = poses[row]
            error[:3] = goal[:3, 3] - pose[:3, 3]
            error[3:] = pin.log3(goal[:3, :3].dot(pose[:3, :3].T))
            pull = self._pull(guess)
            sides[:, 0], sides[:, 1] = error, jacobian.dot(pull)
            transposed = jacobian.T
            gram = jacobian.dot(transposed)
            gram.flat[::7] += 0.5 * float(error.dot(error)) + self._bias
            toward, against = transposed.dot(dposv(gram, sides)[1]).T
            drift = pull - against
            following = guess + toward + drift
            ahead = following - q - drift
            q = path[row] = following
        if (
            (path < self.lower).any()
            or (path > self.upper).any()
            or np.abs(path[1:] - path[:-1]).max() > self._largest_step
        ):
            return None
        reached = self._model.forward_many(path)
        apart = np.square(reached[:, :3] - poses[:, :3]).sum(axis=1)
        # The distance of two rotations as matrices is 2 sqrt(2) sin(angle / 2).
        within = (apart[:, 3] <= self._position_tolerance**2) & (
            apart[:, :3].sum(axis=1) <= 2.0 * self._rotation_tolerance**2
        )
        return path if within.all() else None

    def _pull(self, q: Array) -> Array:
        """Return the motion toward home that one solution asks for, shape (n,)."""
        pull: Array = self._posture_gain * (self.home - q)
        length = math.sqrt(float(pull @ pull))
        return pull * (self._posture_step / length) if length > self._posture_step else pull

    def _descend(self, target: Array, seed: Array, before: _Descent | None = None) -> _Descent:
        """Descend from a seed; where it is the end of the descent ``before``, its Jacobian is known already."""
        lower, upper = self.lower, self.upper
        goal, goal_rotation = target[:3, 3], target[:3, :3]
        q = np.minimum(np.maximum(seed, lower), upper)
        pull = self._pull(q)
        error = np.empty(6)
        position = rotation = best = np.inf
        stalled = 0
        for iteration in range(self._iterations):
            if iteration == 0 and before is not None:
                pose, jacobian = before.pose, before.jacobian
            else:
                pose, jacobian = self._model.forward_and_jacobian(q)
            offset = goal - pose[:3, 3]
            error[:3] = offset
            error[3:] = pin.log3(goal_rotation.dot(pose[:3, :3].T))
            total, squared = float(error.dot(error)), float(offset.dot(offset))
            position, rotation = math.sqrt(squared), math.sqrt(max(total - squared, 0.0))
            # The first step is taken even from a seed that is already there: else a resting arm would never
            # be pulled home while a moving one is.
            if iteration > 0 and position <= self._position_tolerance and rotation <= self._rotation_tolerance:
                return _Descent(q, pose, jacobian, position, rotation, True)
            stalled = stalled + 1 if total > 0.99 * best else 0
            best = min(best, total)
            if stalled >= _PATIENCE:
                break
            q = self._step(q, jacobian, error, 0.5 * total + self._bias, pull if iteration == 0 else None)
        return _Descent(q, pose, jacobian, position, rotation, False)

    def _step(self, q: Array, jacobian: Array, error: Array, damping: float, pull: Array | None) -> Array:
        """Return the next configuration; joints at a limit are held there and the others make up for them."""
        lower, upper = self.lower, self.upper
        for _ in range(len(q)):
            transposed = jacobian.T
            gram = jacobian.dot(transposed)
            gram.flat[::7] += damping
            if pull is None:
                step = transposed.dot(dposv(gram, error)[1])
            else:
                step = pull + transposed.dot(dposv(gram, error - jacobian.dot(pull))[1])
            # The norm is cheaper than the largest element, and never below it.
            if float(step.dot(step)) > self._largest_step**2:
                step *= self._largest_step / max(float(np.abs(step).max()), self._largest_step)
            following: Array = q + step
            # Clipping changes nothing where all joints are inside; bytes are compared quicker than numbers.
            clipped: Array = np.minimum(np.maximum(following, lower), upper)
            if clipped.tobytes() == following.tobytes():
                return following
            blocked = ((following < lower) & (q <= lower)) | ((following > upper) & (q >= upper))
            if not blocked.any():
                break
            jacobian = jacobian * ~blocked
            if pull is not None:
                pull = pull * ~blocked
        clamped: Array = np.minimum(np.maximum(following, lower), upper)
        return clamped

    def _accept(self, found: _Descent, target: Array, row: int | None) -> Array:
        if found.reached:
            return found.q
        resting = (found.q <= self.lower + 1e-9) | (found.q >= self.upper - 1e-9)
        at_limit = tuple(name for name, rests in zip(self._model.joint_names, resting, strict=True) if rests)
        where = "the target" if row is None else f"row {row}"
        x, y, z = target[:3, 3]
        raise UnreachableError(
            f"{where} at x {x:.4f}, y {y:.4f}, z {z:.4f} m is out of reach: the nearest configuration found "
            f"is {1e3 * found.position:.2f} mm and {found.rotation:.4f} rad away"
            + (f", with {', '.join(at_limit)} at a limit" if at_limit else "")
            + "; keep targets inside of the workspace, or start nearer",
            position_residual=found.position,
            rotation_residual=found.rotation,
            row=row,
            at_limit=at_limit,
        )

    def _vector(self, values: ArrayLike, name: str) -> Array:
        vector = np.array(values, dtype=np.float64)
        count = len(self._model.joint_names)
        if vector.shape != (count,):
            raise KinematicsError(f"{name}: {count} joint positions were expected, got shape {vector.shape}")
        if np.isnan(vector).any() or (name in ("home", "seed") and not np.isfinite(vector).all()):
            raise KinematicsError(f"{name}: not finite: {vector.tolist()}")
        return vector
