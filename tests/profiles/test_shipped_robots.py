"""The robot profiles that ship with the package: they pass every check, in joints and with poses."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from deployed import ROBOTS, deployed, joints_and_grippers
from steadyhand.profiles.braking import REFRESH_MARGIN, brake_time
from steadyhand.profiles.resources import resource
from steadyhand.profiles.urdf import parse_description


@pytest.fixture(scope="module", params=ROBOTS)
def contract(request):
    return deployed(request.param, joints_and_grippers(request.param))


def test_the_profile_is_accepted_and_every_joint_stops_in_time(contract):
    robot = contract.robot
    room = robot.safety.max_unattended_motion - REFRESH_MARGIN
    assert max(brake_time(limits) for limits in robot.joints.values()) <= room


def test_a_policy_may_ask_for_much_less_than_the_motors_can_do(contract):
    described = parse_description(contract.urdf).joints
    for name, limits in contract.robot.joints.items():
        assert limits.velocity <= 0.55 * described[name].velocity


def test_at_home_every_tool_is_in_its_workspace_and_nothing_touches(contract):
    pytest.importorskip("pinocchio")
    from steadyhand.chunks.arm import workspace_arm
    from steadyhand.execution.scene import LocalScene

    for one in contract.each_arm().values():
        tool = workspace_arm(one).forward(one.robot.home_positions)[:3, 3]
        assert np.all(tool >= one.robot.workspace.lower)
        assert np.all(tool <= one.robot.workspace.upper)
    assert LocalScene(contract)._model.check(contract.robot.home_positions) is None


@pytest.mark.parametrize("name", ROBOTS)
def test_the_profile_says_that_the_makers_description_goes_first(name):
    text = resource(f"config/robots/{name}.yaml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["name"] == name
    assert "description" in text
