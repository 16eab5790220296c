"""The declarations in compat/ are equal on the wire to the packages that they stand in for."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# RIHS01 hashes (REP 2016). "published": printed by other people's machines: `ros2 topic info --verbose` of a running
# robot, generated sources and liveliness tokens in public repositories. "computed": by rosidl from the text of
# control_msgs 6.8.0, of ros2_control, branches jazzy and kilted, and of geometry2 and rcl_interfaces, branch rolling.
TYPE_HASHES = {
    # published
    "composition_interfaces/srv/LoadNode": "2e521ef6066fba6d7fc3a3b175d486709f01b4d738d9a59188858546fc8e5acd",
    "control_msgs/action/FollowJointTrajectory_Goal": (
        "8a9060704b269608f5a340934cc26e66869dd14bdac29e2e7fd9ec8b9882d205"
    ),
    "control_msgs/action/FollowJointTrajectory_Result": (
        "8002e99ed2c14c6faa522f2a93c26d744c5982f254f9e98ff9c6f19789bdb220"
    ),
    "control_msgs/action/FollowJointTrajectory_SendGoal": (
        "b13789dddc325a7a962825c45e28c77d37237ec129dd0c34dc5994562938c57f"
    ),
    "control_msgs/action/GripperCommand": "e17c0e644eccf14bea84a0a93e0977182872c2eb7873ca6694900059b46dbc84",
    "control_msgs/msg/GripperCommand": "57eb8f326c9889ca8bb34ead82cc94cc09bf6bc5c3b6c09546dca3a00b589890",
    "control_msgs/msg/JointComponentTolerance": ("739ea7566931944d33830fa10f1bf5e7a7fbdc3172bce7a7eaac642bd6e3ffa4"),
    "control_msgs/msg/JointJog": "ba249455a20f70168a1acb7bf43b776b72ff1f7eb5fc4cfea443f749e963c6e7",
    "control_msgs/msg/JointTolerance": "c254f9cece0f3b733017b6990fd46d1326e25242d6b8844398c97d9a88e7d648",
    "control_msgs/msg/JointTrajectoryControllerState": (
        "51d8dd89cc624cbe9daaeeb4d80d6de9b86168ffdc3be41fefc0953e3c26e480"
    ),
    "tf2_msgs/action/LookupTransform": "0b8adf6bc0b5958879e3265b41a457e03558fe523890a81252c70eba97a82c5d",
    "tf2_msgs/msg/TFMessage": "e369d0f05a23ae52508854b66f6aa0437f3449d652e8cbf22d5abe85d020f087",
    # computed
    "composition_interfaces/srv/ListNodes": "13f30d73a74c844ee4bacf78f3680f08777cad137f10fbd6a648544cc7b59d2a",
    "composition_interfaces/srv/UnloadNode": "dce562f83adc735ddcfe9dfb927b89293d4dd0fe2b8fc91e772fb83e970a43b0",
    "control_msgs/action/ParallelGripperCommand": ("adfd3c1ebe8abc38ebcc0e454b6423d291d4010dd5697d14eca5b9be4726ae18"),
    "controller_manager_msgs/msg/ChainConnection": "2daecd1da4b171f48b291c79747657a651eb1ab8821b68e38b1c88c736bba91c",
    "controller_manager_msgs/msg/ControllerState": "9a8780ab9814b6032978a07c6c7033cf1a7894ac8d948a6fb72afea07b04cc83",
    "controller_manager_msgs/srv/ListControllers": "4f8e36bb1fa5afdeba45c2d56ae6a2097b1493a253f961dd6290c085033bd189",
    "tf2_msgs/msg/TF2Error": "db2485e7d6a0ec75bf087e058ee45df682acc3a621ca7780503d10aac141809a",
    "tf2_msgs/srv/FrameGraph": "0d1fbc6222c018ba5f33822904a2fdd4063705289956d3fdde07cd8c50fe8067",
}
FOLLOW_JOINT_TRAJECTORY = "control_msgs/action/FollowJointTrajectory"
FOLLOW_JOINT_TRAJECTORY_HASHES = {
    "jazzy": "738ebcb7a2d7cfa42f9f1001cc99ce3a4383d1cfe508015d9be8485e4b1c66f6",  # published
    "kilted": "ff29901b2693f5deb847e96084a1c2cdb26e70b7c847be21859b70a55fb29cf0",  # computed
}


def _hash_of(name: str) -> str:
    """Return the hash that rosidl wrote beside an installed interface, without its prefix."""
    index = pytest.importorskip("ament_index_python.packages")
    package, kind, type_name = name.split("/")
    interface = type_name.split("_")[0]
    try:
        share = Path(index.get_package_share_directory(package))
    except index.PackageNotFoundError:
        pytest.skip(f"{package} is not installed here")
    hashes = json.loads((share / kind / f"{interface}.json").read_text())["type_hashes"]
    found: str = next(entry["hash_string"] for entry in hashes if entry["type_name"] == name)
    return found.removeprefix("RIHS01_")


@pytest.mark.parametrize(("name", "expected"), TYPE_HASHES.items(), ids=TYPE_HASHES)
def test_a_type_has_the_hash_of_the_real_one(name: str, expected: str) -> None:
    assert _hash_of(name) == expected


def test_follow_joint_trajectory_is_that_of_the_distribution() -> None:
    found = _hash_of(FOLLOW_JOINT_TRAJECTORY)
    action = pytest.importorskip("control_msgs.action").FollowJointTrajectory
    newer = "index" in action.Feedback.get_fields_and_field_types()
    assert found == FOLLOW_JOINT_TRAJECTORY_HASHES["kilted" if newer else "jazzy"]


def _fields(path: Path) -> list[tuple[str, ...]]:
    """Return the type and name of each field, and the separators, in order."""
    lines = (line.split("#")[0].split() for line in path.read_text().splitlines())
    return [tuple(line) for line in lines if line]


def test_the_newer_follow_joint_trajectory_has_two_more_fields_of_feedback() -> None:
    folder = ROOT / "compat" / "control_msgs"
    newer = _fields(folder / "action/FollowJointTrajectory.action")
    older = _fields(folder / "jazzy/action/FollowJointTrajectory.action")
    assert [field for field in newer if field not in older] == [("int32", "index"), ("int32", "multi_dof_index")]
    assert [field for field in newer if field in older] == older
    assert newer.index(("int32", "index")) == newer.index(("trajectory_msgs/JointTrajectoryPoint", "error")) + 1
    assert newer[-1] == ("int32", "multi_dof_index")


def test_every_declared_interface_is_built_and_checked() -> None:
    declared = {
        f"{path.parents[1].name}/{path.parent.name}/{path.stem}"
        for kind in ("msg", "srv", "action")
        for path in (ROOT / "compat").glob(f"*/{kind}/*.{kind}")
    }
    checked = {re.sub("_(Goal|Result|SendGoal)$", "", name) for name in TYPE_HASHES}
    assert declared == checked
    for name in declared:
        package, kind, interface = name.split("/")
        lists = (ROOT / "compat" / package / "CMakeLists.txt").read_text()
        assert f"{kind}/{interface}.{kind}" in lists
