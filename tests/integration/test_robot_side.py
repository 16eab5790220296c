"""A robot that slows, freezes or stops itself, an operator's switch, others on our topics: seen by the whole graph."""

import numpy as np
import pytest
from motion import TRACKING
from stage import Stage, write_deployment
from std_msgs.msg import Bool
from steadyhand.action import RunInstruction
from steadyhand.msg import ExecutionState
from trajectory_msgs.msg import JointTrajectory

from steadyhand.nodes.conversions import to_seconds

Result = RunInstruction.Result
AGE = 2.0
"""Of every signal [s], on the steady clock: a slow machine may be late, and a test does not mind."""

SIGNALS = {
    "speed_scaling": {"topic": "/speed_scaling_state_broadcaster/speed_scaling", "age": AGE, "freeze": 2.0},
    "safety_state": {"robot": {"topic": "/simulator/safe", "age": AGE}},
    "enable": {"topic": "/enable", "age": AGE},
    "controller_state": {"topic": "/panda_arm_controller/controller_state", "age": AGE, "tolerance": 0.05},
}


class GuardedStage(Stage):
    """A stage whose operator holds the enable switch until told otherwise."""

    def __init__(self, graph, deployment):
        super().__init__(graph, deployment)
        self.enabled = True
        publisher = self.client.node.create_publisher(Bool, "/enable", 10)
        self.client.node.create_timer(
            0.1, lambda: self.enabled is None or publisher.publish(Bool(data=self.enabled)), clock=steady()
        )

    def reset(self):
        self.enabled = True
        self.client.set_parameter("/simulator", "speed_scaling", 1.0)
        self.client.set_parameter("/simulator", "protective_stop", False)
        super().reset()

    def resume_when_allowed(self, goal):
        """Resume as soon as the bridge has heard that it may, and wait until the policy moves the arm again."""
        self.client.wait_for(lambda: goal.done or self.trigger("bridge/resume").success)
        self.until(lambda report: report.state == ExecutionState.STATE_RUNNING)

    def check_motion(self):
        """Hold what was measured against the limits; windows of a slowed reference are not the same curve in time."""
        robot = self.robot
        for window in self.record.windows:
            self.record._check_form(window)
            self.record._check_limits(window)
        for stamp, _, velocities in self.record.measured:
            assert np.all(np.abs(velocities) <= 1.1 * robot.velocity), f"at {stamp:.3f} s"

    def apart(self, since):
        """Return how far any joint was from what the bridge reported as commanded, from a time on [rad]."""
        measured = {round(stamp, 2): positions for stamp, positions, _ in self.record.measured if stamp >= since}
        reports = [(round(to_seconds(r.header.stamp), 2), np.array(r.positions)) for r in self.states.messages]
        return max(np.abs(measured[time] - commanded).max() for time, commanded in reports if time in measured)


def steady():
    from rclpy.clock import Clock, ClockType

    return Clock(clock_type=ClockType.STEADY_TIME)


@pytest.fixture(scope="module")
def stage(shared_graph, tmp_path_factory):
    stage = GuardedStage(shared_graph, write_deployment(tmp_path_factory.mktemp("guarded"), SIGNALS))
    stage.start()
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def scene(stage):
    stage.reset()
    yield
    print(stage.graph.logs())
    stage.enabled = True
    stage.settle()
    stage.check_motion()


def test_at_half_the_speed_the_arm_stays_with_its_reference_and_the_task_goes_on(stage):
    goal = stage.moving_goal()
    stage.client.set_parameter("/simulator", "speed_scaling", 0.5)
    since = stage.client.now + 0.1
    seen = stage.chunks.latest.sequence
    stage.client.wait_for(lambda: goal.done or stage.chunks.latest.sequence > seen + 2)
    assert not goal.done
    assert {report.hold_code for report in stage.states.messages if to_seconds(report.header.stamp) > since} == {""}
    assert stage.apart(since) < TRACKING
    assert stage.record.speed(since) < 0.7 * float(stage.robot.velocity.max())


def test_a_frozen_arm_goes_on_without_a_jump(stage):
    goal = stage.moving_goal()
    stage.client.set_parameter("/simulator", "speed_scaling", 0.0)
    stage.until_time(stage.client.now + 0.5)
    frozen = stage.client.now
    stage.assert_still(frozen, 0.5)
    assert stage.states.latest.state == ExecutionState.STATE_RUNNING
    stood = stage.record.measured[-1]
    stage.client.set_parameter("/simulator", "speed_scaling", 1.0)
    stage.until_moving()
    fast = max(np.abs(velocities).max() for stamp, _, velocities in stage.record.measured if stamp > stood[0])
    assert fast <= stage.robot.velocity.max()
    assert not goal.done


def test_a_protective_stop_holds_at_once_and_an_explicit_resume_finishes(stage):
    goal = stage.moving_goal()
    stage.client.set_parameter("/simulator", "protective_stop", True)
    held = stage.until_held("PROTECTIVE_STOP")
    assert not np.any(held.velocities)
    stage.until_time(stage.client.now + 0.3)
    stood = stage.client.now
    assert not stage.trigger("bridge/resume").success
    stage.client.set_parameter("/simulator", "protective_stop", False)
    stage.until_time(stood + 0.6)
    assert stage.record.travel(stood) < 5e-3
    assert stage.states.latest.hold_code == "PROTECTIVE_STOP"
    stage.resume()
    assert goal.result().outcome == Result.OUTCOME_SUCCEEDED


@pytest.mark.parametrize(
    ("parameter", "code"),
    [("publish_safety_state", "SAFETY_STATE_STALE"), ("publish_speed_scaling", "SPEED_SCALING_STALE")],
)
def test_a_robot_that_says_nothing_is_held(stage, parameter, code):
    goal = stage.moving_goal()
    stage.freeze(parameter)
    stage.until_held(code)
    stage.thaw(parameter)
    stage.resume_when_allowed(goal)


def test_a_released_enable_switch_holds(stage):
    goal = stage.moving_goal()
    stage.enabled = False
    stage.until_held("ENABLE_LOST")
    stage.enabled = True
    stage.resume_when_allowed(goal)


def test_somebody_else_on_the_command_topic_holds_the_arm_until_gone(stage):
    goal = stage.moving_goal()
    topic = f"/{stage.robot.arm.controller}/joint_trajectory"
    intruder = stage.client.node.create_publisher(JointTrajectory, topic, 10)
    held = stage.until_held("FOREIGN_COMMAND")
    assert "/tester" in held.hold_message
    assert not stage.trigger("bridge/resume").success
    stage.client.node.destroy_publisher(intruder)
    stage.resume_when_allowed(goal)
