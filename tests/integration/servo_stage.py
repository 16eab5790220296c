"""A bridge that drives an ideal arm through a stand-in for Servo; pilot and policy are the test's."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from control_msgs.msg import JointJog
from geometry_msgs.msg import PoseStamped, TwistStamped
from graph import Graph
from rclpy.clock import Clock, ClockType
from ros_client import Client
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from std_srvs.srv import SetBool, Trigger
from steadyhand.msg import ActionChunk as ActionChunkMessage
from steadyhand.msg import ExecutionState, PilotStatus
from steadyhand.srv import SetEpisode

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.nodes.chunk_wire import chunk_to_message
from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, HEARTBEAT, LATCHED
from steadyhand.profiles.contract import load_deployment

HERE = Path(__file__).parent
DEPLOYMENTS = HERE / "config" / "deployments"
AMPLITUDE, PERIOD = 0.12, 2.0
COMMANDS = {
    "joint_jog": (JointJog, "/servo_node/delta_joint_cmds"),
    "twist": (TwistStamped, "/servo_node/delta_twist_cmds"),
    "pose": (PoseStamped, "/servo_node/pose_target_cmds"),
}


class ServoStage:
    """The processes, and the test's node.

    Attributes:
        states: What the bridge reports.
        measured: Joint states.
        commands: What Servo is sent.
        swinging: Chunks are sent that swing two joints around where they were.
    """

    def __init__(self, graph: Graph, deployment: str, **servo: str | float) -> None:
        self.graph = graph
        self.path = deployment if deployment.endswith(".yaml") else str(DEPLOYMENTS / f"{deployment}.yaml")
        self.contract = load_deployment(self.path)
        self.client = client = Client(graph.check, name="servo_tester", use_sim_time=True)
        robot = self.contract.robot
        self._servo = servo
        self.states = client.listen(ExecutionState, "execution_state", EXECUTION_STATE, depth=5000)
        self.measured = client.listen(JointState, "/joint_states", 50, depth=5000)
        self.commands = client.listen(*COMMANDS[robot.arm.servo.command], depth=5000)
        node = client.node
        self._chunks = node.create_publisher(ActionChunkMessage, "action_chunk", CHUNKS)
        self._pilot = node.create_publisher(PilotStatus, "pilot/status", LATCHED)
        self._beats = node.create_publisher(Header, "policy/heartbeat", HEARTBEAT)
        # Silence is measured on the steady clock.
        node.create_timer(0.1, self._beat, clock=Clock(clock_type=ClockType.STEADY_TIME))
        node.create_timer(0.2, self._act)
        self.swinging = False
        self._episode = ""
        self._episodes = self._sequence = 0
        self._began, self._centre = 0.0, robot.home_positions
        arm = {
            "joints": "[" + ",".join(robot.joint_names) + "]",
            "positions": str(robot.home_positions.tolist()),
            "controller": robot.arm.controller,
        }
        self._run("ideal_arm", **arm)
        self.start_servo()
        graph.start("bridge", deployment=self.path, use_sim_time=True)

    def start_servo(self, **parameters: str | float) -> None:
        """Start the stand-in, again where it ended."""
        self._run("servo_stand_in", deployment=self.path, **{**self._servo, **parameters})

    def replace_servo(self, **parameters: str | float) -> None:
        """Let the stand-in leave, and start another."""
        self.graph.processes["servo_stand_in"].interrupt()
        self.start_servo(**parameters)

    def find(self, code: int) -> None:
        """Let Servo find that a command must be slowed or halted, or nothing with 0."""
        self.client.set_parameter("/servo_node", "finds", code)

    def refuse(self, what: str) -> None:
        """Let Servo refuse ``switch`` or ``pause``, or nothing with an empty word."""
        self.client.set_parameter("/servo_node", "refuses", what)

    def open(self) -> SetEpisode.Response:
        """Ask for an episode once."""
        self._episodes += 1
        self._episode = f"episode {self._episodes}"
        return self._set(SetEpisode.Request.PHASE_START_POSE)

    def begin(self) -> None:
        """Open an episode as soon as the bridge takes one and Servo moves the arm to its start, and swing it."""
        self.client.wait_for(self._at_start, message="the start pose is not reached")
        assert self._set(SetEpisode.Request.PHASE_RUN).accepted
        self.swing()

    def _at_start(self) -> bool:
        if not self.open().accepted:
            return False
        self.states.clear()
        moving = (ExecutionState.STATE_STARTING, ExecutionState.STATE_BRAKING)
        self.client.wait_for(lambda: self.states.messages and self.states.latest.state not in moving)
        if self.states.latest.hold_code == "START_POSE_REACHED":
            return True
        # A Servo that was killed still seems to be there for a while.
        self.end()
        return False

    def swing(self) -> None:
        """Send chunks from now on that begin where the arm is."""
        seen = self.measured.count
        self.client.wait_for(lambda: self.measured.count > seen + 1, message="no joint states")
        self._began, self._centre = self.client.now, self._newest[1]
        self.swinging = True

    def moving(self) -> None:
        """Begin, and wait until the arm moves at speed; begin anew where Servo comes and goes still."""
        for _ in range(3):
            self.begin()
            self.states.clear()
            self.client.wait_for(lambda: self._fast or self._faulted, message="the arm does not move")
            if self._fast:
                return
            self.end()
        raise AssertionError("the arm does not keep moving")

    @property
    def _fast(self) -> bool:
        return bool(self.measured.messages) and np.abs(self.measured.latest.velocity).max() > 0.2

    @property
    def _faulted(self) -> bool:
        return any(report.hold_code.startswith("CONTROLLER") for report in self.states.messages)

    def until_moving(self) -> None:
        self.client.wait_for(lambda: self._fast, message="the arm does not move")

    def resume(self) -> None:
        """Continue the episode, and wait until the arm moves."""
        assert self.client.call(Trigger, "bridge/resume", Trigger.Request()).success
        self.swing()
        self.until_moving()

    def mend(self) -> None:
        """End the episode, and let Servo find and refuse nothing."""
        self.find(0)
        self.refuse("")
        self.end()

    def end(self) -> None:
        """End the episode and wait until the arm rests."""
        self.swinging = False
        if self._episode:
            self._set(SetEpisode.Request.PHASE_END)
            self.until_rest()
        self._episode = ""

    def until_held(self, *codes: str) -> ExecutionState:
        """Wait for a hold with one of some reasons since the episode began, and for the arm's rest."""
        held = self.client.wait_for(
            lambda: [
                report
                for report in self.states.messages
                if report.state == ExecutionState.STATE_HELD and report.hold_code in codes
            ],
            timeout=30.0,
            message=f"no hold for {codes}",
        )[0]
        self.until_rest()
        return held

    def until_rest(self) -> None:
        """Wait until five joint states in a row tell no motion."""

        def still() -> bool:
            newest = list(self.measured.messages)[-5:]
            return len(newest) == 5 and all(np.abs(message.velocity).max() < 1e-3 for message in newest)

        seen = self.measured.count
        self.client.wait_for(lambda: self.measured.count > seen + 10 and still(), timeout=15.0, message="no rest")

    def moves_on_without_bridge(self) -> float:
        """Freeze the bridge until the arm rests, and return how long the arm moved on [s]."""
        bridge = self.graph.processes["bridge"]
        bridge.pause()
        frozen = self.client.now
        try:
            self.until_rest()
        finally:
            bridge.resume()
        last = [message for message in self.measured.messages if np.abs(message.velocity).max() > 1e-3][-1]
        return to_seconds(last.header.stamp) - frozen

    def is_paused(self) -> bool:
        """Return whether Servo was paused: it says so where it is asked to pause what pauses already."""
        answer = self.client.call(SetBool, "/servo_node/pause_servo", SetBool.Request(data=True))
        return "already" in answer.message

    @property
    def _newest(self) -> tuple[float, np.ndarray]:
        message = self.measured.latest
        return to_seconds(message.header.stamp), np.array(message.position)

    def _set(self, phase: int) -> SetEpisode.Response:
        request = SetEpisode.Request(
            episode_id=self._episode, phase=phase, speed=1.0, mode=ExecutionState.MODE_RUN, instruction="swing"
        )
        return self.client.call(SetEpisode, "bridge/set_episode", request)

    def _run(self, name: str, **parameters: str | float) -> None:
        command = [sys.executable, str(HERE / f"{name}.py"), "--ros-args"]
        if name != "ideal_arm":
            command += ["-p", "use_sim_time:=true"]
        for key, value in parameters.items():
            command += ["-p", f"{key}:={value}"]
        self.graph.run(name, command)

    def _beat(self) -> None:
        self._pilot.publish(PilotStatus(phase=PilotStatus.PHASE_RUNNING, episode_id=self._episode))
        self._beats.publish(Header())

    def _act(self) -> None:
        if not self.swinging or not self.measured.messages:
            return
        policy = self.contract.policy
        stamp, state = self._newest
        times = stamp + policy.dt * (policy.first_row + np.arange(policy.horizon)) - self._began
        rows = np.tile(self._centre, (policy.horizon, 1))
        # It begins at rest, and stays within what a stop from anywhere in it leaves to a start.
        swing = 0.5 * AMPLITUDE * (1.0 - np.cos(2.0 * np.pi * times / PERIOD))
        rows[:, 0] += 3.0 * swing
        rows[:, 3] -= swing
        chunk = ActionChunk(
            stamp=stamp,
            rows=rows,
            dimension_names=policy.dimension_names,
            dt=policy.dt,
            first_row_offset=policy.dt * policy.first_row,
            state_names=self.contract.robot.joint_names,
            state=state,
            inputs={"joint_states": stamp},
            episode_id=self._episode,
            sequence=self._sequence,
            profile_hash=self.contract.hash,
        )
        self._sequence += 1
        self._chunks.publish(chunk_to_message(chunk, self.contract.robot.frames.base))

    def close(self) -> None:
        self.client.close()
