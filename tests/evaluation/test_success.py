import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from steadyhand.evaluation.exceptions import EvaluationError
from steadyhand.evaluation.success import Trials, deployment_of, instruction_for, measure
from steadyhand.simulation.tasks.instructions import COLOURS, phrasings, requested_colour


def test_the_embedded_policy_picks_up_the_named_cube() -> None:
    result = measure(Trials(episodes=6, seed=700, renderer="raycast"))
    assert result["successes"] >= 5
    assert result["wrong_object"] == 0
    assert result["episodes"] == 6 and result["renderer"] == "raycast"
    assert result["ci95"][0] < result["success_rate"] <= result["ci95"][1]


def test_the_flow_policy_continues_its_own_chunks() -> None:
    result = measure(Trials(episodes=2, seed=700, renderer="raycast", delay=0.2, deployment="panda_embedded_flow"))
    assert result["successes"] == 2 and result["method"] == "prefix"
    # The first of an episode has nothing to continue.
    assert result["prefixed"] >= result["chunks"] - 4 and result["refused"] == 0


def test_the_scripted_policy_succeeds_with_a_slow_network() -> None:
    result = measure(Trials(episodes=3, policy="scripted", renderer="raycast", delay=0.25))
    assert result["success_rate"] == 1.0 and result["failures"] == []


def test_holding_succeeds_never_and_every_failure_is_listed() -> None:
    result = measure(Trials(episodes=2, seed=40, policy="hold", renderer="raycast", timeout=1.0))
    assert result["successes"] == 0 and result["episode_seconds"] is None
    assert [failure["seed"] for failure in result["failures"]] == [40, 41]
    assert all("not lifted" in failure["message"] for failure in result["failures"])


def test_instructions_are_in_words_that_training_never_used() -> None:
    sentences = [instruction_for(seed) for seed in range(200)]
    trained = {sentence for colour in COLOURS for sentence in phrasings(colour)}
    assert not trained & set(sentences)
    assert {requested_colour(sentence) for sentence in sentences} == set(COLOURS)
    assert sentences == [instruction_for(seed) for seed in range(200)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"seed": 999_990}, "used in training"),
        ({"episodes": 0}, "at least one"),
        ({"task": "juggle"}, "Tasks: pick"),
        ({"renderer": "vulkan"}, "Renderers: auto"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(EvaluationError, match=words):
        Trials(**{"episodes": 20, **wrong})  # type: ignore[arg-type]


def test_an_unknown_policy_is_refused_with_the_known_ones() -> None:
    with pytest.raises(EvaluationError, match=r"embedded, a backend \(onnx, torch, hold, scripted\)"):
        deployment_of("nobody")


def test_the_command_writes_where_the_result_comes_from(tmp_path: Path) -> None:
    from steadyhand.cli.main import app

    path = tmp_path / "folder" / "success.json"
    options = ["--episodes", "1", "--policy", "scripted", "--renderer", "raycast", "--json", str(path)]
    done = CliRunner().invoke(app, ["success", *options])
    assert done.exit_code == 0, done.output
    assert "1 of 1 (100.0 %" in done.output
    result = json.loads(path.read_text())
    assert {"task", "episodes", "seed", "success_rate", "ci95", "machine", "versions", "commit"} <= set(result)
