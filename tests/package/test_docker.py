"""Files for containers and continuous integration agree with the tree they are built from."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))
COMPOSE = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
IGNORE = (ROOT / ".dockerignore").read_text().split()


def _instructions(file: Path) -> list[tuple[str, str]]:
    """Return instruction and arguments of every step, with continued lines joined and comments dropped."""
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()]


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.stem)
def test_base_images_are_named_with_a_tag_that_does_not_wander(file: Path) -> None:
    images = [arguments.split()[0] for step, arguments in _instructions(file) if step == "FROM"]
    assert images
    for image in images:
        assert re.fullmatch(r"[a-z]+:.+", image), image
        assert "latest" not in image


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.stem)
def test_what_is_copied_exists_and_is_not_kept_from_the_build(file: Path) -> None:
    for step, arguments in _instructions(file):
        if step != "COPY" or "--from=" in arguments:
            continue
        for source in arguments.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source == "." or any(f"!{part}" in IGNORE for part in [source, source.split("/")[0]]), source


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.stem)
def test_commands_are_ones_that_a_shell_reads(file: Path) -> None:
    for step, arguments in _instructions(file):
        if step == "RUN":
            done = subprocess.run(["bash", "-n", "-c", arguments], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.stem)
def test_nobody_is_root_in_what_runs(file: Path) -> None:
    assert [arguments for step, arguments in _instructions(file) if step == "USER"][-1] == "1000"


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="no hadolint here")
def test_hadolint_has_nothing_to_say() -> None:
    done = subprocess.run(["hadolint", *DOCKERFILES], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_service_is_built_from_a_file_of_ours_with_arguments_it_has(name: str) -> None:
    build = COMPOSE["services"][name]["build"]
    dockerfile = ROOT / "docker" / build["context"] / build["dockerfile"]
    declared = {arguments.split("=")[0] for step, arguments in _instructions(dockerfile) if step == "ARG"}
    assert set(build["args"]) <= declared


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_service_shares_network_and_memory_with_the_drivers_of_its_machine(name: str) -> None:
    service = COMPOSE["services"][name]
    assert (service["network_mode"], service["ipc"], service["restart"]) == ("host", "host", "no")


def test_the_bridge_may_take_the_scheduling_that_it_offers() -> None:
    limits = COMPOSE["services"]["robot"]["ulimits"]
    source = (ROOT / "src/steadyhand/execution/scheduling.py").read_text()
    fifo, nice = (int(re.search(rf"^{name} = (-?\d+)$", source, re.M)[1]) for name in ("FIFO", "_NICE"))  # type: ignore[index]
    assert limits["rtprio"] >= fifo
    assert 20 - limits["nice"] <= nice


def test_continuous_integration_runs_the_rows_that_the_script_runs_by_itself() -> None:
    rows = re.search(r"set -- (.+)", (ROOT / "scripts/matrix.sh").read_text())
    assert rows is not None
    included = WORKFLOW["jobs"]["matrix"]["strategy"]["matrix"]["include"]
    assert [f"{row['python']}:{row['ros']}:{row['numpy']}" for row in included if "tests" not in row] == rows[1].split()
