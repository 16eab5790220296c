"""A bridge before controllers that do as a test says; the test is its pilot.

The bridge moves to its start pose, which is motion like any other; nothing else of the graph is needed.
"""

import sys
from pathlib import Path

from graph import Graph
from rclpy.clock import Clock, ClockType
from ros_client import Client
from sensor_msgs.msg import JointState
from stage import DEPLOYMENTS
from std_msgs.msg import Float64, Float64MultiArray
from steadyhand.msg import ExecutionState, PilotStatus
from steadyhand.srv import SetEpisode

from steadyhand.nodes.conversions import to_seconds
from steadyhand.nodes.qos import EXECUTION_STATE, LATCHED
from steadyhand.profiles.contract import load_deployment

STAND_IN = Path(__file__).parent / "controller_stand_in.py"
SOON = 0.2
"""Longest time from detection to the beginning of the brake [s]."""
AWAY = 0.9
"""How far the arm is from its start pose, first joint [rad]: a motion of about two seconds."""
RESTING = (ExecutionState.STATE_BRAKING, ExecutionState.STATE_HELD)


class Rig:
    """A bridge, a stand-in for controllers, and a client that is the pilot."""

    def __init__(self, graph: Graph, deployment: str, *, lockstep: bool = True) -> None:
        self.graph = graph
        self.lockstep = lockstep
        self.deployment = str(DEPLOYMENTS / f"{deployment}.yaml")
        self.robot = load_deployment(self.deployment).robot
        self.client = client = Client(graph.check, use_sim_time=lockstep)
        self.states = client.listen(ExecutionState, "execution_state", EXECUTION_STATE, depth=5000)
        self.faults = client.listen(Float64, "fault_time", LATCHED)
        self.joints = client.listen(JointState, self.robot.joint_states.topic, depth=5000)
        self.commands = client.listen(Float64MultiArray, f"/{self.robot.arm.controller}/commands", depth=5000)
        self._pilot = client.node.create_publisher(PilotStatus, "pilot/status", LATCHED)
        self._episode = ""
        self._count = 0
        client.node.create_timer(0.1, self._beat, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self.start_stand_in()
        self.start_bridge()

    def start_stand_in(self) -> None:
        parameters = {"deployment": self.deployment, "lockstep": str(self.lockstep).lower()}
        options = [text for name, value in parameters.items() for text in ("-p", f"{name}:={value}")]
        self.graph.run("stand_in", [sys.executable, str(STAND_IN), "--ros-args", *options])
        self.joints.next()

    def start_bridge(self) -> None:
        self.graph.start("bridge", deployment=self.deployment, use_sim_time=self.lockstep)
        self.states.next(lambda report: report.state == ExecutionState.STATE_HELD)

    def _beat(self) -> None:
        if self._episode:
            self._pilot.publish(PilotStatus(episode_id=self._episode))

    def set(self, name: str, value: object) -> None:
        self.client.set_parameter("/controller_stand_in", name, value)

    def episode(self, phase: int) -> SetEpisode.Response:
        request = SetEpisode.Request(episode_id=self._episode, phase=phase, mode=ExecutionState.MODE_RUN, speed=1.0)
        return self.client.call(SetEpisode, "bridge/set_episode", request)

    def open(self) -> SetEpisode.Response:
        """Ask for the way to the start pose."""
        self._count += 1
        self._episode = f"episode {self._count}"
        return self.episode(SetEpisode.Request.PHASE_START_POSE)

    def refused(self, code: str) -> bool:
        """Ask for an episode, and end it where it was not refused yet; return whether it was, with a code."""
        answer = self.open()
        if answer.accepted:
            self.end()
        return bool(answer.code == code)

    def open_when_ready(self) -> None:
        """Open as soon as the bridge has heard that the controller is fine."""
        self.client.wait_for(lambda: self.open().accepted, message="no episode can be opened")

    def move(self) -> None:
        """Begin a motion and wait until it is at speed."""
        self.set("away", AWAY)
        self.client.wait_for(lambda: abs(self.away - AWAY) < 1e-3)
        put = self.client.now
        self.states.next(lambda report: to_seconds(report.header.stamp) > put + 0.1)
        self.open_when_ready()
        self.states.next(lambda report: len(report.velocities) > 0 and abs(report.velocities[0]) > 0.3, 20.0)

    @property
    def away(self) -> float:
        return float(self.joints.latest.position[0] - self.robot.home_positions[0])

    def braking_since(self, stamp: float) -> ExecutionState:
        """Return the first report of a brake or hold from a time on."""

        def found() -> list[ExecutionState]:
            late = [r for r in self.states.messages if to_seconds(r.header.stamp) >= stamp and r.state in RESTING]
            return late[:1]

        return self.client.wait_for(found, message="the bridge does not brake")[0]

    def end(self) -> None:
        """Close the episode and wait for rest."""
        self.episode(SetEpisode.Request.PHASE_END)
        self._episode = ""
        self.client.wait_for(lambda: self.states.latest.state == ExecutionState.STATE_HELD)

    def close(self) -> None:
        self.client.close()
