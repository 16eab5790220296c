"""The demo command: its exit codes, its files, and that nothing is left running."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from steadyhand.cli import demo as module
from steadyhand.cli.demonstration.result import DemonstrationResult
from steadyhand.cli.main import app

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0


def result(task_success, outcome="succeeded"):
    return DemonstrationResult("pick up the red cube", 0, outcome, task_success, "", 1.0)


def invoke(monkeypatch, outcome, *arguments):
    def demonstrate(*_):
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(module, "_demonstrate", demonstrate)
    return CliRunner().invoke(app, ["demo", *arguments])


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (result(True), 0),
        (result(False), 1),
        (result(False, "timed_out"), 1),
        (result(None, "error"), 1),
        (KeyboardInterrupt(), 130),
    ],
)
def test_only_ground_truth_makes_it_a_success(monkeypatch, tmp_path, outcome, code):
    assert invoke(monkeypatch, outcome, "--out", str(tmp_path)).exit_code == code


def test_the_result_is_written_where_asked(monkeypatch, tmp_path):
    copy = tmp_path / "elsewhere" / "demo.json"
    invoke(monkeypatch, result(True), "--out", str(tmp_path / "out"), "--json", str(copy))
    assert json.loads(copy.read_text()) == json.loads((tmp_path / "out" / "result.json").read_text())
    assert json.loads(copy.read_text())["task_success"] is True


@pytest.mark.parametrize("arguments", [("--renderer", "paint"), ("--seed", "-1"), ("--speed", "9")])
def test_wrong_options_are_refused(monkeypatch, tmp_path, arguments):
    assert invoke(monkeypatch, result(True), "--out", str(tmp_path), *arguments).exit_code == 2


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """An environment with `panda_scripted`, and with `panda_hold` and `panda_brief` (3 s), which never move."""
    for kind, name, changes in (
        ("deployments", "panda_embedded", {"name": "panda_hold", "policy": "hold"}),
        ("deployments", "panda_embedded", {"name": "panda_brief", "policy": "hold", "timeout": "3.0"}),
        ("policies", "embedded", {"name": "hold", "backend": "hold", "arguments": "{}"}),
        ("deployments", "panda_embedded", {"name": "panda_scripted", "policy": "scripted"}),
        ("policies", "embedded", {"name": "scripted", "backend": "scripted", "arguments": "{}"}),
    ):
        text = (CHECKOUT / "config" / kind / f"{name}.yaml").read_text()
        for key, value in changes.items():
            text = re.sub(rf"^{key}: .*$", f"{key}: {value}", text, flags=re.MULTILINE)
        path = tmp_path / "config" / kind / f"{changes['name']}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {**os.environ, "STEADYHAND_CONFIG_PATH": str(tmp_path / "config"), "PYTHONUNBUFFERED": "1"}


class Demo:
    """The command as a process of its own."""

    def __init__(self, environment, out, *arguments, deployment="panda_hold"):
        self.out = out
        out.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "steadyhand", "demo", "--deployment", deployment, "--out", str(out)]
        self._output = (out / "terminal.txt").open("wb")
        self.process = subprocess.Popen(
            [*command, *arguments], env=environment, stdout=self._output, stderr=subprocess.STDOUT
        )

    @property
    def text(self):
        return (self.out / "terminal.txt").read_text()

    def until(self, text):
        deadline = time.monotonic() + PATIENCE
        while text not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.05)

    def end(self):
        return self.process.wait(PATIENCE)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30.0)
        self._output.close()


@pytest.fixture
def start(environment, tmp_path):
    """Start demonstrations, each with a folder of its own; none outlives the test."""
    demos = []

    def run(*arguments, name="out", **options):
        demos.append(Demo(options.pop("environment", environment), tmp_path / name, *arguments, **options))
        return demos[-1]

    yield run
    for demo in demos:
        demo.close()


def nodes_of(out):
    """Processes whose output goes to the logs of a demonstration."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            target = str((folder / "fd" / "1").readlink())
        except OSError:
            continue
        if target.startswith(str(out / "logs")):
            found.append(int(folder.name))
    return found


def assert_nothing_is_left(out):
    deadline = time.monotonic() + 15.0
    while nodes_of(out):
        assert time.monotonic() < deadline, nodes_of(out)
        time.sleep(0.05)


@pytest.mark.integration
def test_a_policy_that_carries_it_out_makes_it_a_success(start):
    arguments = ("--lockstep", "--instruction", "grab the blue block", "--seed", "3")
    demo = start(*arguments, deployment="panda_scripted")
    assert demo.end() == 0, demo.text
    document = json.loads((demo.out / "result.json").read_text())
    assert document["outcome"] == "succeeded"
    assert document["task_success"] is True
    assert document["success_source"] == "simulator"
    assert document["chunks"] >= 3
    assert document["policy_latency_ms"]["max"] >= document["policy_latency_ms"]["p50"] > 0.0
    assert 0.0 < document["record"]["tracking_error_max"] < 0.2
    assert_nothing_is_left(demo.out)


@pytest.mark.integration
def test_nothing_outlives_a_demonstration_that_is_killed(start):
    demo = start()
    demo.until("waiting for")
    assert nodes_of(demo.out)
    demo.process.kill()
    demo.end()
    assert_nothing_is_left(demo.out)


@pytest.mark.integration
def test_two_demonstrations_at_once_both_come_to_their_outcome(start):
    brief = start(name="brief", deployment="panda_brief")
    unknown = start("--instruction", "sing a song", name="unknown")
    assert brief.end() == 1, brief.text
    document = json.loads((brief.out / "result.json").read_text())
    assert document["outcome"] == "timed_out", brief.text
    assert document["task_success"] is False
    assert document["record"]["images"]["front"] > 3
    assert (brief.out / "demo.png").stat().st_size > 10_000
    assert 10_000 < (brief.out / "demo.gif").stat().st_size < 4_000_000
    assert_nothing_is_left(brief.out)
    assert unknown.end() == 1, unknown.text
    document = json.loads((unknown.out / "result.json").read_text())
    assert document["outcome"] == "not_understood", "an instruction that the task does not know is not sent"
    assert document["chunks"] is None
    assert_nothing_is_left(unknown.out)


@pytest.mark.integration
def test_ctrl_c_stops_everything_without_a_traceback(start):
    demo = start()
    demo.until("running")
    assert nodes_of(demo.out)
    demo.process.send_signal(signal.SIGINT)
    assert demo.end() == 130
    assert "Traceback" not in demo.text
    assert "Interrupted" in demo.text
    assert_nothing_is_left(demo.out)


@pytest.mark.integration
def test_a_signal_before_the_graph_is_ready_stops_everything_and_a_viewer_without_a_display_is_gone_without(
    start, environment
):
    headless = {key: value for key, value in environment.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    demo = start("--viewer", environment=headless)
    demo.until("no display")
    demo.until("waiting for")
    demo.process.send_signal(signal.SIGTERM)
    assert demo.end() == 130
    assert "Traceback" not in demo.text
    assert "Interrupted" in demo.text
    assert_nothing_is_left(demo.out)


@pytest.mark.integration
def test_a_node_that_dies_is_named_with_its_log(start):
    demo = start()
    demo.until("running")
    log = demo.out / "logs" / "policy.log"
    victims = [pid for pid in nodes_of(demo.out) if Path(f"/proc/{pid}/fd/1").readlink() == log]
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    assert demo.end() == 1
    assert "the policy process ended by itself (SIGKILL)" in demo.text
    assert "warmed up" in demo.text
    assert json.loads((demo.out / "result.json").read_text())["outcome"] == "error"
    assert_nothing_is_left(demo.out)
