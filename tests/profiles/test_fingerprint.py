"""The hash tells apart what behaves differently, and nothing else."""

from __future__ import annotations

from random import Random

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def shuffled(data, random):
    """Reorder the keys of all mappings but those of joints, whose order means something."""
    if isinstance(data, dict):
        keys = list(data)
        random.shuffle(keys)
        return {key: data[key] if key == "joints" else shuffled(data[key], random) for key in keys}
    return [shuffled(element, random) for element in data] if isinstance(data, list) else data


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_keys_does_not_matter(bench, seed):
    random = Random(seed)
    expected = bench.load().hash
    for role in ("robot", "policy", "deployment"):
        path = bench.path(role)
        text = path.read_text()
        path.write_text(
            "# Written by another editor.\n" + yaml.safe_dump(shuffled(yaml.safe_load(text), random), sort_keys=False)
        )
    assert bench.load().hash == expected


def test_the_folder_does_not_matter(bench, tmp_path_factory):
    expected = bench.load(policy_files=True).hash
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "config"
    bench.folder.rename(elsewhere)
    moved = type(bench)(elsewhere)
    assert moved.load(policy_files=True).hash == expected


def test_the_weights_need_not_be_there(bench):
    expected = bench.load().hash
    (bench.folder / "policies" / "reach.onnx").unlink()
    assert bench.load().hash == expected


@pytest.mark.parametrize(
    ("role", "old", "new"),
    [
        ("robot", "tracking_error: 0.2", "tracking_error: 0.25"),
        ("robot", "lower: -1.9, upper: 1.9", "lower: -1.9, upper: 1.8"),
        ("policy", "blend: 0.2", "blend: 0.1"),
        ("policy", "closed: 1.0, open: -1.0", "closed: -1.0, open: 1.0"),
        ("policy", "threads: 1", "threads: 2"),
        ("deployment", "sign: -1", "sign: 1"),
        ("deployment", "camera: top,", "camera: top, flip: vertical,"),
    ],
)
def test_every_value_matters(bench, role, old, new):
    before = bench.load().hash
    bench.replace(role, old, new)
    assert bench.load().hash != before


def test_a_default_written_out_is_the_same(bench):
    before = bench.load().hash
    bench.replace("policy", "{width: 96, height: 96}", "{width: 96, height: 96, resize: stretch, encoding: rgb}")
    assert bench.load().hash == before


def test_the_order_of_joints_matters(bench):
    before = bench.load().hash
    content = yaml.safe_load(bench.path("robot").read_text())
    content["joints"] = {name: content["joints"][name] for name in ("lift", "elbow", "shoulder")}
    content["home"] = [0.1, 1.5, 0.0]
    bench.path("robot").write_text(yaml.safe_dump(content, sort_keys=False))
    assert bench.load().hash != before


def test_a_joint_that_sits_elsewhere_matters(bench):
    before = bench.load().hash
    bench.replace("urdf", '<child link="upper"/>', '<child link="upper"/><origin xyz="0 0 0.001"/>')
    assert bench.load().hash != before


def test_how_the_description_is_written_does_not_matter(bench):
    before = bench.load().hash
    bench.replace("urdf", 'lower="0.0" upper="0.5"', 'upper="5e-1"  lower="-0"')
    bench.replace("urdf", '<link name="base"/>', "<!-- Measured. --><link name='base'><visual/></link>")
    assert bench.load().hash == before
