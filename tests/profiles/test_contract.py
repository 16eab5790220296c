"""A deployment that fits loads; one that does not is refused with every reason at once."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.exceptions import ProfileError


def test_a_deployment_that_fits_is_resolved(bench):
    contract = bench.load(policy_files=True)
    assert contract.robot.joint_names == ("lift", "shoulder", "elbow")
    assert contract.policy.state_names == ("lift", "shoulder", "elbow", "hand")
    assert contract.policy.dimension_names == ("lift", "shoulder", "elbow", "hand")
    assert contract.policy.arguments["model"] == str(bench.folder / "policies" / "reach.onnx")
    assert contract.urdf.startswith("<robot")
    assert re.fullmatch("[0-9a-f]{64}", contract.hash)
    np.testing.assert_array_equal(contract.robot.home_positions, [0.1, 0.0, 1.5])


def test_the_embedded_deployment_fits():
    contract = load_deployment("panda_embedded")
    assert contract.policy.dimension_names == ("x", "y", "z", "yaw", "hand")
    assert contract.policy.state_names == ("x", "y", "z", "yaw_sin", "yaw_cos", "hand")
    assert len(contract.robot.joint_names) == 7


def test_the_tool_of_the_deployment_replaces_the_robots(bench):
    bench.replace(
        "deployment", "mode: shadow", "mode: shadow\nend_effector: {tool: {xyz: [0.0, 0.0, 0.2], rpy: [0, 0, 0]}}"
    )
    assert bench.load().robot.tool.xyz == (0.0, 0.0, 0.2)


BROKEN = yaml.safe_load((Path(__file__).parent / "broken.yaml").read_text())


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_named_with_key_line_and_remedy(bench, broken):
    bench.replace(broken["file"], broken["replace"], broken["by"])
    # A description has no keys of its own: the profile that names it is shown.
    file = str(bench.path("robot" if broken["file"] == "urdf" else broken["file"]))
    problems = bench.problems(policy_files=True)
    fitting = [
        problem
        for problem in problems
        if (problem.file, problem.key) == (file, broken["key"])
        and broken["message"] in problem.message
        and broken.get("remedy", "") in problem.remedy
    ]
    assert fitting, "\n".join(map(str, problems))
    if broken["key"] and broken["message"] != "is missing":
        assert all(problem.line is not None for problem in fitting)


def test_every_problem_of_every_file_is_listed_at_once(bench):
    bench.replace("robot", "lower: -1.9, upper: 1.9", "lower: 1.9, upper: -1.9")
    bench.replace("robot", "tip: flange", "tipp: flange")
    bench.replace("robot", "lag: 0.5", "lag: soon")
    bench.replace("robot", "  elbow: {", "  elbo: {")
    bench.replace("policy", "execute: 8", "execute: 20")
    bench.replace("policy", "gripper: hand, meaning", "gripper: claw, meaning")
    bench.replace("policy", "horizon: 16", "horizon: 16\nhorizont: 3")
    bench.replace("deployment", "camera: top", "camera: tip")
    bench.replace("deployment", "unit: mm", "unit: deg")
    bench.replace("deployment", "speed: 0.5", "speed: fast")
    keys = {(Path(problem.file).stem, problem.key) for problem in bench.problems()}
    assert keys >= {
        ("lift_arm", "joints.shoulder.lower"),
        ("lift_arm", "frames.tipp"),
        ("lift_arm", "safety.lag"),
        ("lift_arm", "joints.elbo"),
        ("reach", "stitching.execute"),
        ("reach", "action[1].gripper"),
        ("reach", "horizont"),
        ("reach_on_lift_arm", "images.overhead.camera"),
        ("reach_on_lift_arm", "joints.lift.unit"),
        ("reach_on_lift_arm", "speed"),
    }


def test_a_file_that_is_no_yaml_does_not_hide_the_others(bench):
    bench.replace("robot", "home: [0.1, 0.0, 1.5]", "home: [0.1")
    bench.replace("policy", "execute: 8", "execute: 20")
    bench.replace("deployment", "speed: 0.5", "speed: 5.0")
    files = {Path(problem.file).name for problem in bench.problems()}
    assert files == {"lift_arm.yaml", "reach.yaml", "reach_on_lift_arm.yaml"}


def test_profiles_are_read_even_where_the_deployment_has_unknown_keys(bench):
    bench.replace("deployment", "mode: shadow", "mood: shadow")
    bench.replace("robot", "lag: 0.5", "lag: -1.0")
    assert {problem.key for problem in bench.problems()} == {"mood", "safety.lag"}


def test_an_empty_deployment_names_what_it_needs(bench):
    bench.path("deployment").write_text("name: nothing\n")
    assert {problem.key for problem in bench.problems()} >= {"robot", "policy"}


def test_an_image_that_the_policy_can_do_without_may_be_masked(bench):
    bench.replace("policy", "{width: 96, height: 96}", "{width: 96, height: 96, optional: true}")
    bench.replace("deployment", "{camera: top, topic: /top/image_raw}", "{masked: true}")
    assert bench.load().deployment.images["overhead"].masked


def test_the_message_is_grouped_by_file_and_names_the_line(bench):
    bench.replace("robot", "lag: 0.5", "lag: soon")
    bench.replace("policy", "horizon: 16", "horizon: -1")
    with pytest.raises(ProfileError) as caught:
        bench.load()
    text = str(caught.value)
    assert "2 problems" in text
    assert text.index("robots/lift_arm.yaml") < text.index("safety.lag (line 31)") < text.index("policies/reach.yaml")
    assert "'soon'" in text


def test_an_unknown_deployment_names_those_that_exist():
    with pytest.raises(ProfileError, match="Did you mean 'panda_embedded'"):
        load_deployment("panda_embeded")


def test_a_path_that_does_not_exist_is_said_to(tmp_path):
    with pytest.raises(ProfileError, match="no such file"):
        load_deployment(str(tmp_path / "nothing.yaml"))


def test_weights_are_asked_for_only_where_the_policy_runs(bench):
    (bench.folder / "policies" / "reach.onnx").unlink()
    assert bench.load().policy.arguments["model"] == "reach.onnx"
    assert [problem.key for problem in bench.problems(policy_files=True)] == ["arguments.model"]


def test_a_policy_may_have_joints_of_its_own(bench):
    joints = "{j1: {joint: lift, unit: mm}, j2: {joint: elbow, sign: -1}}"
    bench.replace("deployment", "mode: shadow", f"mode: shadow\npolicy_joints: {joints}")
    bench.replace("policy", "{kind: joint_position}", "{kind: joint_position, joints: [j2, shoulder, j1]}")
    assert bench.load().policy.state_names == ("j2", "shoulder", "j1", "hand")
    bench.replace("policy", "meaning: absolute}", "meaning: absolute, joints: [j1, j2]}")
    assert bench.load().policy.dimension_names == ("j1", "j2", "hand")


def test_a_policy_for_two_arms_has_a_term_for_each(bench):
    terms = "meaning: delta_per_step, joints: [lift]}\n  - {kind: joint_position, meaning: absolute, joints: [elbow]}"
    bench.replace("policy", "meaning: absolute}", terms)
    assert bench.load().policy.dimension_names == ("lift", "elbow", "hand")


def test_an_action_moves_each_joint_of_the_arm_once_and_no_other(bench):
    joints = "{j1: {joint: lift}, jaw: {joint: left_finger_joint}}"
    bench.replace("deployment", "mode: shadow", f"mode: shadow\npolicy_joints: {joints}")
    bench.replace("policy", "meaning: absolute}", "meaning: absolute, joints: [lift, j1, jaw]}")
    assert [problem.key for problem in bench.problems()] == ["action[0].joints[1]", "action[0].joints[2]"]


def test_poses_may_be_expressed_in_any_frame_at_rest(bench):
    bench.replace("deployment", "mode: shadow", "mode: shadow\nend_effector: {base: top_camera_optical}")
    assert bench.load().deployment.end_effector.base == "top_camera_optical"


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10_000),
    st.floats(),
    st.sampled_from(["", " ", "hand", "lift", "none", "base", "../..", "package://", "~", "\x00"]),
    st.lists(st.floats(-1.0, 1.0), max_size=4),
    st.dictionaries(st.sampled_from(["kind", "lift", "upper"]), st.sampled_from(["gripper", 1.0, None]), max_size=2),
)


def places(data, above=()):
    """Yield the path of every key and element below a mapping or list."""
    for part in data if isinstance(data, dict) else range(len(data)):
        yield (*above, part)
        if isinstance(data[part], dict | list):
            yield from places(data[part], (*above, part))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data(), role=st.sampled_from(["robot", "policy", "deployment"]), value=VALUES)
def test_whatever_a_value_is_the_answer_is_a_contract_or_a_profile_error(bench, data, role, value):
    original = bench.path(role).read_text()
    content = yaml.safe_load(original)
    *parents, last = data.draw(st.sampled_from(list(places(content))))
    parent = content
    for part in parents:
        parent = parent[part]
    parent[last] = value
    bench.path(role).write_text(yaml.safe_dump(content))
    try:
        bench.load(policy_files=True)
    except ProfileError as error:
        assert error.problems
        assert all(problem.message and problem.remedy for problem in error.problems)
    finally:
        bench.path(role).write_text(original)
