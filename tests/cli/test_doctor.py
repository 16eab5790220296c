"""What the doctor prints, and with which code it ends."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from steadyhand.cli import doctor
from steadyhand.cli.main import app
from steadyhand.doctor.machine import Machine
from steadyhand.doctor.survey import GraphSurvey, SeenNode


@pytest.fixture
def run(monkeypatch):
    """Run the command on a healthy machine whose graph is given."""

    def call(graph, *arguments, machine=None):
        asked = []
        monkeypatch.setattr(doctor, "look_at_machine", lambda: machine or Machine())
        monkeypatch.setattr(doctor, "_surveyed", lambda *given: asked.append(given) or graph)
        result = CliRunner().invoke(app, ["doctor", *arguments], env={"COLUMNS": "100"})
        return result, asked

    return call


def test_nothing_running_is_said_with_what_to_start_and_is_no_error(run):
    result, _ = run(GraphSurvey(duration=3.0))
    assert result.exit_code == 0
    assert "NOTHING_RUNNING" in result.stdout
    assert "steadyhand demo" in result.stdout
    assert result.stdout.strip().splitlines()[-1] == "1 warning: the machine was looked at; nothing runs."


def test_a_deployment_whose_robot_is_not_there_is_an_error(run):
    result, ((namespace, seconds, contract),) = run(
        GraphSurvey(), "panda_embedded", "--seconds", "7", "--namespace", "/a"
    )
    assert result.exit_code == 1
    assert "ROBOT_ABSENT" in result.stdout
    assert (namespace, seconds, contract.deployment.name) == ("a", 7.0, "panda_embedded")


def test_a_graph_without_findings_ends_well(run):
    result, _ = run(GraphSurvey(nodes={"/driver": SeenNode()}))
    assert result.exit_code == 0
    assert result.stdout.strip().splitlines()[-1] == "no findings: nothing stands in the way."


def test_without_ros_the_machine_alone_is_judged(run):
    result, asked = run(None, "--json", machine=Machine(ros_error="No module named 'rclpy'"))
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert asked == []
    assert (report["verdict"], report["graph"]) == ("error", None)
    assert [one["code"] for one in report["findings"]] == ["ROS_UNUSABLE"]


def test_a_wrong_deployment_is_refused_with_its_problems(run, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: wrong\nrobot: nobody\npolicy: embedded\n")
    result, asked = run(GraphSurvey(), str(wrong), "--json")
    assert result.exit_code == 2
    assert asked == []
    assert "robot" in {problem["key"] for problem in json.loads(result.stdout)["problems"]}
    assert run(GraphSurvey(), "--seconds", "0")[0].exit_code == 2
