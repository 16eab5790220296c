from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.observation.exceptions import JointStateError
from steadyhand.observation.joints import JointReader, JointSample, JointStreams, interpolated, joint_parts
from steadyhand.profiles.contract import Contract

ARM = tuple(f"panda_joint{index}" for index in range(1, 8))
FINGER = "panda_finger_joint1"
NAMES = (*ARM, FINGER)
POSITIONS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.04]
VELOCITIES = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 0.08]


def test_the_parts_are_arm_and_grippers(contract: Contract) -> None:
    assert joint_parts(contract) == {"arm": ARM, "gripper hand": (FINGER,)}


@given(st.permutations(range(8)), st.booleans())
def test_any_order_and_extra_joints_give_the_same(contract: Contract, order: list[int], extra: bool) -> None:
    reader = JointReader(contract)
    names = [NAMES[i] for i in order] + (["wheel"] if extra else [])
    positions = [POSITIONS[i] for i in order] + ([9.0] if extra else [])
    velocities = [VELOCITIES[i] for i in order] + ([9.0] if extra else [])
    read = reader.read(names, positions, velocities)
    assert read["arm"].positions.tolist() == POSITIONS[:7] and read["arm"].velocities.tolist() == VELOCITIES[:7]
    assert read["gripper hand"].positions.tolist() == POSITIONS[7:]


def test_names_units_and_signs_of_the_driver_are_the_deployments(altered: Callable[..., Contract]) -> None:
    joints = {
        "panda_joint2": {"message": "shoulder", "unit": "deg", "sign": -1, "offset": 90.0},
        FINGER: {"unit": "mm"},
    }
    reader = JointReader(altered(deployment={"joints": joints}))
    names = ["shoulder" if name == "panda_joint2" else name for name in NAMES]
    positions = [*POSITIONS[:1], 45.0, *POSITIONS[2:7], 40.0]
    read = reader.read(names, positions, [0.0, 10.0, *([0.0] * 6)])
    assert read["arm"].positions[1] == pytest.approx(np.pi / 4)
    assert read["arm"].velocities[1] == pytest.approx(-10.0 * np.pi / 180.0)
    assert read["gripper hand"].positions[0] == pytest.approx(0.04)


def test_arm_and_gripper_may_come_in_messages_of_their_own(contract: Contract) -> None:
    reader = JointReader(contract)
    assert set(reader.read(ARM, POSITIONS[:7], [])) == {"arm"}
    assert set(reader.read([FINGER], [0.02], [])) == {"gripper hand"}
    assert reader.read(["wheel"], [1.0], []) == {}


def test_velocities_that_are_not_measured_count_as_zero(contract: Contract) -> None:
    reader = JointReader(contract)
    assert not reader.read(NAMES, POSITIONS, [])["arm"].velocities.any()
    assert not reader.read(NAMES, POSITIONS, [float("nan")] * 8)["arm"].velocities.any()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_position_that_is_not_finite_names_its_joint(contract: Contract, value: float) -> None:
    with pytest.raises(JointStateError, match=r"/joint_states.*panda_joint3"):
        JointReader(contract).read(NAMES, [*POSITIONS[:2], value, *POSITIONS[3:]], [])


def test_half_an_arm_is_an_error_that_names_what_is_missing(contract: Contract) -> None:
    with pytest.raises(JointStateError, match="panda_joint7") as caught:
        JointReader(contract).read(NAMES[:6], POSITIONS[:6], [])
    assert caught.value.code == "BAD_JOINT_STATE"


def test_more_names_than_positions_is_an_error(contract: Contract) -> None:
    with pytest.raises(JointStateError, match="8 names and 7 values"):
        JointReader(contract).read(NAMES, POSITIONS[:7], [])


def sample(*positions: float) -> JointSample:
    return JointSample(np.array(positions), np.array(positions) * 10.0)


def streams(gap: float = 0.1) -> JointStreams:
    return JointStreams({"arm": ("a", "b"), "gripper hand": ("g",)}, capacity=10, gap=gap)


def at(joints: JointStreams, stamp: float) -> JointSample | None:
    brackets = joints.around(stamp)
    return None if brackets is None else interpolated(brackets, stamp)


@given(st.floats(0.0, 1.0))
def test_between_two_samples_joints_are_interpolated(part: float) -> None:
    joints = streams()
    for stamp, value in ((1.0, 0.0), (1.05, 1.0)):
        joints.push(stamp, {"arm": sample(value, -value), "gripper hand": sample(2 * value)})
    found = at(joints, 1.0 + 0.05 * part)
    assert found is not None
    assert found.positions == pytest.approx([part, -part, 2 * part], abs=1e-9)
    assert found.velocities == pytest.approx([10 * part, -10 * part, 20 * part], abs=1e-9)


def test_nothing_is_extrapolated() -> None:
    joints = streams()
    joints.push(1.0, {"arm": sample(0.0, 0.0), "gripper hand": sample(0.0)})
    assert at(joints, 1.0) is not None
    assert at(joints, 1.001) is None and at(joints, 0.999) is None


def test_a_gap_is_not_bridged() -> None:
    joints = streams(gap=0.1)
    for stamp in (1.0, 1.2):
        joints.push(stamp, {"arm": sample(0.0, 0.0), "gripper hand": sample(0.0)})
    assert at(joints, 1.1) is None and at(joints, 1.2) is not None


def test_the_robot_is_known_only_when_all_of_it_is() -> None:
    joints = streams()
    joints.push(1.0, {"arm": sample(0.0, 0.0)})
    assert (joints.newest, joints.missing, at(joints, 1.0)) == (None, ["gripper hand"], None)
    joints.push(0.9, {"gripper hand": sample(0.0)})
    assert (joints.newest, joints.missing) == (0.9, [])
    joints.clear()
    assert joints.missing == ["arm", "gripper hand"]
