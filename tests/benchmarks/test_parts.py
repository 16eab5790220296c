"""The benchmarks of parts, short: what they say has to be true of what they measured."""

import numpy as np
import pytest

from steadyhand.benchmarks import brake, gate, kinematics
from steadyhand.benchmarks.brake import brake_limits
from steadyhand.benchmarks.scenario import joint_space_contract, random_swing
from steadyhand.benchmarks.stopwatch import Stopwatch


@pytest.fixture(scope="module")
def robot():
    return joint_space_contract().robot


def test_a_stopwatch_counts_also_what_raises():
    watch = Stopwatch()
    with pytest.raises(ValueError, match="wrong"), watch.lap():
        raise ValueError("wrong")
    result = watch.result()
    assert result["count"] == 1
    assert result["wall_ms"]["p50"] >= 0.0
    assert Stopwatch().result() == {"count": 0}


@pytest.mark.parametrize("share", [0.2, 1.0, 1.5])
def test_a_swing_starts_at_rest_and_peaks_at_its_share_of_the_limits(robot, share):
    swing = random_swing(robot, np.random.default_rng(3), share, robot.home_positions)
    times = np.linspace(0.0, 10.0, 20_001)
    positions = swing.positions(times)
    speed = np.abs(np.gradient(positions, times, axis=0)).max(axis=0)
    velocities, accelerations = swing.derivatives(times)
    assert np.max(speed / robot.velocity) == pytest.approx(share, rel=1e-3)
    assert np.abs(velocities).max(axis=0) == pytest.approx(speed, rel=1e-3)
    assert np.all(np.abs(accelerations) <= share * robot.acceleration)
    assert positions[0] == pytest.approx(robot.home_positions)
    assert not velocities[0].any()


def test_every_chunk_of_the_gate_has_an_outcome_and_normal_motion_passes():
    result = gate.measure(18, seed=4)
    counts = {outcome: result[outcome]["count"] for outcome in ("passed", "slowed", "refused", "all")}
    assert (result["rows"], result["columns"]) == (50, 7)
    assert counts["all"] == counts["passed"] + counts["slowed"] + counts["refused"]
    assert counts["passed"] >= 12
    assert counts["slowed"] > 0
    assert sum(result["refusals"].values()) == counts["refused"]


def test_inverse_kinematics_keep_their_tolerance_and_forward_agrees_with_the_published_table():
    result = kinematics.measure(10)
    assert result["solved"]["count"] + result["unreachable"] == 10
    assert result["position_error_um"]["max"] <= 100.0
    assert result["rotation_error_urad"]["max"] <= 100.0
    assert result["forward_agreement_um"] < 1e-3


def test_stops_keep_every_limit_and_are_never_faster_than_the_minimum():
    result = brake.measure(60)
    assert result["beyond_limits"] == result["outside"] == 0
    assert all(share <= 1.0 + 1e-5 for share in result["largest_share"].values())
    assert 0.0 < result["along_path"] < 1.0
    assert result["over_minimum"]["p50"] >= 1.0
    assert result["duration_s"]["max"] <= 0.5


def test_the_example_of_a_brake_stays_on_its_path(robot):
    found, limits = brake.example()
    assert found.along
    assert np.array_equal(limits.jerk, brake_limits(robot).jerk)
    start = found.path.sample(found.time)
    assert found.tail.velocities[0] == pytest.approx(start.velocity)
