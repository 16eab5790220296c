"""Files of cameras."""

import pytest

from steadyhand.cameras.rig import load_rig
from steadyhand.profiles.exceptions import ProfileError
from steadyhand.profiles.search import config_folders, profile_names


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setenv("STEADYHAND_CONFIG_PATH", str(tmp_path))
    (tmp_path / "cameras").mkdir()

    def write(text):
        path = tmp_path / "cameras" / "desk.yaml"
        path.write_text(text)
        return path

    return write


def test_cameras_are_found_by_name_with_paths_beside_the_file(write):
    path = write(
        "cameras:\n  front: {source: footage.mp4, calibration: front.yaml, rate: 30, jpeg_quality: 80}\n"
        "  arm/wrist: {source: 'rtsp://10.0.0.2/live', frame_id: wrist_optical, loop: false}\n"
    )
    front, wrist = load_rig("desk")
    assert (front.name, wrist.name) == ("front", "arm/wrist")
    assert front.settings == {
        "source": str(path.parent / "footage.mp4"),
        "calibration": str(path.parent / "front.yaml"),
        "frame_id": "front_optical_frame",
        "rate": 30.0,
        "jpeg_quality": 80,
    }
    assert type(front.settings["rate"]) is float and type(front.settings["jpeg_quality"]) is int
    assert wrist.settings["source"] == "rtsp://10.0.0.2/live"
    assert load_rig(str(path)) == (front, wrist)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cameras: {front: {sorce: /dev/video0}}", "Did you mean 'source'"),
        ("cameras: {front: {rate: 30.0}}", "has no 'source'"),
        ("cameras: {front: {source: /dev/video0, rate: fast}}", "must be a number"),
        ("cameras: {front: {source: /dev/video0, width: 640.5}}", "must be a whole number"),
        ("cameras: {front: {source: /dev/video0, loop: 1}}", "must be true or false"),
        ("cameras: {front: {source: 0}}", "must be a word"),
        ("cameras: {front: {source: /dev/video0, jpeg_quality: 101}}", "between 1 and 100"),
        ("cameras: {front camera: {source: /dev/video0}}", "no name of a camera"),
        ("cameras: {front: /dev/video0}", "NAME: {source"),
        ("cameras: []", "no cameras"),
        ("front: {source: /dev/video0}", "no cameras"),
        ("cameras: {front: {source: a, source: b}}", "given twice"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(write, text, said):
    path = write(text)
    with pytest.raises(ProfileError) as refusal:
        load_rig("desk")
    assert str(path) in str(refusal.value) and said in str(refusal.value)


def test_a_file_that_is_not_there_is_refused_with_those_that_are(write):
    write("cameras: {front: {source: /dev/video0}}")
    with pytest.raises(ProfileError, match="Did you mean 'desk'"):
        load_rig("dsk")


def test_every_file_that_ships_can_be_read(monkeypatch):
    monkeypatch.delenv("STEADYHAND_CONFIG_PATH", raising=False)
    assert config_folders() and profile_names("cameras")
    for name in profile_names("cameras"):
        assert load_rig(name)
