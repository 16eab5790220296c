"""The documentation says what the models say, and its example is one that works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.reference import reference, updated

DOCUMENT = Path(__file__).parents[2] / "docs" / "profiles.md"

# The joints of an SO-101 with their limits [rad], enough to check a profile against.
JOINTS = {
    "shoulder_pan": (-1.91986, 1.91986),
    "shoulder_lift": (-1.74533, 1.74533),
    "elbow_flex": (-1.69, 1.69),
    "wrist_flex": (-1.65806, 1.65806),
    "wrist_roll": (-2.74385, 2.84121),
    "gripper": (-0.174533, 1.74533),
}


def so101() -> str:
    links = ["base_link", "shoulder", "upper_arm", "lower_arm", "wrist", "gripper_link", "moving_jaw"]
    joints = [
        f'<joint name="{name}" type="revolute"><parent link="{parent}"/><child link="{child}"/>'
        f'<limit lower="{lower}" upper="{upper}" velocity="10" effort="10"/></joint>'
        for (name, (lower, upper)), parent, child in zip(JOINTS.items(), links[:-1], links[1:], strict=True)
    ]
    return f"<robot name='so101'>{''.join(f'<link name={link!r}/>' for link in links)}{''.join(joints)}</robot>"


def test_the_reference_is_up_to_date():
    text = DOCUMENT.read_text(encoding="utf-8")
    assert updated(text) == text, "run python -m steadyhand.profiles.reference docs/profiles.md"


def test_every_key_has_a_meaning():
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert not [row for row in rows if row.endswith("|  |")]


def test_a_document_without_the_markers_is_refused():
    with pytest.raises(ValueError, match="lacks"):
        updated("# Profiles\n")


def test_the_worked_example_passes_the_check(tmp_path):
    blocks = re.findall(r"```yaml\n# (\w+/\w+\.yaml)\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert {Path(name).parent.name for name, _ in blocks} == {"robots", "policies", "deployments"}
    for name, text in blocks:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "robots" / "so101.urdf").write_text(so101())
    (tmp_path / "policies" / "tidy.onnx").write_bytes(b"weights")
    contract = load_deployment(str(tmp_path / "deployments" / "so101_tidy.yaml"), policy_files=True)
    assert contract.policy.dimension_names == (*contract.robot.joint_names, "jaw")
