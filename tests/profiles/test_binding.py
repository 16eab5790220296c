"""Joints by name: any order, extra joints, and back without loss."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.profiles.binding import UNITS, JointBinding, JointMap, message_joints, policy_joints
from steadyhand.profiles.deployment import DeploymentProfile, JointConversion
from steadyhand.profiles.exceptions import JointBindingError

finite = st.floats(min_value=-1e4, max_value=1e4)
conversions = st.builds(
    lambda unit, sign, scale, offset: JointConversion.model_validate(
        {"unit": unit, "sign": sign, "scale": scale, "offset": offset}
    ),
    st.sampled_from([None, *UNITS]),
    st.sampled_from([1, -1]),
    st.floats(min_value=1e-4, max_value=1e3),
    finite,
)


def binding(joint: str = "elbow", **keys: object) -> JointBinding:
    return JointBinding.of(joint, joint, JointConversion.model_validate(keys))


@given(conversions, finite, finite)
def test_velocity_is_the_slope_of_position(conversion, first, second):
    joint = JointBinding.of("elbow", "motor_3", conversion)
    slope = joint.to_si(second) - joint.to_si(first)
    room = 1e-9 * (1.0 + abs(joint.factor) * (abs(first) + abs(second) + abs(joint.offset)))
    [velocity] = JointMap((joint,)).extract_velocities(["motor_3"], [second - first])
    assert math.isclose(velocity, slope, rel_tol=0.0, abs_tol=room)


@given(conversions, finite)
def test_one_joint_and_many_are_converted_alike(conversion, value):
    joint = JointBinding.of("elbow", "motor_3", conversion)
    assert JointMap((joint,)).extract(["motor_3"], [value]) == [joint.to_si(value)]


@pytest.mark.parametrize(
    ("keys", "value", "position"),
    [
        ({}, 0.3, 0.3),
        ({"unit": "deg"}, 90.0, math.pi / 2),
        ({"unit": "deg", "sign": -1, "offset": 90.0}, 180.0, -math.pi / 2),
        ({"unit": "mm"}, 40.0, 0.04),
        ({"unit": "mm", "scale": 0.5}, 80.0, 0.04),
        ({"unit": "ticks", "scale": 2 * math.pi / 4096, "offset": 2048}, 3072.0, math.pi / 2),
    ],
)
def test_units_are_what_they_say(keys, value, position):
    assert binding(**keys).to_si(value) == pytest.approx(position, abs=1e-15)


@given(st.permutations(["a", "b", "c", "gripper", "torso"]), st.lists(finite, min_size=5, max_size=5))
def test_extraction_is_by_name_whatever_the_order_and_whatever_else_is_there(order, values):
    joints = JointMap(tuple(JointBinding(name.upper(), name) for name in ("c", "a", "b")))
    by_name = dict(zip(order, values, strict=True))
    extracted = joints.extract(order, values)
    np.testing.assert_array_equal(extracted, [by_name["c"], by_name["a"], by_name["b"]])


@given(st.lists(conversions, min_size=3, max_size=3), st.lists(finite, min_size=3, max_size=3))
def test_insertion_undoes_extraction(three, positions):
    bindings = [JointBinding.of(f"joint{i}", f"motor{i}", conversion) for i, conversion in enumerate(three)]
    joints = JointMap(tuple(bindings))
    values = joints.insert(positions)
    rooms = [
        1e-9 * max(1.0, abs(p)) + abs(b.factor * b.offset) * 1e-12 for b, p in zip(bindings, positions, strict=True)
    ]
    assert np.all(np.abs(joints.extract(joints.names, values) - positions) <= rooms)


def test_joints_are_found_in_the_messages_of_many_drivers_in_turn():
    joints = JointMap((JointBinding("a", "a"), JointBinding("b", "b")))
    drivers = [[f"joint{k}" for k in range(count)] + ["b", "a"] for count in range(20)]
    for names in drivers * 2:
        np.testing.assert_array_equal(joints.extract(names, np.arange(len(names))), [len(names) - 1, len(names) - 2])


def test_velocities_are_extracted_without_the_offset():
    joints = JointMap((JointBinding("elbow", "motor", factor=-2.0, offset=7.0),))
    np.testing.assert_array_equal(joints.extract_velocities(["other", "motor"], [1.0, 3.0]), [-6.0])


def test_a_missing_joint_is_named_with_what_the_message_has():
    joints = JointMap((JointBinding("a", "a"), JointBinding("b", "motor_b")), "a message on /joint_states")
    with pytest.raises(JointBindingError, match=r"/joint_states lacks motor_b; it has a, c"):
        joints.extract(["a", "c"], [0.0, 1.0])


def test_a_joint_given_twice_is_refused():
    with pytest.raises(JointBindingError, match="twice"):
        JointMap((JointBinding("a", "a"),)).extract(["a", "a"], [0.0, 1.0])


def test_a_message_with_fewer_values_than_names_is_refused():
    with pytest.raises(JointBindingError, match="2 names and 1 values"):
        JointMap((JointBinding("a", "a"),)).extract(["a", "b"], [0.0])


def test_positions_of_another_count_are_refused():
    with pytest.raises(JointBindingError, match="2 positions for the 1 joints"):
        JointMap((JointBinding("a", "a"),)).insert([0.0, 1.0])


def test_the_deployment_binds_arm_and_gripper(bench):
    contract = bench.load()
    joints = message_joints(contract.robot, contract.deployment)
    assert joints.joint_names == ("lift", "shoulder", "elbow", "left_finger_joint")
    assert joints.names == ("lift_motor", "shoulder", "elbow", "left_finger_joint")
    names = ["left_finger_joint", "wheel", "elbow", "shoulder", "lift_motor"]
    positions = joints.extract(names, [0.02, 99.0, -0.4, 1024.0, 105.0])
    np.testing.assert_allclose(positions, [0.1, math.pi / 2, -0.4, 0.02], atol=1e-12)


def test_joints_of_the_policy_keep_its_own_order():
    deployment = DeploymentProfile.model_validate(
        {"name": "d", "robot": "r", "policy": "p", "policy_joints": {"j2": {"joint": "elbow", "unit": "deg"}}}
    )
    joints = policy_joints(deployment, ["j2", "lift"])
    assert joints.joint_names == ("elbow", "lift")
    np.testing.assert_allclose(joints.insert([math.pi, 0.2]), [180.0, 0.2])
