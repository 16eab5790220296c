from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.interpolate import CubicSpline

from steadyhand.chunks.arm import arm_model
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.meaning import Meaning
from steadyhand.chunks.targets import JointTargets
from steadyhand.observation.observation import Observation
from steadyhand.policies.policy import InferenceContext
from steadyhand.policies.prefix import NoPrefix, PrefixSource
from steadyhand.policies.schedule import ExecutionProgress
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.policy import PolicyProfile

PANDA = load_deployment("panda_embedded")
HOME = PANDA.robot.home_positions
NAMES = (*PANDA.robot.joint_names, "panda_finger_joint1")
HORIZON, DT = 16, 0.1

_GRIPPER = {"kind": "gripper", "gripper": "hand", "meaning": "absolute", "closed": 1.0, "open": -1.0}
LAYOUTS: list[list[dict[str, str]]] = [
    [{"kind": "joint_position", "meaning": meaning}]
    for meaning in ("absolute", "delta_to_observation", "delta_per_step")
] + [
    [{"kind": "joint_velocity"}],
    *(
        [
            {"kind": "end_effector_position", "meaning": meaning, "frame": frame},
            {"kind": "end_effector_rotation", "meaning": meaning, "frame": frame, "representation": rotation},
        ]
        for meaning, frame in [
            ("absolute", "base"), ("delta_to_observation", "base"), ("delta_to_observation", "tool"),
            ("delta_per_step", "base"), ("relative", "tool"),
        ]
        for rotation in ("rot6d_rows", "axis_angle")
    ),
]  # fmt: skip

changes = st.lists(st.floats(-0.2, 0.2), min_size=7, max_size=7).map(np.array)


@cache
def contract(layout: int, method: str = "prefix", first_row: float = 1.0) -> Contract:
    terms = [dict(term) for term in LAYOUTS[layout]]
    for term in terms:
        if term["kind"].startswith("joint"):
            term["joints"] = PANDA.robot.joint_names  # type: ignore[assignment]
    keys = PANDA.policy.model_dump() | {"action": [*terms, _GRIPPER], "first_row": first_row}
    keys["stitching"] = keys["stitching"] | {"method": method}
    return replace(PANDA, policy=PolicyProfile.model_validate(keys))


@cache
def meaning(layout: int, first_row: float = 1.0) -> Meaning:
    return Meaning(contract(layout, first_row=first_row))


def observation(stamp: float, positions: np.ndarray) -> Observation:
    return Observation(stamp, {}, np.zeros(1), "", NAMES, np.append(positions, 0.02), {})


def executed(layout: int, change: np.ndarray, stamp: float = 10.0, first_row: float = 1.0) -> ActionChunk:
    """A smooth chunk that was observed at HOME."""
    times = stamp + first_row * DT + DT * np.arange(HORIZON)
    share = np.clip((times - stamp) / 1.7, 0.0, 1.0)
    positions = HOME + np.outer(share**2 * (3 - 2 * share), change)
    rows = meaning(layout, first_row).rows(JointTargets(times, positions, {"hand": 1.0 - share}), HOME)
    return chunk_of(layout, rows, stamp, HOME, first_row)


def chunk_of(layout: int, rows: np.ndarray, stamp: float, state: np.ndarray, first_row: float = 1.0) -> ActionChunk:
    names = contract(layout).policy.dimension_names
    return ActionChunk(stamp, rows, names, DT, first_row * DT, NAMES, np.append(state, 0.02), sequence=3)


def progress(**update: object) -> ExecutionProgress:
    running = ExecutionProgress(10.5, running=True, waiting=False, chunk=3, remaining=1.0, delay=0.1, lag=0.0)
    return replace(running, **update)  # type: ignore[arg-type]


def source(layout: int, made: ActionChunk, first_row: float = 1.0, **update: object) -> PrefixSource:
    prefixes = PrefixSource(contract(layout, first_row=first_row))
    prefixes.publish(made)
    prefixes.report(progress(**update))
    return prefixes


def tool(positions: np.ndarray) -> np.ndarray:
    return np.stack([arm_model(PANDA).forward(q) for q in positions])


@settings(max_examples=40)
@given(st.integers(0, len(LAYOUTS) - 1), changes, changes, st.integers(1, 9), st.sampled_from([0.0, 1.0]))
def test_the_prefix_is_the_committed_motion_seen_from_the_new_observation(
    layout: int, change: np.ndarray, moved: np.ndarray, passed: int, first_row: float
) -> None:
    """Rows that fall on each other give the very joint targets of the chunk they come from."""
    chunk = executed(layout, change, first_row=first_row)
    later = observation(10.0 + passed * DT, HOME + 0.3 * moved)
    found = source(layout, chunk, first_row).context(later, InferenceContext(seed=5))
    assert found.prefix is not None and found.seed == 5
    assert len(found.prefix) == HORIZON - passed
    again = meaning(layout, first_row).targets(
        chunk_of(layout, found.prefix, later.stamp, later.joint_positions[:7], first_row)
    )
    original = meaning(layout, first_row).targets(chunk)
    assert_allclose(again.times, original.times[passed:], atol=1e-9)
    assert_allclose(again.grippers["hand"], original.grippers["hand"][passed:], atol=1e-9)
    kind = LAYOUTS[layout][0]["kind"]
    if kind == "joint_velocity" and first_row == 0.0:
        # Velocities from the observation's own time on begin where the arm is.
        assert_allclose(np.diff(again.positions, axis=0), np.diff(original.positions[passed:], axis=0), atol=1e-9)
    elif kind.startswith("joint"):
        assert_allclose(again.positions, original.positions[passed:], atol=1e-9)
    else:
        # Inverse kinematics ends within 0.2 mm and 0.2 mrad, from either side.
        expected, reached = tool(original.positions[passed:]), tool(again.positions)
        assert np.linalg.norm(reached[:, :3, 3] - expected[:, :3, 3], axis=1).max() < 4e-4
        assert_allclose(reached[:, :3, :3], expected[:, :3, :3], atol=5e-4)


@settings(max_examples=15)
@given(st.integers(0, len(LAYOUTS) - 1), changes, st.floats(0.02, 0.78))
def test_rows_due_between_old_rows_lie_on_the_motion_between_them(
    layout: int, change: np.ndarray, elapsed: float
) -> None:
    chunk = executed(layout, change)
    later = observation(10.0 + elapsed, HOME + 0.1 * change)
    found = source(layout, chunk).context(later, InferenceContext())
    assert found.prefix is not None
    again = meaning(layout).targets(chunk_of(layout, found.prefix, later.stamp, later.joint_positions[:7]))
    original = meaning(layout).targets(chunk)
    between = CubicSpline(original.times, original.positions, bc_type="natural")(again.times)
    assert np.linalg.norm(tool(again.positions)[:, :3, 3] - tool(between)[:, :3, 3], axis=1).max() < 6e-4
    assert again.times[-1] <= original.times[-1] + 1e-9


@given(st.floats(0.0, 0.6), st.sampled_from([0.0, 1.0]))
def test_the_hand_over_lies_between_two_committed_rows(delay: float, first_row: float) -> None:
    count = PrefixSource(contract(0, first_row=first_row)).committed(delay)
    handover = delay + PANDA.robot.arm.latency
    due = (first_row + np.arange(HORIZON)) * DT
    assert due[count - 1] >= handover - 1e-6
    assert count == 1 or due[count - 2] < handover + 1e-6


def test_committed_rows_are_counted_from_the_measured_delay() -> None:
    chunk = executed(0, np.full(7, 0.1))
    for delay, count in [(0.0, 1), (0.05, 1), (0.1, 2), (0.2, 3), (0.3, 4)]:
        found = source(0, chunk, delay=delay).context(observation(10.4, HOME), InferenceContext())
        assert found.delay == count


def test_a_chunk_that_waited_at_rest_is_due_later_by_that() -> None:
    chunk = executed(0, np.full(7, 0.1))
    found = source(0, chunk, lag=0.25).context(observation(10.65, HOME), InferenceContext())
    assert found.prefix is not None
    assert_allclose(found.prefix, chunk.rows[4:], atol=1e-12)


@pytest.mark.parametrize(
    ("update", "why"),
    [
        ({"running": False}, NoPrefix.NOT_EXECUTING),
        ({"chunk": None}, NoPrefix.NOT_EXECUTING),
        ({"altered": True}, NoPrefix.ALTERED),
        ({"chunk": 2}, NoPrefix.UNKNOWN_CHUNK),
        ({"delay": 1.3}, NoPrefix.TOO_SHORT),
        ({"lag": 0.6}, NoPrefix.NOT_YET),
    ],
)
def test_without_rows_that_are_executed_as_given_there_is_no_prefix(update: dict[str, object], why: NoPrefix) -> None:
    prefixes = source(0, executed(0, np.full(7, 0.1)), **update)
    found = prefixes.context(observation(10.4, HOME), InferenceContext(delay=3, seed=4))
    assert found == InferenceContext(seed=4)
    assert prefixes.missing == {why: 1} and prefixes.given == 0


def test_a_row_that_stands_for_nothing_is_no_prefix() -> None:
    layout = next(k for k, terms in enumerate(LAYOUTS) if "rot6d_rows" in terms[-1].values())
    chunk = executed(layout, np.full(7, 0.1))
    rows = np.array(chunk.rows)
    rows[:, 3:9] = 0.0
    prefixes = source(layout, replace(chunk, rows=rows))
    assert prefixes.context(observation(10.4, HOME), InferenceContext()).prefix is None
    assert prefixes.missing == {NoPrefix.UNREADABLE: 1}


def test_an_episode_begins_without_the_chunks_of_the_one_before() -> None:
    prefixes = source(0, executed(0, np.full(7, 0.1)))
    prefixes.close()
    assert prefixes.context(observation(10.4, HOME), InferenceContext()).prefix is None
    prefixes.report(progress())
    assert prefixes.context(observation(10.4, HOME), InferenceContext()).prefix is None
    assert prefixes.missing == {NoPrefix.NOT_EXECUTING: 1, NoPrefix.UNKNOWN_CHUNK: 1}


@pytest.mark.parametrize("method", ["splice", "ensemble"])
def test_other_ways_of_stitching_give_the_policy_nothing(method: str) -> None:
    prefixes = PrefixSource(contract(0, method))
    prefixes.publish(executed(0, np.full(7, 0.1)))
    prefixes.report(progress())
    context = InferenceContext(seed=2)
    assert prefixes.context(observation(10.4, HOME), context) is context
    assert not prefixes.missing and not prefixes.given


def test_openings_are_interpolated_and_decisions_are_not() -> None:
    for kind, expected in [("absolute", 0.5), ("binary", 1.0)]:
        gripper = _GRIPPER | {"meaning": kind}
        keys = contract(0).policy.model_dump() | {"action": [*contract(0).policy.model_dump()["action"][:1], gripper]}
        changed = replace(PANDA, policy=PolicyProfile.model_validate(keys))
        rows = np.hstack([np.tile(HOME, (HORIZON, 1)), np.ones((HORIZON, 1))])
        rows[:5, 7] = -1.0
        chunk = chunk_of(0, rows, 10.0, HOME)
        # Three quarters of the way from row 4, which is the last one open, to row 5.
        found = Meaning(changed).retimed(chunk, HOME, np.array([10.575]))
        assert found[0, 7] == pytest.approx(expected)
