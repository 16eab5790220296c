"""A stateless grasp planner: a continuous velocity field over tool and object poses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAD = 0.04
"""Lag of the simulated arm behind its command [s]."""


@dataclass(frozen=True)
class GraspState:
    """Tool, gripper and object of N independent scenes, all in the base frame.

    Attributes:
        tool: Position of the tool centre point, shape (N, 3) [m].
        yaw: Yaw of the tool, which points straight down: R = Rz(yaw) Rx(pi), shape (N,) [rad].
        opening: Gripper opening, 0 closed to 1 open, shape (N,).
        object: Position of the object's centre, shape (N, 3) [m].
        object_yaw: Yaw of the object, which looks the same after a quarter turn, shape (N,) [rad].
    """

    tool: Array
    yaw: Array
    opening: Array
    object: Array
    object_yaw: Array


@dataclass(frozen=True)
class Funnel:
    """Shape and speeds of the velocity field.

    There are no phases, dwells or thresholds: height, approach, closing and lifting blend into each other with
    the pose alone, so that an imitator that is a little off is always told a motion that goes on.

    Attributes:
        grasp_height: Tool above the object's centre at the grasp [m].
        depth: Aimed at below the grasp height, so that the height is passed and not crept up to [m].
        hover: Tool above the object's centre while far from it [m].
        lift: Height of the tool above the base frame after the grasp [m].
        grip: Opening at which the fingers hold the object, 0 to 1.
        speed: Greatest horizontal speed [m/s].
        climb: Greatest vertical speed [m/s].
        turn: Greatest yaw rate [rad/s].
        gain: Convergence rate [1/s].
        acceleration: Greatest change of the velocity [m/s^2].
        turn_acceleration: Greatest change of the yaw rate [rad/s^2].
        closing: Rate of the gripper's opening [1/s].
        start: Where the tool rests before an episode, base frame [m]. The arm sets out slowly from there, for its
            motion must begin from rest and the field knows no time.
        start_reach: Distance from ``start`` over which it comes to speed [m].
    """

    grasp_height: float = 0.0
    depth: float = 0.004
    hover: float = 0.11
    lift: float = 0.20
    grip: float = 0.5
    speed: float = 0.20
    climb: float = 0.18
    turn: float = 0.8
    gain: float = 3.6
    acceleration: float = 0.6
    turn_acceleration: float = 3.0
    closing: float = 3.0
    start: tuple[float, float, float] = (0.307, 0.0, 0.487)
    start_reach: float = 0.07


def smoothstep(value: Array, zero: float | Array, one: float | Array) -> Array:
    """Return 0 where ``value`` is at ``zero``, 1 at ``one`` (either order), with a cubic between."""
    t = np.clip((value - zero) / (one - zero), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def quarter_turn_error(target: Array, current: Array) -> Array:
    """Return the turn from ``current`` to the nearest quarter turn of ``target``, -pi/4 to pi/4 [rad]."""
    quarter = np.pi / 2
    return np.asarray((target - current + quarter / 2) % quarter - quarter / 2)


def _saturate(vector: Array, limit: float) -> Array:
    """Return vectors, shape (N, K), shortened to length ``limit``."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector * (limit / np.maximum(length, limit)))


@dataclass(frozen=True)
class FieldValue:
    """The field at N states: tool velocity (N, 3), yaw rate (N,), commanded opening (N,), how surely held (N,)."""

    velocity: Array
    yaw_rate: Array
    opening: Array
    held: Array


def evaluate(funnel: Funnel, state: GraspState) -> FieldValue:
    """Return the velocity field at ``state``."""
    offset = state.object[:, :2] - state.tool[:, :2]
    turn = quarter_turn_error(state.object_yaw, state.yaw)
    height = state.tool[:, 2] - state.object[:, 2] - funnel.grasp_height
    error = np.sqrt(np.sum(offset**2, axis=1) + (0.05 * turn) ** 2)

    # A gripped object may sit off the middle; a merely surrounded one must not be closed on before it is centred.
    gripping = smoothstep(state.opening, funnel.grip + 0.25, funnel.grip + 0.08)
    aligned = smoothstep(error, 0.012 + 0.022 * gripping, 0.007 + 0.008 * gripping)
    surrounded = aligned * smoothstep(height, 0.016 + 0.016 * gripping, 0.007 + 0.013 * gripping)
    empty = smoothstep(state.opening, funnel.grip - 0.1, funnel.grip - 0.2)
    held = surrounded * smoothstep(state.opening, funnel.grip + 0.12, funnel.grip + 0.05) * (1.0 - empty)

    shut = 1.0 - smoothstep(state.opening, funnel.grip + 0.12, funnel.grip + 0.4)
    over = funnel.hover * smoothstep(error, 0.004, 0.030)
    over = np.maximum(over, 0.05 * shut * (1.0 - surrounded))

    # Below the funnel the fingers would push: rise first, and travel as the height comes.
    free = np.clip(1.0 - (over - height - 0.01) / 0.04, 0.0, 1.0) * (1.0 - held)
    lateral = _saturate(funnel.gain * offset, funnel.speed) * free[:, None]
    down = np.clip(funnel.gain * (over - height - funnel.depth), -funnel.climb, funnel.climb)
    up = np.clip(funnel.gain * (funnel.lift - state.tool[:, 2]), -funnel.climb, funnel.climb)
    vertical = (1.0 - held) * down + held * up
    yaw_rate = np.clip(funnel.gain * turn, -funnel.turn, funnel.turn) * free
    away = np.linalg.norm(state.tool - np.array(funnel.start), axis=1)
    haste = np.minimum(1.0, np.sqrt(0.06 + away / funnel.start_reach))
    closing = np.maximum(surrounded * (1.0 - empty), held)
    opening = 1.0 - smoothstep(closing, 0.05, 0.6)
    return FieldValue(haste[:, None] * np.column_stack([lateral, vertical]), haste * yaw_rate, opening, held)


def advance(funnel: Funnel, state: GraspState, motion: Array, dt: float) -> tuple[GraspState, Array]:
    """Return the state after ``dt`` [s] of following the field, and the motion then.

    The arm follows without lag, and a held object moves with the tool.

    Args:
        funnel: Shape of the field.
        state: Where the scenes are.
        motion: Velocity and yaw rate, shape (N, 4), which approach the field's no faster than the limits allow.
        dt: Time step [s].
    """
    value = evaluate(funnel, state)
    wanted = np.column_stack([value.velocity, value.yaw_rate]) - motion
    change = np.column_stack(
        [
            _saturate(wanted[:, :3], funnel.acceleration * dt),
            np.clip(wanted[:, 3], -funnel.turn_acceleration * dt, funnel.turn_acceleration * dt),
        ]
    )
    following = motion + change
    step = 0.5 * (motion + following) * dt
    closing = np.clip(value.opening - state.opening, -funnel.closing * dt, funnel.closing * dt)
    opening = state.opening + closing
    between = surrounds(funnel, state)
    opening = np.where(between, np.maximum(opening, np.minimum(state.opening, funnel.grip)), opening)
    carried = (between & (opening <= funnel.grip + 0.02))[:, None]
    moved = replace(
        state,
        tool=state.tool + step[:, :3],
        yaw=state.yaw + step[:, 3],
        opening=opening,
        object=state.object + np.where(carried, step[:, :3], 0.0),
        object_yaw=state.object_yaw + np.where(carried[:, 0], step[:, 3], 0.0),
    )
    return moved, following


def surrounds(funnel: Funnel, state: GraspState) -> NDArray[np.bool_]:
    """Return whether the object is between the fingers, shape (N,)."""
    offset = np.linalg.norm(state.object[:, :2] - state.tool[:, :2], axis=1)
    height = np.abs(state.tool[:, 2] - state.object[:, 2] - funnel.grasp_height)
    return np.asarray((offset < 0.03) & (height < 0.03))


def plan(funnel: Funnel, state: GraspState, *, horizon: int, dt: float, lead: float = 0.0, steps: int = 5) -> Array:
    """Return rows that follow the field from ``state``, shape (N, horizon, 5).

    Args:
        funnel: Shape of the field.
        state: Where the scenes are now.
        horizon: Number of rows H.
        dt: Time between rows; row i is the pose at (i + 1) dt + ``lead`` [s].
        lead: Lag of the arm behind its command [s]; rows that run ahead by it make successive chunks agree.
        steps: Integration steps in a row.

    Returns:
        dx, dy, dz [m] and dyaw [rad] relative to the tool pose of ``state``, base frame, and the commanded opening.
    """
    inner = dt / steps
    ahead = round(lead / inner)
    rows = np.empty((state.tool.shape[0], horizon, 5))
    start = evaluate(funnel, state)
    # The arm is taken to move as the field says already: a chunk must go on where the one before is.
    current, motion = state, np.column_stack([start.velocity, start.yaw_rate])
    for step in range(1, horizon * steps + ahead + 1):
        current, motion = advance(funnel, current, motion, inner)
        row, rest = divmod(step - ahead, steps)
        if rest == 0 and 1 <= row <= horizon:
            rows[:, row - 1, :3] = current.tool - state.tool
            rows[:, row - 1, 3] = current.yaw - state.yaw
            rows[:, row - 1, 4] = evaluate(funnel, current).opening
    return rows


def heading(quaternion: Array) -> float:
    """Return the heading of the box axis that lies flattest, from w x y z; a tipped box is grasped alike [rad]."""
    w, x, y, z = quaternion
    axes = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
            [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
            [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    flattest = axes[int(np.argmin(np.abs(axes[:, 2])))]
    return float(np.arctan2(flattest[1], flattest[0]))
