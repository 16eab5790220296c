"""Inverse kinematics of a chunk's rows, along random smooth paths that the arm can follow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steadyhand.benchmarks.scenario import free_start, joint_space_contract, random_swing
from steadyhand.benchmarks.statistics import percentiles
from steadyhand.benchmarks.stopwatch import Stopwatch
from steadyhand.chunks.arm import arm_model
from steadyhand.kinematics.exceptions import UnreachableError
from steadyhand.kinematics.inverse import InverseKinematics

Array = NDArray[np.float64]

_WARM_UP = 5
_SPREAD = 0.6  # of the starts around home [rad]
# a [m], d [m] and alpha [rad] of each joint in Craig's convention, from Franka's documentation.
_FRANKA = (
    (0.0, 0.333, 0.0),
    (0.0, 0.0, -np.pi / 2),
    (0.0, 0.316, np.pi / 2),
    (0.0825, 0.0, np.pi / 2),
    (-0.0825, 0.384, -np.pi / 2),
    (0.0, 0.0, np.pi / 2),
    (0.088, 0.0, np.pi / 2),
)
_FLANGE = 0.107  # from the last joint [m]


def measure(paths: int, seed: int = 0) -> dict[str, Any]:
    """Solve paths of 50 tool poses at 50 Hz on the Panda, each begun at the configuration that the path begins with.

    Args:
        paths: Number of paths.
        seed: Of the paths.

    Returns:
        ``solved``: count, ``wall_ms`` and ``cpu_ms``; ``unreachable``: paths given up; ``position_error_um`` and
        ``rotation_error_urad`` of the rows: percentiles and ``max``; ``largest_step_rad``: of a joint between rows;
        ``forward_agreement_um``: largest distance between our tool centre point and that of the arm's published table.
    """
    contract = joint_space_contract()
    robot, policy = contract.robot, contract.policy
    arm = arm_model(contract)
    solver = InverseKinematics(arm, robot.lower, robot.upper, robot.home_positions)
    random = np.random.default_rng(seed)
    times = policy.dt * np.arange(policy.horizon, dtype=np.float64)
    watch, unreachable = Stopwatch(), 0
    positions, rotations, agreement, step = [], [], 0.0, 0.0
    for number in range(-_WARM_UP, paths):
        start = free_start(robot, random, arm.forward, _SPREAD)
        motion = random_swing(robot, random, random.uniform(0.2, 1.0), start).positions(times)
        motion = np.clip(motion, robot.lower, robot.upper)
        targets = np.stack([arm.forward(q) for q in motion])
        watch = Stopwatch() if number == 0 else watch
        try:
            with watch.lap():
                solution = solver.solve_path(targets, start)
        except UnreachableError:
            unreachable += number >= 0
            continue
        reached = np.stack([arm.forward(q) for q in solution])
        positions.append(np.linalg.norm(reached[:, :3, 3] - targets[:, :3, 3], axis=1))
        rotations.append(_angles(reached[:, :3, :3], targets[:, :3, :3]))
        step = max(step, float(np.abs(np.diff(solution, axis=0, prepend=start[None])).max()))
        agreement = max(
            agreement, float(np.linalg.norm(_tool_point(start, robot.tool.xyz) - arm.forward(start)[:3, 3]))
        )
    return {
        "rows": policy.horizon,
        "seed": seed,
        "solved": watch.result(),
        "unreachable": int(unreachable),
        "position_error_um": _errors(positions),
        "rotation_error_urad": _errors(rotations),
        "largest_step_rad": round(step, 4),
        "forward_agreement_um": round(1e6 * agreement, 6),
    }


def _errors(rows: list[Array]) -> dict[str, float]:
    values = 1e6 * np.concatenate(rows)
    return {**percentiles(values), "max": round(float(values.max()), 3)}


def _angles(first: Array, second: Array) -> Array:
    """Return the angles between rotations, shape (H,) [rad]; by the sine, which keeps small ones exact."""
    turned = first @ second.transpose(0, 2, 1)
    axis = np.stack([turned[:, i, j] - turned[:, j, i] for i, j in ((2, 1), (0, 2), (1, 0))], axis=1)
    return np.asarray(np.arcsin(np.minimum(0.5 * np.linalg.norm(axis, axis=1), 1.0)))


def _tool_point(q: Array, tool: tuple[float, float, float]) -> Array:
    """Return the tool centre point by Franka's table, shape (3,) [m]; the hand is turned by -45 degrees."""
    pose = np.eye(4)
    for (a, d, alpha), angle in zip(_FRANKA, q, strict=True):
        ca, sa, ct, st = np.cos(alpha), np.sin(alpha), np.cos(angle), np.sin(angle)
        # Craig, "Introduction to Robotics", equation (3.6).
        pose = pose @ np.array(
            [
                [ct, -st, 0.0, a],
                [st * ca, ct * ca, -sa, -sa * d],
                [st * sa, ct * sa, ca, ca * d],
                [0.0, 0.0, 0.0, 1.0],
            ]
        )
    turn = np.cos(np.pi / 4)
    hand = np.array([[turn, turn, 0.0], [-turn, turn, 0.0], [0.0, 0.0, 1.0]]) @ np.array(tool)
    point: Array = pose[:3, 3] + pose[:3, :3] @ (hand + np.array([0.0, 0.0, _FLANGE]))
    return point
