"""The command line finds its subcommands by file, and says errors in a sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from steadyhand.cli import commands, main

COMMAND = '''
"""A command for tests."""
import typer
from steadyhand.exceptions import SteadyhandError

def {name}(reason: str = "", interrupt: bool = False, write: str = "") -> None:
    """Say a word."""
    if write:
        open(write, "w")
    if interrupt:
        raise KeyboardInterrupt
    if reason:
        raise SteadyhandError(reason)
    typer.echo("done")
'''
GROUP = '''
import typer
measure = typer.Typer(help="Measure things.")

@measure.command()
def one() -> None:
    """Measure one."""
    typer.echo("one")

@measure.command()
def two() -> None:
    """Measure two."""
'''


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "commands_for_tests"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "say_word.py").write_text(COMMAND.format(name="say_word"))
    (package / "measure.py").write_text(GROUP)
    (package / "tables.py").write_text("")
    (package / "broken.py").write_text("raise RuntimeError('only a call of it may import it')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(commands, "FOLDER", "commands_for_tests")
    yield package
    for name in [name for name in sys.modules if name.startswith("commands_for_tests")]:
        del sys.modules[name]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["steadyhand", *arguments])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_command_runs_without_importing_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "say-word") == 0
    assert capsys.readouterr().out == "done\n"
    assert run(monkeypatch, "measure", "one") == 0
    assert capsys.readouterr().out == "one\n"


def test_help_lists_every_command_and_no_other_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "broken.py").unlink()
    assert run(monkeypatch, "--help") == 0
    shown = capsys.readouterr().out
    assert "Say a word." in shown
    assert "Measure things." in shown
    assert "tables" not in shown


@pytest.mark.parametrize("name", ["nothing", "tables", "main", "commands", "say.word"])
def test_an_unknown_command_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert run(monkeypatch, name) == 2
    assert "No such command" in capsys.readouterr().err


def test_an_error_of_ours_is_a_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "say-word", "--reason", "[arm] is 3 m away; move it") == 2
    shown = capsys.readouterr()
    assert shown.err == "[arm] is 3 m away; move it\n"
    assert shown.out == ""


def test_a_place_that_cannot_be_written_is_a_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "say-word", "--write", "/proc/nowhere/result") == 2
    assert capsys.readouterr().err.startswith("/proc/nowhere/result: No such file or directory. Name a place")


def test_an_interrupt_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "say-word", "--interrupt") in {1, 130}
    assert "Traceback" not in capsys.readouterr().err


def test_a_word_to_the_bridge_waits_for_nothing_that_it_does_not_need() -> None:
    code = """import sys
from types import SimpleNamespace
class Operator:
    def __init__(self, namespace):
        print(namespace, sorted({"typer", "rich", "pydantic"} & set(sys.modules)))
    def trigger(self, service, within):
        print(service)
        return False, "refused"
    def close(self):
        pass
sys.modules["steadyhand.nodes.operator"] = SimpleNamespace(Operator=Operator, NoAnswerError=ValueError)
sys.argv = ["steadyhand", "stop"]
from steadyhand.cli.entry import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, " []\nbridge/stop\n", "refused\n")


def test_starting_up_imports_nothing_heavy() -> None:
    code = "import sys, steadyhand.cli.main; print(sorted({'numpy', 'rclpy', 'mujoco', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("missing", "found", "said"),
    [
        ("rclpy", None, "needs ROS 2"),
        ("steadyhand.msg", object(), "make setup"),
        ("steadyhand.srv", None, "needs ROS 2"),
    ],
)
def test_what_ros_lacks_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    missing: str,
    found: object,
    said: str,
) -> None:
    lacking = f"raise ModuleNotFoundError(\"No module named '{missing}'\", name='{missing}')\n"
    (folder / "lacking.py").write_text(lacking)
    monkeypatch.setattr(main, "find_spec", lambda _name: found)
    assert run(monkeypatch, "lacking") == 2
    complaint = capsys.readouterr().err
    assert said in complaint and missing in complaint and complaint.count("\n") == 1


def test_a_module_of_others_that_is_missing_is_no_word_about_ros(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "lacking.py").write_text("import no_such_module_of_anybody\n")
    monkeypatch.setattr(sys, "argv", ["steadyhand", "lacking"])
    monkeypatch.setattr(main, "find_spec", lambda _name: object())
    with pytest.raises(ModuleNotFoundError):
        main.main()
