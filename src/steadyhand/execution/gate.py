"""The gate: the last check of a chunk before motion. It passes, or refuses with a reason code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.reasons import Reason
from steadyhand.observation.selection import is_earlier

# Clocks of two processes on one host agree far better than this; two hosts are synchronised by NTP to about as much.
_FUTURE = 0.05


@dataclass(frozen=True)
class ChunkExpectation:
    """What every chunk of a deployment must look like.

    Attributes:
        dimension_names: Names of the columns.
        horizon: Most rows a chunk may have.
        dt: Time between two rows [s].
        first_row_offset: Time from the observation to row 0 [s].
        joint_names: Names of the arm joints that the chunk's state must hold.
        profile_hash: Hash of the resolved deployment, empty to accept any.
        observation_age: Oldest observation [s].
        history: Time from the first to the last observation of an inference [s].
    """

    dimension_names: tuple[str, ...]
    horizon: int
    dt: float
    first_row_offset: float
    joint_names: tuple[str, ...]
    profile_hash: str
    observation_age: float
    history: float = 0.0


def check_chunk(chunk: ActionChunk, expected: ChunkExpectation, now: float) -> None:
    """Check a chunk on its own: names, width, values, timing and age.

    Args:
        chunk: The chunk as received.
        expected: What the deployment's chunks look like.
        now: Time of the check, ROS clock [s].

    Raises:
        RefusedError: With the code of the first check that failed.
    """
    if chunk.dimension_names != expected.dimension_names:
        raise RefusedError(
            Reason.CHUNK_NAMES,
            f"chunk {chunk.sequence} has columns {list(chunk.dimension_names)}, "
            f"the policy profile has {list(expected.dimension_names)}",
        )
    if chunk.rows.ndim != 2 or chunk.rows.shape[1] != len(expected.dimension_names):
        raise RefusedError(
            Reason.CHUNK_WIDTH,
            f"chunk {chunk.sequence} has shape {chunk.rows.shape}, expected (H, {len(expected.dimension_names)})",
        )
    if not 1 <= chunk.horizon <= expected.horizon:
        raise RefusedError(
            Reason.CHUNK_WIDTH, f"chunk {chunk.sequence} has {chunk.horizon} rows, expected 1 to {expected.horizon}"
        )
    if not np.isfinite(chunk.rows).all():
        row, column = np.argwhere(~np.isfinite(chunk.rows))[0]
        raise RefusedError(
            Reason.CHUNK_NOT_FINITE,
            f"chunk {chunk.sequence} has {chunk.rows[row, column]} in row {row}, column "
            f"{expected.dimension_names[column]}",
        )
    if expected.profile_hash and chunk.profile_hash != expected.profile_hash:
        raise RefusedError(
            Reason.CHUNK_PROFILE,
            f"chunk {chunk.sequence} was made with profile {chunk.profile_hash[:12] or 'unknown'}, "
            f"the bridge has {expected.profile_hash[:12]}",
        )
    differences = (chunk.dt - expected.dt, chunk.first_row_offset - expected.first_row_offset)
    if not all(abs(difference) <= 1e-6 for difference in differences):
        raise RefusedError(
            Reason.CHUNK_TIMING,
            f"chunk {chunk.sequence} has dt {chunk.dt:g} s and first row at {chunk.first_row_offset:g} s, the policy "
            f"profile has {expected.dt:g} s and {expected.first_row_offset:g} s",
        )
    _check_state(chunk, expected)
    _check_age(chunk, expected, now)


def _check_state(chunk: ActionChunk, expected: ChunkExpectation) -> None:
    missing = [name for name in expected.joint_names if name not in chunk.state_names]
    if missing or chunk.state.shape != (len(chunk.state_names),) or not np.isfinite(chunk.state).all():
        raise RefusedError(
            Reason.CHUNK_STATE,
            f"chunk {chunk.sequence} has state {chunk.state.tolist()} of {list(chunk.state_names)}; "
            f"missing: {missing or 'none'}",
        )


def _check_age(chunk: ActionChunk, expected: ChunkExpectation, now: float) -> None:
    for name, stamp in {"observation": chunk.stamp, **chunk.inputs}.items():
        age = now - stamp
        limit = expected.observation_age + (expected.history if is_earlier(name) else 0.0)
        # `not <=` refuses a stamp that is not a number, which `>` would let pass.
        if not age <= limit:
            raise RefusedError(
                Reason.OBSERVATION_STALE,
                f"{name} of chunk {chunk.sequence} is {age:.3f} s old, limit {limit:g} s",
            )
        if age < -_FUTURE:
            raise RefusedError(
                Reason.OBSERVATION_FUTURE, f"{name} of chunk {chunk.sequence} is stamped {-age:.3f} s in the future"
            )


def check_waiting(chunk: ActionChunk, waited: float, longest: float) -> None:
    """Check how long a chunk may have waited for a bridge that was busy or frozen.

    Args:
        chunk: The chunk.
        waited: Time since the bridge last did anything [s]: the chunk may have come at any time in it.
        longest: Longest time [s].

    Raises:
        RefusedError: It may have waited for longer.
    """
    if not waited <= longest:
        raise RefusedError(
            Reason.CHUNK_WAITED,
            f"chunk {chunk.sequence} was used {waited:.3f} s after the bridge's last round, limit {longest:g} s",
        )


def check_targets(targets: JointTargets, limits: JointLimits) -> None:
    """Check joint targets: finite, and every row within the position limits.

    Raises:
        RefusedError: With the joint, row, value and limit.
    """
    positions = targets.positions
    if not np.isfinite(positions).all() or not all(np.isfinite(g).all() for g in targets.grippers.values()):
        raise RefusedError(Reason.CHUNK_NOT_FINITE, "the joint targets of the chunk are not finite")
    outside = (positions < limits.lower) | (positions > limits.upper)
    if outside.any():
        row, joint = np.argwhere(outside)[0]
        raise RefusedError(
            Reason.POSITION_LIMIT,
            f"row {row} puts {limits.names[joint]} at {positions[row, joint]:.4f}, "
            f"limits {limits.lower[joint]:g} to {limits.upper[joint]:g}",
        )


def check_steps(targets: JointTargets, limits: JointLimits, lag: float, speed: float) -> None:
    """Check the mean velocity from each row to the next, those that have passed included.

    No motion through two rows is slower than the straight one, so that a step which exceeds the velocity limit even
    where the whole lag budget is spent on slowing the chunk cannot be followed. One such row is a reason to trust none.

    Args:
        targets: The chunk as joint positions over time.
        limits: Limits of the motion.
        lag: Longest delay against the policy's timing that slowing may cause [s].
        speed: Speed override, above 0 and up to 1.

    Raises:
        RefusedError: With the joint, row, velocity and limit.
    """
    if len(targets.times) < 2:
        return
    slowest = (1.0 + lag / float(targets.times[-1] - targets.times[0])) / speed
    velocity = np.abs(targets.positions[1:] - targets.positions[:-1])
    velocity /= slowest * (targets.times[1:] - targets.times[:-1])[:, None]
    beyond = velocity > limits.velocity
    if beyond.any():
        row, joint = np.argwhere(beyond)[0]
        raise RefusedError(
            Reason.VELOCITY_LIMIT,
            f"from row {row} to the next {limits.names[joint]} would move at {velocity[row, joint]:.2f} even if the "
            f"chunk took {slowest:.2f} times its duration, limit {limits.velocity[joint]:g}",
        )


def check_base(velocities: NDArray[np.float64], limits: NDArray[np.float64]) -> None:
    """Check velocities of the mobile base, shape (H, 2) [m/s, rad/s], against its largest speeds, shape (2,).

    Raises:
        RefusedError: With the row, axis, velocity and limit.
    """
    beyond = ~(np.abs(velocities) <= limits)
    if beyond.any():
        row, axis = np.argwhere(beyond)[0]
        raise RefusedError(
            Reason.VELOCITY_LIMIT,
            f"row {row} has the base {('drive', 'turn')[axis]} at {velocities[row, axis]:.3f} "
            f"{('m/s', 'rad/s')[axis]}, limit {limits[axis]:g}",
        )


def check_workspace(
    points: NDArray[np.float64], lower: NDArray[np.float64], upper: NDArray[np.float64], arm: str = ""
) -> None:
    """Check tool centre points, shape (H, 3), against the workspace box, each corner of shape (3,) [m].

    Args:
        points: Tool centre points of one arm.
        lower: Lower corner.
        upper: Upper corner.
        arm: Name of the arm, of a robot with several.

    Raises:
        RefusedError: With the row, axis, value and limit.
    """
    outside = (points < lower) | (points > upper)
    if outside.any():
        row, axis = np.argwhere(outside)[0]
        raise RefusedError(
            Reason.WORKSPACE,
            f"row {row} puts the tool{f' of {arm}' if arm else ''} at {'xyz'[axis]} = {points[row, axis]:.4f} m, "
            f"workspace {lower[axis]:g} to {upper[axis]:g} m",
        )
