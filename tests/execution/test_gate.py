from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.gate import ChunkExpectation, check_chunk, check_steps, check_targets, check_workspace
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.reasons import Reason

_EXPECTED = ChunkExpectation(("x", "y"), 4, 0.1, 0.1, ("joint1", "joint2"), "abc", 0.5)
_NOW = 100.0


def chunk(**changes: Any) -> ActionChunk:
    good = ActionChunk(
        stamp=99.9,
        rows=np.zeros((4, 2)),
        dimension_names=("x", "y"),
        dt=0.1,
        first_row_offset=0.1,
        state_names=("finger", "joint2", "joint1"),
        state=np.zeros(3),
        inputs={"front": 99.9},
        profile_hash="abc",
    )
    return replace(good, **changes)


def with_value(value: float) -> np.ndarray:
    rows = np.zeros((4, 2))
    rows[2, 1] = value
    return rows


def test_a_good_chunk_passes() -> None:
    check_chunk(chunk(), _EXPECTED, _NOW)


@pytest.mark.parametrize(
    ("changes", "reason", "said"),
    [
        ({"dimension_names": ("y", "x")}, Reason.CHUNK_NAMES, "columns"),
        ({"rows": np.zeros((4, 3))}, Reason.CHUNK_WIDTH, "shape"),
        ({"rows": np.zeros(4)}, Reason.CHUNK_WIDTH, "shape"),
        ({"rows": np.zeros((5, 2))}, Reason.CHUNK_WIDTH, "5 rows"),
        ({"rows": np.zeros((0, 2))}, Reason.CHUNK_WIDTH, "0 rows"),
        ({"rows": with_value(np.nan)}, Reason.CHUNK_NOT_FINITE, "row 2, column y"),
        ({"rows": with_value(np.inf)}, Reason.CHUNK_NOT_FINITE, "inf"),
        ({"profile_hash": "abd"}, Reason.CHUNK_PROFILE, "abd"),
        ({"profile_hash": ""}, Reason.CHUNK_PROFILE, "unknown"),
        ({"dt": 0.02}, Reason.CHUNK_TIMING, "0.02"),
        ({"dt": np.nan}, Reason.CHUNK_TIMING, "nan"),
        ({"first_row_offset": 0.0}, Reason.CHUNK_TIMING, "first row"),
        ({"state_names": ("joint1",), "state": np.zeros(1)}, Reason.CHUNK_STATE, "joint2"),
        ({"state": np.array([0.0, np.nan, 0.0])}, Reason.CHUNK_STATE, "nan"),
        ({"stamp": 99.0}, Reason.OBSERVATION_STALE, "1.000 s old"),
        ({"stamp": np.nan}, Reason.OBSERVATION_STALE, "nan"),
        ({"inputs": {"front": 99.9, "wrist": 98.0}}, Reason.OBSERVATION_STALE, "wrist"),
        ({"stamp": 100.2}, Reason.OBSERVATION_FUTURE, "future"),
    ],
)
def test_whatever_is_wrong_is_refused_with_its_code(changes: dict[str, Any], reason: Reason, said: str) -> None:
    with pytest.raises(RefusedError, match=said) as refusal:
        check_chunk(chunk(**changes), _EXPECTED, _NOW)
    assert refusal.value.reason is reason


def test_targets_outside_of_the_limits_name_row_joint_and_limit() -> None:
    one = np.ones(2)
    limits = JointLimits(("joint1", "joint2"), -one, one, one, one, one)
    positions = np.zeros((3, 2))
    check_targets(JointTargets(np.arange(3.0), positions), limits)
    positions[1, 1] = 1.2
    with pytest.raises(RefusedError, match=r"row 1 puts joint2 at 1\.2") as refusal:
        check_targets(JointTargets(np.arange(3.0), positions), limits)
    assert refusal.value.reason is Reason.POSITION_LIMIT
    with pytest.raises(RefusedError) as refusal:
        check_targets(JointTargets(np.arange(3.0), np.zeros((3, 2)), {"hand": np.array([0.0, np.nan, 1.0])}), limits)
    assert refusal.value.reason is Reason.CHUNK_NOT_FINITE


def test_a_row_too_far_from_the_one_before_for_any_slowing_is_refused() -> None:
    one = np.ones(2)
    limits = JointLimits(("joint1", "joint2"), -9 * one, 9 * one, one, one, one)
    times = 0.1 * np.arange(6)
    positions = np.outer(times, [0.5, -1.9])
    # 0.5 s of lag on 0.5 s of rows: at twice the duration 1.9 rad/s become 0.95 rad/s.
    check_steps(JointTargets(times, positions), limits, 0.5, 1.0)
    with pytest.raises(RefusedError, match="joint2") as refusal:
        check_steps(JointTargets(times, positions), limits, 0.4, 1.0)
    assert refusal.value.reason is Reason.VELOCITY_LIMIT
    check_steps(JointTargets(times, positions), limits, 0.4, 0.9)
    positions[2, 0] += 0.3
    with pytest.raises(RefusedError, match="row 1 to the next joint1"):
        check_steps(JointTargets(times, positions), limits, 0.5, 1.0)
    check_steps(JointTargets(times[:1], positions[:1]), limits, 0.0, 1.0)


def test_a_tool_point_outside_of_the_workspace_is_refused() -> None:
    points = np.array([[0.5, 0.0, 0.2], [0.5, 0.0, -0.01]])
    with pytest.raises(RefusedError, match=r"row 1 puts the tool at z = -0\.01") as refusal:
        check_workspace(points, np.zeros(3) - [0.0, 1.0, 0.0], np.ones(3))
    assert refusal.value.reason is Reason.WORKSPACE


def test_every_reason_says_what_to_do_and_how_motion_recovers() -> None:
    for reason in Reason:
        assert str(reason) == reason.name
        assert reason.remedy.endswith(".")
        assert reason.recovery.value


def test_earlier_steps_of_a_history_may_be_older_by_its_length_and_no_more() -> None:
    seen = dataclasses.replace(_EXPECTED, history=0.1)
    limit = _EXPECTED.observation_age
    check_chunk(chunk(inputs={"front": 100.0, "front[-1]": _NOW - limit - 0.09}), seen, _NOW)
    with pytest.raises(RefusedError, match=r"front\[-1\]") as refusal:
        check_chunk(chunk(inputs={"front[-1]": _NOW - limit - 0.11}), seen, _NOW)
    assert refusal.value.reason is Reason.OBSERVATION_STALE
    with pytest.raises(RefusedError, match="observation of chunk"):
        check_chunk(chunk(stamp=_NOW - limit - 0.05), seen, _NOW)
    with pytest.raises(RefusedError, match="front of chunk"):
        check_chunk(chunk(inputs={"front": _NOW - limit - 0.05}), seen, _NOW)
