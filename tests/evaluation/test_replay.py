from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rosbags")
from steadyhand.evaluation.recording import JOINTS, read_recording
from steadyhand.evaluation.replay import recorded_decisions, replay
from steadyhand.profiles.robot import RobotProfile

from .bags import Scene


@pytest.fixture
def eventful(contract) -> Scene:
    """Chunks that pass, a stop, a refusal, both resumed, a chunk of another episode, and the end."""
    scene = Scene(contract)
    scene.begin()
    for _ in range(3):
        scene.receive()
        scene.advance(0.3)
    scene.bridge.stop(scene.now)
    scene.advance(0.6)
    scene.bridge.resume(scene.now, scene._steady)
    scene.advance(0.1)
    scene.receive()
    scene.advance(0.2)
    scene.receive(rows=np.full((16, 5), np.nan))
    scene.advance(0.6)
    scene.receive(episode_id="another")
    scene.advance(0.1)
    scene.bridge.close(scene.now)
    scene.advance(0.3)
    return scene


def test_every_decision_comes_out_as_it_was_recorded(eventful: Scene, tmp_path: Path) -> None:
    again = replay(read_recording(eventful.bag.write(tmp_path / "bag")), eventful.contract)
    verdicts = [decision.recorded for decision in again.chunks]
    assert verdicts == ["accepted"] * 4 + ["CHUNK_NOT_FINITE", "left aside"]
    assert again.agree == 6
    assert again.states[1] == 0
    assert again.states[0] >= 8


@pytest.mark.parametrize("late", [0.1, 0.5])
def test_a_recorder_that_gets_joint_states_late_changes_no_decision(
    eventful: Scene, tmp_path: Path, late: float
) -> None:
    recording = read_recording(eventful.bag.write(tmp_path / "bag"))
    delayed = [
        replace(entry, received=entry.received + late) if entry.role == JOINTS else entry
        for entry in recording.messages
    ]
    lagging = replace(recording, messages=tuple(sorted(delayed, key=lambda entry: entry.received)))
    assert lagging.messages != recording.messages
    again = replay(lagging, eventful.contract)
    assert (again.agree, again.states[1]) == (6, 0)


def test_a_robot_whose_signals_are_not_recorded_is_replayed_all_the_same(eventful: Scene, tmp_path: Path) -> None:
    robot = eventful.contract.robot.model_dump() | {
        "enable": {"topic": "/enable"},
        "safety_state": {"ok": {"topic": "/ok"}},
    }
    guarded = replace(eventful.contract, robot=RobotProfile.model_validate(robot))
    again = replay(read_recording(eventful.bag.write(tmp_path / "bag")), guarded)
    assert again.agree == 6


def test_a_deployment_with_other_limits_decides_otherwise_and_says_why(eventful: Scene, tmp_path: Path) -> None:
    contract = eventful.contract
    workspace = contract.robot.workspace.model_copy(update={"upper": (0.31, 0.45, 0.8)})
    narrow = replace(contract, robot=contract.robot.model_copy(update={"workspace": workspace}))
    again = replay(read_recording(eventful.bag.write(tmp_path / "bag")), narrow)
    first = again.chunks[0]
    assert (first.recorded, first.replayed) == ("accepted", "WORKSPACE")
    assert "row" in first.message
    assert not first.agrees
    assert again.agree < len(again.chunks)


def test_decisions_are_read_from_the_reports_alone(eventful: Scene, tmp_path: Path) -> None:
    path = eventful.bag.write(tmp_path / "bag", leave_out=("/joint_states", "/bridge/status", "/pilot/status"))
    decisions = list(recorded_decisions(read_recording(path)).values())
    assert [decision.sequence for decision in decisions] == list(range(6))
    assert [decision.recorded for decision in decisions][-2:] == ["CHUNK_NOT_FINITE", "left aside"]
