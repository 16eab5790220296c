from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("rosbags")
sys.path.insert(0, str(Path(__file__).parents[1] / "evaluation"))
from bags import Scene

from steadyhand.cli import main
from steadyhand.profiles.contract import load_deployment


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scene = Scene(load_deployment("panda_embedded"))
    scene.begin()
    scene.receive()
    scene.advance(0.3)
    scene.receive(rows=np.full((16, 5), np.nan))
    scene.advance(0.6)
    return scene.bag.write(tmp_path_factory.mktemp("bags") / "bag")


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main.app, ["explain", *arguments])
    return done.exit_code, done.output


def test_the_timeline_has_code_evidence_remedy_totals_and_the_replay(bag: Path, tmp_path: Path) -> None:
    code, said = run(str(bag), "--json", str(tmp_path / "out.json"))
    assert code == 0
    assert "brake CHUNK_NOT_FINITE" in said
    assert "recorded: its row 0 has nan" in said
    assert "remedy: Check normalisation" in said
    assert "replayed with panda_embedded: 2 chunks decided as recorded, 0 differently" in said
    assert "START_POSE_REACHED," not in said.split("totals")[0]
    written = json.loads((tmp_path / "out.json").read_text())
    assert written["totals"]["brake CHUNK_NOT_FINITE"] == 1
    assert (written["replay"]["agree"], written["replay"]["differ"]) == (2, 0)
    assert {"events", "missing", "machine", "versions", "commit"} <= written.keys()


def test_rest_that_nothing_went_wrong_for_is_shown_when_asked_for(bag: Path) -> None:
    assert "hold START_POSE_REACHED" in run(str(bag), "--all")[1].split("totals")[0]


def test_what_is_no_bag_exits_2_with_a_sentence(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys, "argv", ["steadyhand", "explain", str(tmp_path)])
    with pytest.raises(SystemExit) as end:
        main.main()
    assert end.value.code == 2
    assert "cannot be read as a ROS 2 bag" in capsys.readouterr().err
