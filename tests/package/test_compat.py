"""The declarations in compat/ are equal on the wire to the packages that they stand in for."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# RIHS01 hashes (REP 2016). "published": printed by other people's machines: `ros2 topic info --verbose` of a running
# robot, generated sources and liveliness tokens in public repositories. "computed": by rosidl from the text of
# control_msgs 6.8.0, of geometry2 and rcl_interfaces, branch rolling, and of moveit_msgs 2.6.0 (branch ros2),
# octomap_msgs 2.0.0 and object_recognition_msgs 2.0.0.
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
    "object_recognition_msgs/msg/ObjectType": "5eb3ee3976403366d7c50d7dbee8bec96b3bced1e752674a7194a35841632134",
    "octomap_msgs/msg/Octomap": "9891a19a05b70ec20aa8f45db3f8300b9ab80afff32c61c549d25087da9625b0",
    "octomap_msgs/msg/OctomapWithPose": "e65f8760aa96a2acef86b6d206175cfc78420082b6159dd3fa6ebf93f5f81979",
    "moveit_msgs/msg/AllowedCollisionEntry": "eeb7cc3f1bfdb8c778aa7454ae90037c2749dab3ca0abdfe3dad2ae8723977db",
    "moveit_msgs/msg/AllowedCollisionMatrix": "ac0159eec0d99f73158c7349c9d1c01b3dc7f749d75a2ea22e74a2a1091a9b05",
    "moveit_msgs/msg/AttachedCollisionObject": "7fdfe7951a33a857f20fc42c9ed410a38d06dd0c209ac774ecea746dc487dc41",
    "moveit_msgs/msg/BoundingVolume": "00bb0df2edac637497dedf1778d8f217187c8d9d10f41dcfccc4d8578123ef13",
    "moveit_msgs/msg/CartesianPoint": "bbb5a879e7dd5b8443c3ce8cf374c3f314522a5540b1b4104a7b470fcc6ca907",
    "moveit_msgs/msg/CartesianTrajectory": "30452179003246bb9264a44854a4b720c882f63638da8da0a9afed4f565c748d",
    "moveit_msgs/msg/CartesianTrajectoryPoint": "63b1d2ef10058a5da0931e4de777a10fdfed3972ab166c60632f4a182b7fd5ea",
    "moveit_msgs/msg/CollisionObject": "74b0acd6d56be032bf4f764b2c2633f50588b5fb2bd71e97206c59052747cf7e",
    "moveit_msgs/msg/ConstraintEvalResult": "b632ab96d68fbfd587546b1c585a3b8be0606b7de7751929653392b343039997",
    "moveit_msgs/msg/Constraints": "71718200459ae8fecdc4f2c9631215f7eba5ff686c701a32e231ba8b11b3592b",
    "moveit_msgs/msg/ContactInformation": "47c926e539a1f54729ec4a9edc568a983678beefb908841d68fbb3cff3feeecb",
    "moveit_msgs/msg/CostSource": "dd6bd4e383e102b4b7ef54e46e2f8cd4b4323a2c56370c42862bd2d3358a59f6",
    "moveit_msgs/msg/GenericTrajectory": "b38b4942aba82576ec047a9278c47785022ce66ca86d91827aba06cdc97793c6",
    "moveit_msgs/msg/JointConstraint": "4996641a8e12f5b7fde07f1cec1490324e1c4035ac5fc989ce99c9600c31e30d",
    "moveit_msgs/msg/LinkPadding": "864762d9e19f758b0385427f75691374cae830495727c96405f2bad0eb20c766",
    "moveit_msgs/msg/LinkScale": "4666a0685f26365ccf4c9bfed0b14c654604fa0564be65c221d8d54fdc7a0f83",
    "moveit_msgs/msg/MotionPlanRequest": "f82ed20da5f8f93146999c1a3cfe34b56b97fc10333b40cac69782a1210888d7",
    "moveit_msgs/msg/MotionPlanResponse": "bc0dc15c0462edc942dc45dc689cd1a1b1a64c1412002a2e8d210eff2477d62a",
    "moveit_msgs/msg/MoveItErrorCodes": "dcda8a9950cf6dd6ac221c2c0d2509f52f136afa0403dd19beacdf07e83e4a07",
    "moveit_msgs/msg/ObjectColor": "4f937f7b22942a9c4a6409c20255aaad1b5d9a003ae3c0edb779698be443c127",
    "moveit_msgs/msg/OrientationConstraint": "7a1917ac47886eb1fc170317952198b203bb797f07270475a7bbaf692cad2871",
    "moveit_msgs/msg/PlanningOptions": "2570a8ed681162d1d3afbce3a8e7ff2b6fd519676d13cf952e0a388072b255db",
    "moveit_msgs/msg/PlanningScene": "0f58540ad5eab4b9ea827d53b763c793d8cabd202b3b301fcee25afa4ce1bd80",
    "moveit_msgs/msg/PlanningSceneComponents": "76b77cb53f7a0b680d46fad6c0056d3710a74ec335dd5f361f3df62383313d69",
    "moveit_msgs/msg/PlanningSceneWorld": "e08e6a4a81ca6b6a6953ac758dadc2c949555093efea6a9a22d9accf62c2c099",
    "moveit_msgs/msg/PositionConstraint": "3758504dabfe337a1a660b29917e3405e5e858fdd6e9976edba04275396523df",
    "moveit_msgs/msg/PositionIKRequest": "200709be614f71f4d11d0bdd672785db28d27f7a10b516d9b961706a0c7f6d7d",
    "moveit_msgs/msg/RobotState": "7c516dc15713e545cb2836c5ca745fbdcfcc10de4855a41c83e6b4bf1afc3f83",
    "moveit_msgs/msg/RobotTrajectory": "af1dc87fb94d13e5f233e9c210d2662fa06143a8b3c6aec47c57ad45074fcce8",
    "moveit_msgs/msg/ServoStatus": "882a75f7648d6f8a9bf528e4787f51c58f2d5d88b702e450443d99f270e6936b",
    "moveit_msgs/msg/TrajectoryConstraints": "4975a7925aa917c5af450713fcb8bdbc19c666d0c336a5f27056733bf8fc65f8",
    "moveit_msgs/msg/VisibilityConstraint": "2b479935307de421623221520ee5d9ffab494af7f4b1945114fc7e4831856c75",
    "moveit_msgs/msg/WorkspaceParameters": "5001636b05e9fef44faf0220f88552cab9954e55dd3ab51075f448e9aa59186e",
    "moveit_msgs/srv/GetMotionPlan": "0e118e1d8d53d5fea8eea309fc06a58239fa0e617864127e7de8399ab7335b27",
    "moveit_msgs/srv/GetPlanningScene": "7ed7e96238b902174d985b0eb739ea08c95377e8e46a6a9014c22497faf79cd2",
    "moveit_msgs/srv/GetPositionFK": "2f16ec361a135d84b85a29385abeb9eeb025e39c09038bd6b2826645edc7edad",
    "moveit_msgs/srv/GetPositionIK": "054ed6f6f71a09b01b5246c5d80beb4dacc6f444f58df039849c76292933e9e3",
    "moveit_msgs/srv/GetStateValidity": "e9fcd24ae0fd8c2f16d4afe397efaf03427d1f899fe91ecf6cb7f7f1c6ca8720",
    "moveit_msgs/srv/ServoCommandType": "2065f4daf271249330596d344ecd48f5c2d2a52e3b21b1fc56d99c52b8eeae22",
    "moveit_msgs/action/ExecuteTrajectory": "e1ed3386f275fc8cea91cc78701074f892e78e583be2f8063eea5616dd1065fc",
    "moveit_msgs/action/MoveGroup": "8c41d70908a2d26b564ddac31e9710f697a753bbd2a4d229542f76271daefc0b",
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
