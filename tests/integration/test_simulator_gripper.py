"""The other type of gripper action."""

from control_msgs.action import ParallelGripperCommand
from sensor_msgs.msg import JointState

GRIP = "/panda_hand_controller/gripper_cmd"


def test_parallel_gripper_commands_are_served_where_asked_for(graph, client):
    graph.start(
        "simulator",
        lockstep=True,
        renderer="none",
        gripper_action="parallel_gripper_command",
        gripper_allow_stalling=True,
        gripper_stall_timeout=0.2,
    )
    goal = ParallelGripperCommand.Goal(command=JointState(position=[0.0], effort=[20.0]))
    reached = client.send_goal(ParallelGripperCommand, GRIP, goal).result()
    assert reached.reached_goal
    assert reached.state.name == ["panda_finger_joint1"]
    assert reached.state.effort[0] == 20.0

    stalled = client.send_goal(
        ParallelGripperCommand, GRIP, ParallelGripperCommand.Goal(command=JointState(position=[0.2]))
    )
    assert stalled.result().stalled
    assert stalled.status() == client.STATUS.STATUS_SUCCEEDED

    wrong = ParallelGripperCommand.Goal(command=JointState(position=[0.0, 0.0]))
    assert not client.send_goal(ParallelGripperCommand, GRIP, wrong).accepted
