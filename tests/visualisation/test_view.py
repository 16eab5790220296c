from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from steadyhand.chunks.arm import workspace_arm
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.meaning import Meaning
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.resources import resource
from steadyhand.visualisation.progress import Progress
from steadyhand.visualisation.shapes import COMMITTED, PREDICTED, REFUSED, Shape, edges
from steadyhand.visualisation.track import Track
from steadyhand.visualisation.view import View


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_deployment("panda_embedded")


def chunk(contract: Contract, turn: float = 0.01, sequence: int = 0) -> ActionChunk:
    policy, robot = contract.policy, contract.robot
    rows = np.zeros((policy.horizon, len(policy.dimension_names)))
    rows[:, 0] = turn * np.arange(1, policy.horizon + 1)
    return ActionChunk(
        stamp=10.0,
        rows=rows,
        dimension_names=policy.dimension_names,
        dt=policy.dt,
        first_row_offset=policy.dt,
        state_names=robot.joint_names,
        state=robot.home_positions,
        sequence=sequence,
        episode_id="e1",
    )


def shown(view: View) -> dict[str, Shape]:
    shapes = view.shapes()
    found = {shape.name: shape for shape in shapes}
    assert len(found) == len(shapes), "names are of one shape only"
    return found


def test_a_chunk_is_the_tools_path_by_forward_kinematics(contract: Contract) -> None:
    view = View(contract)
    given = chunk(contract)
    view.hear_chunk(given)
    (path,) = [path for path in view.paths() if path.name == "chunk"]
    meaning = Meaning(contract)
    assert np.allclose(path.poses[:, :3, 3], meaning.tool_points(meaning.targets(given))[""])
    assert np.allclose(path.times, given.row_times) and path.frame == "panda_link0"


def test_committed_rows_and_the_rest_differ_in_colour(contract: Contract) -> None:
    view = View(contract)
    view.hear_report(Progress(episode_id="e1"))
    view.hear_chunk(chunk(contract))
    assert set(shown(view)) & {"rows predicted", "rows committed"} == {"rows predicted"}
    view.hear_report(Progress(episode_id="e1", sequence=0, first_row=2, committed_rows=6))
    parts = shown(view)
    counts = {what: len(parts[f"rows {what}"].points) for what in ("passed", "committed", "predicted")}
    assert counts == {"passed": 2, "committed": 4, "predicted": contract.policy.horizon - 6}
    assert (parts["chunk committed"].colour, parts["chunk predicted"].colour) == (COMMITTED, PREDICTED)
    # One line without a gap.
    assert np.array_equal(parts["chunk committed"].points[-1], parts["chunk predicted"].points[0])


def test_a_refused_chunk_and_its_reason_are_red(contract: Contract) -> None:
    view = View(contract)
    view.hear_report(Progress(episode_id="e1"))
    view.hear_measured(10.0, contract.robot.home_positions)
    view.hear_chunk(chunk(contract, sequence=4))
    view.hear_report(Progress(11.0, "e1", 3, hold_code="COLLISION", hold_message="arm and table"))
    parts = shown(view)
    assert len(parts["rows refused"].points) == contract.policy.horizon
    assert parts["hold"].text == "COLLISION\narm and table"
    assert parts["hold"].colour == parts["rows refused"].colour == REFUSED
    tool = workspace_arm(contract).forward(contract.robot.home_positions)[:3, 3]
    assert np.allclose(parts["hold"].points[0] - tool, [0.0, 0.0, 0.15])


def test_rest_that_nothing_went_wrong_for_is_not_red(contract: Contract) -> None:
    view = View(contract)
    view.hear_measured(10.0, contract.robot.home_positions)
    view.hear_report(Progress(hold_code="NOT_STARTED"))
    assert shown(view)["hold"].colour != REFUSED


def test_another_episode_takes_the_chunk_away(contract: Contract) -> None:
    view = View(contract)
    view.hear_report(Progress(episode_id="e1"))
    view.hear_chunk(chunk(contract))
    view.hear_report(Progress(episode_id=""))
    assert not any(name.startswith(("rows", "chunk")) for name in shown(view))


def test_a_chunk_that_means_nothing_is_said_to_be_so(contract: Contract) -> None:
    view = View(contract)
    given = chunk(contract)
    view.hear_chunk(ActionChunk(**{**given.__dict__, "state_names": ("other",) * len(given.state_names)}))
    assert "cannot be shown" in view.complaint
    assert not any(name.startswith("rows") for name in shown(view))


def test_workspace_and_table_are_there_from_the_start(contract: Contract) -> None:
    parts = shown(View(contract))
    box = contract.robot.scene.boxes["table"]
    assert parts["scene/table"].size == tuple(box.size) and np.allclose(parts["scene/table"].points, [box.xyz])
    lower, upper = parts["workspace"].points.min(axis=0), parts["workspace"].points.max(axis=0)
    assert np.allclose([lower, upper], [contract.robot.workspace.lower, contract.robot.workspace.upper])


def test_the_ways_of_reference_and_tool_are_bounded(contract: Contract) -> None:
    view = View(contract, seconds=2.0)
    home = contract.robot.home_positions
    for k in range(100):
        view.hear_report(Progress(stamp=0.1 * k, positions=home + 0.001 * k))
        view.hear_measured(0.1 * k, home)
    ways = {path.name: path for path in view.paths()}
    assert 20 <= len(ways["reference"].times) <= 22 and ways["measured"].times[-1] == pytest.approx(9.9)
    assert {"reference", "measured"} <= set(shown(view))


def test_each_of_several_arms_has_shapes_in_its_own_frame(tmp_path: Path) -> None:
    robot = yaml.safe_load(resource("config/robots/mobile_aloha.yaml").read_text(encoding="utf-8"))
    policy = {
        "name": "given",
        "backend": "hold",
        "action": [{"kind": "joint_position", "meaning": "absolute"}, {"kind": "base_velocity"}],
        "horizon": 10,
        "dt": 0.1,
        "stitching": {"method": "splice", "blend": 0.2, "execute": 4},
    }
    deployment = {"name": "pair", "robot": "pair.yaml", "policy": "given.yaml"}
    del robot["grippers"]
    for name, document in (("pair", robot), ("given", policy), ("deployment", deployment)):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(document))
    contract = load_deployment(str(tmp_path / "deployment.yaml"))
    view = View(contract)
    view.hear_measured(1.0, contract.robot.home_positions)
    view.hear_report(Progress(hold_code="STOPPED"))
    frames = {shape.name: shape.frame for shape in view.shapes()}
    arms = contract.robot.each_arm
    for name, arm in arms.items():
        assert frames[f"{name}/hold"] == frames[f"{name}/workspace"] == arm.frames.base
    assert {path.name for path in view.paths()} >= {f"{name}/chunk" for name in arms}


def test_a_track_begins_anew_when_the_clock_goes_back_and_has_a_most() -> None:
    track = Track(100.0, depth=10)
    for k in range(30):
        track.add(float(k), np.eye(4))
    assert len(track.times) == 10
    track.add(3.0, np.eye(4))
    assert track.times.tolist() == [3.0] and track.points.shape == (1, 3)


def test_a_box_has_twelve_edges_of_its_lengths() -> None:
    lines = edges(np.zeros(3), np.array([1.0, 2.0, 3.0])).reshape(12, 2, 3)
    lengths = sorted(np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1))
    assert lengths == [1.0] * 4 + [2.0] * 4 + [3.0] * 4
