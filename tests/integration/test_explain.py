"""A fault in a real graph is recorded; the bag says what happened, and the bridge decides so again."""

import pytest

pytest.importorskip("rosbags")
from bag_recorder import BagRecorder
from stage import Stage

from steadyhand.evaluation.explanation import explain
from steadyhand.evaluation.recording import read_recording
from steadyhand.evaluation.replay import replay
from steadyhand.profiles.contract import load_deployment


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph)
    stage.start()
    yield stage
    stage.close()


def test_frozen_joint_states_are_explained_from_a_recording(stage, tmp_path):
    stage.reset()
    recorder = BagRecorder(stage.client)
    goal = stage.moving_goal()
    stage.freeze("publish_joint_states")
    stage.until_held("JOINT_STATE_STALE")
    frozen = stage.record.measured[-1][0]
    stage.thaw("publish_joint_states")
    stage.until_joint_states()
    stage.resume()
    goal.result()
    recording = read_recording(recorder.write(tmp_path / "bag"))
    print(stage.graph.logs())

    assert recording.missing == []
    brakes = [event for event in explain(recording) if event.code == "JOINT_STATE_STALE"]
    assert brakes[0].kind == "brake"
    limit = stage.robot.safety.joint_state_age
    assert frozen + limit - 1e-6 <= brakes[0].time < frozen + limit + 0.2
    said = " ".join(brakes[0].evidence)
    assert f"stamped {brakes[0].time - frozen:.3f} s earlier" in said
    assert "the next came" in said

    again = replay(recording, load_deployment(stage.deployment))
    assert len(again.chunks) > 5
    # What a recorder got later than the bridge, or a tick later, may come out differently now and then.
    assert again.agree >= 0.8 * len(again.chunks), [d for d in again.chunks if not d.agrees]
    assert again.states[0] > again.states[1]
