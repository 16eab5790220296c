from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rosbags")
from rosbags.rosbag2 import StoragePlugin, Writer

from steadyhand.evaluation.exceptions import RecordingError
from steadyhand.evaluation.recording import CHUNKS, JOINTS, REPORTS, read_recording

from .bags import STORE, Bag, Scene, header


@pytest.fixture(scope="module")
def bag(contract) -> Bag:
    scene = Scene(contract)
    scene.begin()
    scene.receive()
    scene.advance(0.2)
    return scene.bag


@pytest.mark.parametrize("storage", list(StoragePlugin))
def test_a_bag_of_either_storage_gives_its_messages_in_order(bag: Bag, tmp_path: Path, storage: StoragePlugin) -> None:
    recording = read_recording(bag.write(tmp_path / "bag", storage))
    assert len(recording.messages) == len(bag.messages)
    received = [message.received for message in recording.messages]
    assert received == sorted(received)
    (chunk,) = recording.of(CHUNKS)
    assert chunk.message.episode_id == "episode-1"
    assert chunk.stamp == pytest.approx(recording.of(REPORTS)[-1].stamp - 0.3, abs=1e-6)
    assert recording.missing == []


def test_topics_that_were_not_recorded_are_named(bag: Bag, tmp_path: Path) -> None:
    recording = read_recording(bag.write(tmp_path / "bag", leave_out=("/joint_states", "/bridge/status")))
    assert recording.missing == ["joint_states", "bridge/status"]
    assert recording.of(JOINTS) == []


def test_joint_states_may_have_a_name_of_their_own(tmp_path: Path) -> None:
    kind = "sensor_msgs/msg/JointState"
    bag = Bag()
    bag.add(1.0, "/execution_state", header=header(1.0))
    path = bag.write(tmp_path / "bag", leave_out=("/joint_states",))
    with Writer(tmp_path / "other", version=8, storage_plugin=StoragePlugin.MCAP) as writer:
        reports = writer.add_connection("/execution_state", "steadyhand/msg/ExecutionState", typestore=STORE)
        arm = writer.add_connection("/arm/measured", kind, typestore=STORE)
        raw = STORE.serialize_cdr(bag.messages[0][2], "steadyhand/msg/ExecutionState")
        writer.write(reports, 1, raw)
        from .bags import make

        writer.write(arm, 2, STORE.serialize_cdr(make(kind, name=["a"], position=np.ones(1)), kind))
    assert read_recording(path).of(JOINTS) == []
    assert len(read_recording(tmp_path / "other", "/arm/measured").of(JOINTS)) == 1


@pytest.mark.parametrize(
    ("leave_out", "said"),
    [
        (("/execution_state",), "execution_state is missing"),
        (("/execution_state", "/action_chunk", "/pilot/status"), "no topics of steadyhand"),
    ],
)
def test_a_bag_that_does_not_say_what_the_bridge_did_is_refused(
    bag: Bag, tmp_path: Path, leave_out: tuple[str, ...], said: str
) -> None:
    with pytest.raises(RecordingError, match=said):
        read_recording(bag.write(tmp_path / "bag", leave_out=leave_out))


def test_reports_that_never_came_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="has no messages"):
        read_recording(Bag().write(tmp_path / "bag"))


def test_what_is_no_bag_is_refused_with_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no such file"):
        read_recording(tmp_path / "absent")
    with pytest.raises(RecordingError, match="ros2 bag record"):
        read_recording(tmp_path)
    (tmp_path / "noise.mcap").write_bytes(b"noise" * 100)
    with pytest.raises(RecordingError, match="ros2 bag record"):
        read_recording(tmp_path / "noise.mcap")
    (tmp_path / "old.bag").write_bytes(b"#ROSBAG V2.0\n")
    with pytest.raises(RecordingError, match="ROS 1"):
        read_recording(tmp_path / "old.bag")


def test_a_file_cut_short_is_refused(bag: Bag, tmp_path: Path) -> None:
    (file,) = bag.write(tmp_path / "bag").glob("*.mcap")
    (tmp_path / "cut.mcap").write_bytes(file.read_bytes()[:-2000])
    with pytest.raises(RecordingError, match="cannot be read"):
        read_recording(tmp_path / "cut.mcap")
    assert len(read_recording(file).messages) == len(bag.messages)
