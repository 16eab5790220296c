from __future__ import annotations

import sys
from pathlib import Path

import cv2
import pytest

pytest.importorskip("rosbags")
sys.path.insert(0, str(Path(__file__).parents[1] / "evaluation"))

from bags import Scene

from steadyhand.evaluation.recording import read_recording
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.visualisation.picture import main, view_at


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_deployment("panda_embedded")


@pytest.fixture(scope="module")
def bag(contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Path:
    scene = Scene(contract)
    scene.begin()
    scene.receive()
    scene.advance(0.4)
    return scene.bag.write(tmp_path_factory.mktemp("bag") / "bag")


def test_a_recording_is_seen_as_it_was_at_a_moment(contract: Contract, bag: Path) -> None:
    recording = read_recording(bag)
    before, _ = view_at(recording, contract, 0.2)
    after, measured = view_at(recording, contract, 0.9)
    assert not any(shape.name.startswith("rows") for shape in before.shapes())
    assert {"rows predicted", "reference", "measured", "workspace"} <= {shape.name for shape in after.shapes()}
    assert measured is not None and measured.shape == (7,)


def test_a_picture_of_a_recording_is_written(bag: Path, tmp_path: Path) -> None:
    assert main([str(bag), str(tmp_path / "seen.png"), "--at", "0.9"]) == 0
    image = cv2.imread(str(tmp_path / "seen.png"))
    assert image.shape == (700, 900, 3) and image.std() > 10.0


def test_what_is_no_recording_is_refused_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none"), str(tmp_path / "seen.png")]) == 2
    assert "no such file" in capsys.readouterr().err
