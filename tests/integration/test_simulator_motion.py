"""The simulator in lockstep: trajectories by topic and by action, refusals, cancellation, the gripper, the frames."""

import time

import numpy as np
import pytest
from builtin_interfaces.msg import Duration, Time
from control_msgs.action import FollowJointTrajectory, GripperCommand
from control_msgs.msg import JointTolerance, JointTrajectoryControllerState
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import JointState
from std_msgs.msg import String
from steadyhand.msg import ExecutionState
from steadyhand.srv import GetTaskStatus, ResetScene
from tf2_msgs.msg import TFMessage
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from steadyhand.nodes.qos import EXECUTION_STATE, LATCHED

HOME = np.array([0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785])
JOINTS = [f"panda_joint{index}" for index in range(1, 8)]
FOLLOW = "/panda_arm_controller/follow_joint_trajectory"
GRIP = "/panda_hand_controller/gripper_cmd"


@pytest.fixture(scope="module", autouse=True)
def simulator(shared_graph):
    return shared_graph.start("simulator", lockstep=True, speed=0.0, renderer="none", seed=3)


@pytest.fixture
def client(shared_client):
    response = shared_client.call(ResetScene, "/simulator/reset", ResetScene.Request(seed=3))
    assert response.success
    return shared_client


@pytest.fixture
def joints(client):
    inbox = client.listen(JointState, "/joint_states", 50, depth=5000)
    inbox.next()
    return inbox


def point(seconds, positions, velocities=None):
    sec, nanosec = divmod(round(seconds * 1e9), 10**9)
    return JointTrajectoryPoint(
        positions=[float(p) for p in positions],
        velocities=[float(v) for v in (velocities if velocities is not None else [])],
        time_from_start=Duration(sec=sec, nanosec=nanosec),
    )


def trajectory(*points, names=JOINTS):
    return JointTrajectory(joint_names=names, points=list(points))


def seconds(stamp):
    return stamp.sec + stamp.nanosec * 1e-9


def arm(message):
    return np.array([message.position[message.name.index(name)] for name in JOINTS])


OFFSET = np.array([0.3, 0.1, -0.2, 0.2, 0.1, 0.2, -0.3])
MOTION = trajectory(point(0.0, HOME, np.zeros(7)), point(1.0, HOME + OFFSET, np.zeros(7)))


def test_joint_states_come_every_ten_milliseconds_of_simulated_time(joints):
    messages = joints.collect(50)
    stamps = np.array([seconds(message.header.stamp) for message in messages])
    np.testing.assert_allclose(np.diff(stamps), 0.01, atol=1e-6)
    assert messages[0].name == [*JOINTS, "panda_finger_joint1", "panda_finger_joint2"]
    assert all(len(field) == 9 for field in (messages[0].position, messages[0].velocity, messages[0].effort))
    np.testing.assert_allclose(arm(messages[-1]), HOME, atol=5e-3)


def test_a_trajectory_on_the_topic_is_followed(client, joints):
    commands = client.publisher(JointTrajectory, "/panda_arm_controller/joint_trajectory")
    commands.publish(MOTION)
    joints.next(lambda message: np.abs(arm(message) - HOME - OFFSET).max() < 3e-3)


def test_the_tracking_follows_the_cubic_with_a_lag(client, joints):
    states = client.listen(JointTrajectoryControllerState, "/panda_arm_controller/controller_state", depth=5000)
    states.next()
    goal = client.send_goal(FollowJointTrajectory, FOLLOW, FollowJointTrajectory.Goal(trajectory=MOTION))
    assert goal.accepted
    result = goal.result()
    assert result.error_code == FollowJointTrajectory.Result.SUCCESSFUL
    assert goal.status() == client.STATUS.STATUS_SUCCEEDED
    moving = [state for state in states.messages if abs(state.reference.velocities[0]) > 0.2]
    assert len(moving) > 5
    for state in moving:
        elapsed = seconds(state.reference.time_from_start)
        shape = 3 * elapsed**2 - 2 * elapsed**3
        np.testing.assert_allclose(state.reference.positions, HOME + OFFSET * shape, atol=1e-6)
        lag = state.error.positions[0] / state.reference.velocities[0]
        assert 0.01 < lag < 0.08
    assert goal.feedback
    assert goal.feedback[0].joint_names == JOINTS


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (trajectory(point(1.0, HOME), names=[*JOINTS[:6], "elbow"]), -2),
        (trajectory(point(1.0, HOME[:6]), names=JOINTS[:6]), -2),
        (trajectory(point(1.0, HOME[:6])), -1),
        (trajectory(point(1.0, HOME), point(0.5, HOME)), -1),
        (trajectory(), -1),
        (JointTrajectory(joint_names=JOINTS, points=[point(1.0, HOME)]), -3),
    ],
    ids=["unknown joint", "missing joint", "too few positions", "times decrease", "no points", "ended in the past"],
)
def test_a_wrong_goal_is_rejected_and_the_log_names_the_code(client, simulator, wrong, code):
    if code == -3:
        wrong.header.stamp = Time(sec=1)
    before = simulator.log.count(f"goal refused with code {code}")
    goal = client.send_goal(FollowJointTrajectory, FOLLOW, FollowJointTrajectory.Goal(trajectory=wrong))
    assert not goal.accepted
    client.wait_for(lambda: simulator.log.count(f"goal refused with code {code}") > before, message="not in the log")


def test_a_wrong_message_on_the_topic_changes_nothing(client, simulator, joints):
    commands = client.publisher(JointTrajectory, "/panda_arm_controller/joint_trajectory")
    commands.publish(trajectory(point(0.1, HOME + np.nan)))
    client.wait_for(lambda: "trajectory refused with code -1" in simulator.log, message="not in the log")
    assert all(np.abs(arm(message) - HOME).max() < 5e-3 for message in joints.collect(20))


def test_cancel_holds_where_the_arm_is(client, joints):
    slow = trajectory(point(0.0, HOME, np.zeros(7)), point(10.0, HOME + 1.0, np.zeros(7)))
    goal = client.send_goal(FollowJointTrajectory, FOLLOW, FollowJointTrajectory.Goal(trajectory=slow))
    joints.next(lambda message: arm(message)[0] > 0.01)
    assert goal.cancel()
    assert goal.status() == client.STATUS.STATUS_CANCELED
    held = arm(joints.collect(30)[-1])
    np.testing.assert_allclose(arm(joints.collect(100)[-1]), held, atol=2e-3)


def test_a_new_goal_aborts_the_old_one(client):
    slow = trajectory(point(600.0, HOME + 0.1, np.zeros(7)))
    first = client.send_goal(FollowJointTrajectory, FOLLOW, FollowJointTrajectory.Goal(trajectory=slow))
    second = client.send_goal(FollowJointTrajectory, FOLLOW, FollowJointTrajectory.Goal(trajectory=MOTION))
    assert first.result().error_code == FollowJointTrajectory.Result.INVALID_GOAL
    assert first.status() == client.STATUS.STATUS_ABORTED
    assert second.result().error_code == FollowJointTrajectory.Result.SUCCESSFUL


def test_a_path_tolerance_aborts_with_its_code(client):
    goal = FollowJointTrajectory.Goal(trajectory=MOTION)
    goal.path_tolerance = [JointTolerance(name=name, position=1e-4) for name in JOINTS]
    run = client.send_goal(FollowJointTrajectory, FOLLOW, goal)
    assert run.result().error_code == FollowJointTrajectory.Result.PATH_TOLERANCE_VIOLATED


def test_the_gripper_reaches_and_is_preempted(client, joints):
    goal = GripperCommand.Goal()
    goal.command.position, goal.command.max_effort = 0.0, 20.0
    run = client.send_goal(GripperCommand, GRIP, goal)
    result = run.result()
    assert result.reached_goal
    assert not result.stalled
    assert run.status() == client.STATUS.STATUS_SUCCEEDED
    joints.next(lambda message: max(message.position[7:]) < 1e-3)


def test_a_gripper_goal_out_of_reach_stalls(client):
    goal = GripperCommand.Goal()
    goal.command.position = 0.2
    run = client.send_goal(GripperCommand, GRIP, goal)
    assert run.result().stalled
    assert run.status() == client.STATUS.STATUS_ABORTED


def test_a_reset_aborts_goals_and_the_time_goes_on(client, joints):
    goal = client.send_goal(FollowJointTrajectory, FOLLOW, FollowJointTrajectory.Goal(trajectory=MOTION))
    before = seconds(joints.latest.header.stamp)
    response = client.call(ResetScene, "/simulator/reset", ResetScene.Request(seed=9))
    assert response.success
    assert "red_cube" in response.message
    assert goal.status() in (client.STATUS.STATUS_ABORTED, client.STATUS.STATUS_SUCCEEDED)
    after = joints.next()
    assert seconds(after.header.stamp) > before
    assert all(b > a for a, b in zip(stamps(joints), stamps(joints)[1:], strict=False))
    np.testing.assert_allclose(arm(after), HOME, atol=5e-3)


def stamps(inbox):
    return [seconds(message.header.stamp) for message in inbox.messages]


def test_an_unknown_task_is_refused(client):
    response = client.call(ResetScene, "/simulator/reset", ResetScene.Request(seed=1, task="juggle"))
    assert not response.success
    assert "juggle" in response.message


def test_the_task_knows_what_it_is_asked(client):
    known = client.call(
        GetTaskStatus, "/simulator/task_status", GetTaskStatus.Request(instruction="pick up the red cube")
    )
    assert known.understood
    assert not known.success
    unknown = client.call(GetTaskStatus, "/simulator/task_status", GetTaskStatus.Request(instruction="sing"))
    assert not unknown.understood


def test_description_and_frames_are_published(client):
    description = client.listen(String, "/robot_description", LATCHED)
    client.wait_for(lambda: description.messages, message="no robot_description")
    assert "panda_joint1" in description.latest.data
    static = client.listen(TFMessage, "/tf_static", LATCHED)
    client.wait_for(lambda: static.messages, message="no /tf_static")
    children = {transform.child_frame_id for transform in static.latest.transforms}
    assert {"front_camera_optical_frame", "wrist_camera_optical_frame", "panda_hand"} <= children
    moving = client.listen(TFMessage, "/tf").next()
    assert {transform.child_frame_id for transform in moving.transforms} >= {"panda_link1", "panda_leftfinger"}


def test_speed_scaling_slows_the_arm(client, joints):
    client.set_parameter("/simulator", "speed_scaling", 0.5)
    try:
        start = seconds(joints.next().header.stamp)
        goal = client.send_goal(FollowJointTrajectory, FOLLOW, FollowJointTrajectory.Goal(trajectory=MOTION))
        goal.result()
        assert seconds(joints.latest.header.stamp) - start > 1.9
    finally:
        client.set_parameter("/simulator", "speed_scaling", 1.0)


def test_frozen_joint_states_stop_and_go_on(client, joints):
    client.set_parameter("/simulator", "publish_joint_states", False)
    clock = client.listen(Clock, "/clock", 10)
    clock.collect(5)
    count = joints.count
    clock.collect(20)
    assert joints.count <= count + 1
    client.set_parameter("/simulator", "publish_joint_states", True)
    joints.next()


def test_time_waits_for_a_bridge_and_goes_on_without_a_silent_one(client):
    clock = client.listen(Clock, "/clock", 10)
    states = client.publisher(ExecutionState, "execution_state", EXECUTION_STATE)

    def now():
        return seconds(clock.latest.clock)

    def report():
        message = ExecutionState()
        message.header.stamp = clock.latest.clock
        states.publish(message)
        return now()

    clock.next()
    reported = report()
    client.wait_for(lambda: now() >= reported + 0.09)
    began = time.monotonic()
    client.spin(0.5)
    limit = now()
    assert limit <= reported + 0.15, "a report travels, so the one before may have counted"
    for _ in range(5):
        limit = report() + 0.05
        client.wait_for(lambda limit=limit: now() >= limit)
    client.wait_for(lambda: now() > limit + 0.5, message="the time waits for ever")
    assert time.monotonic() - began > 2.0
