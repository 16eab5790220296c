"""The families of docs/actions.md are layouts that turn into motion and back."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.testing import assert_allclose

from steadyhand.chunks.arm import arm_model
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.meaning import Meaning
from steadyhand.chunks.normalisers import action_normaliser
from steadyhand.chunks.targets import JointTargets
from steadyhand.profiles.contract import Contract, load_deployment
from steadyhand.profiles.deployment import DeploymentProfile
from steadyhand.profiles.policy import PolicyProfile
from steadyhand.profiles.rotations import ROTATION_ELEMENTS

from .contracts import HOME, PANDA

_TEXT = (Path(__file__).parents[2] / "docs" / "actions.md").read_text(encoding="utf-8")
_FAMILIES = dict(re.findall(r"```yaml\n# ([^\n]+)\n(.*?)```", _TEXT, re.DOTALL))

# Joints of policies that are not the Panda's, bound as the text beside each block says.
_SCALES = {"pi0 on DROID": {"scale": 3.0}, "SmolVLA on SO-101": {"unit": "deg"}}


def family(name: str) -> Contract:
    """Put a family's actions on the Panda, or on an arm that has as many joints and grippers as it names."""
    block = yaml.safe_load(_FAMILIES[name])
    keys = {"name": "family", "backend": "onnx", "stitching": {"execute": 1}}
    policy = PolicyProfile.model_validate(block | keys)
    joints = [joint for term in policy.action for joint in getattr(term, "joints", ())]
    grippers = [term.gripper for term in policy.action if term.kind == "gripper"]
    robot = PANDA.robot
    if joints:
        limits, hand = robot.joints["panda_joint1"], robot.grippers["hand"]
        robot = robot.model_copy(
            update={
                "joints": {f"arm_{joint}": limits for joint in joints},
                "grippers": dict.fromkeys(grippers, hand),
                "frames": robot.frames.model_copy(update={"base": "link0", "tip": f"link{len(joints)}"}),
            }
        )
    bound = {joint: {"joint": f"arm_{joint}"} | _SCALES.get(name, {}) for joint in joints}
    deployment = DeploymentProfile.model_validate(PANDA.deployment.model_dump() | {"policy_joints": bound})
    urdf = chain(robot.joint_names) if joints else PANDA.urdf
    return replace(PANDA, robot=robot, policy=policy, deployment=deployment, urdf=urdf)


def chain(joints: tuple[str, ...]) -> str:
    """Describe an arm whose joints follow each other."""
    links = "".join(f'<link name="link{k}"/>' for k in range(len(joints) + 1))
    moved = "".join(
        f'<joint name="{joint}" type="revolute"><parent link="link{k}"/><child link="link{k + 1}"/><axis xyz="0 0 1"/>'
        '<limit lower="-3" upper="3" velocity="1" effort="1"/></joint>'
        for k, joint in enumerate(joints)
    )
    return f'<robot name="chain">{links}{moved}</robot>'


def motion(contract: Contract) -> tuple[JointTargets, np.ndarray]:
    """Move every joint a little at ten rows, and close every gripper."""
    policy, count = contract.policy, len(contract.robot.joint_names)
    observed = HOME if count == len(HOME) else np.linspace(-0.4, 0.4, count)
    share = np.linspace(0.1, 1.0, policy.horizon)
    if policy.first_row == 0.0:
        share -= share[0]
    times = 5.0 + (policy.first_row + np.arange(policy.horizon)) * policy.dt
    openings = dict.fromkeys(contract.robot.grippers, 1.0 - share)
    return JointTargets(times, observed + 0.1 * share[:, None] * np.cos(np.arange(count)), openings), observed


@pytest.mark.parametrize("name", _FAMILIES)
def test_every_family_turns_into_motion_and_back(name: str) -> None:
    contract = family(name)
    policy, robot = contract.policy, contract.robot
    meaning, normaliser = Meaning(contract), action_normaliser(policy)
    wanted, observed = motion(contract)
    scaled = normaliser.normalise(meaning.rows(wanted, observed))
    assert scaled.shape == (policy.horizon, len(policy.dimension_names))
    rows = normaliser.unnormalise(scaled)
    chunk = ActionChunk(
        5.0, rows, policy.dimension_names, policy.dt, policy.first_row * policy.dt, robot.joint_names, observed
    )
    found = meaning.targets(chunk)
    assert_allclose(found.times, wanted.times)
    for gripper, openings in wanted.grippers.items():
        assert_allclose(found.grippers[gripper], openings, atol=1e-9)
    if any(term.kind == "end_effector_position" for term in policy.action):
        arm = arm_model(contract)
        for one, other in zip(found.positions, wanted.positions, strict=True):
            assert np.linalg.norm(arm.forward(one)[:3, 3] - arm.forward(other)[:3, 3]) < 2e-4
    else:
        assert_allclose(found.positions, wanted.positions, atol=1e-9)


def test_there_are_the_families_that_the_document_promises() -> None:
    assert len(_FAMILIES) == 8


@pytest.mark.parametrize("name", ["pi0 on ALOHA", "pi0 on DROID", "UMI", "OpenVLA on BridgeData"])
def test_the_widths_are_the_networks(name: str) -> None:
    widths = {"pi0 on ALOHA": 32, "pi0 on DROID": 8, "UMI": 10, "OpenVLA on BridgeData": 7}
    assert len(family(name).policy.dimension_names) == widths[name]


def test_every_representation_is_explained() -> None:
    for name in ROTATION_ELEMENTS:
        assert f"| `{name}` |" in _TEXT


@pytest.mark.parametrize("name", ["pi0 on DROID", "OpenVLA on BridgeData", "LIBERO", "Diffusion Policy", "UMI"])
def test_the_check_accepts_the_families_of_one_arm_on_the_panda(name: str, tmp_path: Path) -> None:
    block = yaml.safe_load(_FAMILIES[name])
    block |= {"name": "family", "backend": "hold", "stitching": {"execute": 1}}
    deployment = {"name": "family_on_panda", "robot": "panda", "policy": "family"}
    if name in _SCALES:
        bound = {f"j{index}": {"joint": f"panda_joint{index}"} | _SCALES[name] for index in range(1, 8)}
        deployment["policy_joints"] = bound
    for folder, keys in (("policies", block), ("deployments", deployment)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{keys['name']}.yaml").write_text(yaml.safe_dump(keys))
    contract = load_deployment(str(tmp_path / "deployments" / "family_on_panda.yaml"), policy_files=True)
    assert Meaning(contract).rows(JointTargets(np.zeros(1), HOME[None], {"hand": np.ones(1)}), HOME).shape[0] == 1
