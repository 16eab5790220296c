from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rosbags")
from steadyhand.evaluation.explanation import Event, explain, totals
from steadyhand.evaluation.recording import read_recording

from .bags import Scene


@pytest.fixture
def scene(contract) -> Scene:
    scene = Scene(contract)
    scene.begin()
    scene.receive()
    scene.advance(0.3)
    return scene


def events(scene: Scene, tmp_path: Path, *leave_out: str) -> list[Event]:
    return explain(read_recording(scene.bag.write(tmp_path / "bag", leave_out=leave_out)))


def only(found: list[Event], code: str) -> Event:
    (event,) = [event for event in found if event.code == code]
    return event


def test_a_refused_chunk_is_a_brake_that_says_what_the_chunk_held(scene: Scene, tmp_path: Path) -> None:
    scene.receive(rows=np.where(np.arange(80).reshape(16, 5) == 23, np.nan, 0.0))
    begun = scene.now
    scene.advance(0.8)
    event = only(events(scene, tmp_path), "CHUNK_NOT_FINITE")
    assert (event.kind, event.episode) == ("brake", "episode-1")
    assert event.time == pytest.approx(begun)
    assert event.duration is None
    assert any("row 4 has nan" in line for line in event.evidence)
    assert any("observation 0.100 s old" in line for line in event.evidence)
    assert event.remedy.startswith("Check normalisation")


def test_joint_states_that_stop_show_their_gap(scene: Scene, tmp_path: Path) -> None:
    newest = scene.now
    scene.hears.discard("joints")
    scene.advance(0.6)
    scene.hears.add("joints")
    scene.advance(0.2)
    event = only(events(scene, tmp_path), "JOINT_STATE_STALE")
    assert event.kind == "brake"
    assert any(f"stamped {event.time - newest:.3f} s earlier" in line for line in event.evidence)
    assert event.time - newest == pytest.approx(0.225, abs=0.03)
    assert any("the next came 0.650 s after it" in line for line in event.evidence)


@pytest.mark.parametrize(
    ("silent", "code", "topic"),
    [("policy", "POLICY_SILENT", "policy/heartbeat"), ("pilot", "PILOT_SILENT", "pilot/status")],
)
def test_whoever_falls_silent_is_shown_by_his_last_message(
    scene: Scene, tmp_path: Path, silent: str, code: str, topic: str
) -> None:
    scene.hears.discard(silent)
    for _ in range(4):
        scene.advance(0.3)
        scene.receive()
    scene.advance(0.3)
    event = only(events(scene, tmp_path), code)
    assert any(f"the last message of {topic} was stamped 1.0" in line for line in event.evidence)


def test_a_chunk_that_runs_out_is_shown_with_its_last_row(scene: Scene, tmp_path: Path) -> None:
    scene.advance(2.0)
    event = only(events(scene, tmp_path), "UNDERRUN")
    assert any("its last row was meant for" in line for line in event.evidence)


def test_a_slowed_chunk_is_told_with_its_lag(contract, tmp_path: Path) -> None:
    scene = Scene(contract)
    scene.begin()
    rows = np.zeros((16, 5))
    rows[:, 1] = 0.028 * np.arange(1, 17)
    rows[:, -1] = 1.0
    scene.receive(rows=rows)
    scene.advance(0.2)
    slowed = [event for event in events(scene, tmp_path) if event.kind == "slow-down"]
    stitched = scene.bridge.executor.stitched
    assert stitched is not None
    assert stitched.stretch > 1.0
    assert f"{stitched.lag:.3f} s of lag" in slowed[0].said


def test_what_is_only_counted_while_the_arm_rests_is_told_once(scene: Scene, tmp_path: Path) -> None:
    scene.receive(rows=np.full((16, 5), np.inf))
    scene.advance(0.6)
    scene.hears.discard("joints")
    scene.advance(1.0)
    found = events(scene, tmp_path)
    assert only(found, "JOINT_STATE_STALE").kind == "refusal"
    assert totals(found)["brake CHUNK_NOT_FINITE"] == 1


def test_joints_that_do_not_follow_are_shown_with_the_worst_of_them(scene: Scene, tmp_path: Path) -> None:
    stuck = scene._measured.copy()
    scene.receive(rows=np.tile([0.0, 0.02, 0.0, 0.0, 0.0], (16, 1)) * np.arange(1, 17)[:, None])
    for _ in range(30):
        scene._window, scene._measured = None, stuck
        scene.advance(0.05)
    event = only(events(scene, tmp_path), "TRACKING_ERROR")
    worst = event.said.split()[0]
    assert any(line.startswith(f"{worst} was measured") for line in event.evidence)
