"""A whole graph on which episodes are played: simulator in lockstep, policy, bridge, pilot, and a client that acts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from diagnostic_msgs.msg import DiagnosticStatus
from graph import Graph, NodeProcess
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from motion import MotionRecord
from ros_client import PATIENCE, Client, GoalRun
from sensor_msgs.msg import JointState
from std_msgs.msg import Header
from std_srvs.srv import Trigger
from steadyhand.action import RunInstruction
from steadyhand.msg import ActionChunk, ExecutionState, PilotStatus
from steadyhand.srv import ResetScene
from trajectory_msgs.msg import JointTrajectory

from steadyhand.nodes.conversions import to_duration, to_seconds
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, HEARTBEAT, LATCHED
from steadyhand.profiles.contract import load_deployment
from steadyhand.profiles.resources import resource

DEPLOYMENTS = Path(__file__).parent / "config" / "deployments"
SCRIPTED = str(DEPLOYMENTS / "panda_scripted.yaml")

SIMULATOR = {
    "lockstep": True,
    "speed": 3.0,
    "lead": 0.05,
    "image_rate": 10.0,
    "render_width": 64,
    "transform_rate": 0.0,
}
"""As fast as the nodes go, and never farther ahead of them than the time between two of their reports."""

PICK = "pick up the red cube"


def write_deployment(folder: Path, robot: dict[str, Any], **keys: Any) -> str:
    """Write the Panda with other keys, and the scripted deployment with others on it; return its path."""
    panda = yaml.safe_load(resource("config/robots/panda.yaml").read_text()) | robot
    (folder / "robot.yaml").write_text(yaml.safe_dump(panda, sort_keys=False))
    deployment = yaml.safe_load(Path(SCRIPTED).read_text())
    policy = DEPLOYMENTS.parent / "policies" / f"{deployment['policy']}.yaml"
    path = folder / "deployment.yaml"
    path.write_text(yaml.safe_dump(deployment | {"robot": str(folder / "robot.yaml"), "policy": str(policy)} | keys))
    return str(path)


SEED = 5


class Stage:
    """The graph of a module's tests, seen by its client, which follows the simulator's clock.

    Attributes:
        graph: The processes.
        client: The test's node.
        record: Commands and joint states since ``reset``.
        states: What the bridge reports.
        chunks: What the policy publishes.
        pilot: What the pilot reports.
        beats: The policy's heartbeats.
    """

    def __init__(self, graph: Graph, deployment: str = SCRIPTED) -> None:
        self.graph = graph
        self.deployment = deployment
        robot = load_deployment(deployment).robot
        self.robot = robot
        self.client = client = Client(graph.check, use_sim_time=True)
        self.record = MotionRecord(robot)
        topic = f"/{robot.arm.controller}/joint_trajectory"
        client.node.create_subscription(
            JointTrajectory, topic, lambda message: self.record.hear_command(message, client.now), 100
        )
        client.node.create_subscription(JointState, robot.joint_states.topic, self.record.hear_joints, 100)
        self.states = client.listen(ExecutionState, "execution_state", EXECUTION_STATE, depth=5000)
        self.chunks = client.listen(ActionChunk, "action_chunk", CHUNKS)
        self.pilot = client.listen(PilotStatus, "pilot/status", LATCHED)
        self.beats = client.listen(Header, "policy/heartbeat", HEARTBEAT)
        self.bridge_status = client.listen(DiagnosticStatus, "bridge/status", LATCHED)
        self.goals: list[GoalRun] = []
        self._broken: list[str] = []

    def start(self, *names: str, **parameters: Any) -> None:
        """Start nodes, all four where none is named, and wait until they are ready for a goal."""
        for name in names or ("simulator", "policy", "bridge", "pilot"):
            self.start_node(name, **parameters)
        self.wait_until_ready()
        # A first call has to find its service; the simulated time would go on meanwhile.
        self.client.set_parameter("/simulator", "publish_images", True)

    def start_node(self, name: str, *, arguments: tuple[str, ...] = (), **parameters: Any) -> NodeProcess:
        """Start one node without waiting for it."""
        if name == "simulator":
            return self.graph.start(name, arguments=arguments, **(SIMULATOR | {"seed": SEED} | parameters))
        settings = {"deployment": self.deployment, "use_sim_time": True} | parameters
        return self.graph.start(name, arguments=arguments, **settings)

    def wait_until_ready(self) -> None:
        """Wait until the bridge holds, the policy is alive, and the pilot waits for a goal."""
        seen = self.beats.count
        self.states.next(lambda report: report.state == ExecutionState.STATE_HELD)
        self.client.wait_for(lambda: self.beats.count > seen, message="the policy is silent")
        self.pilot.next(lambda status: status.phase == PilotStatus.PHASE_IDLE)

    def replace_simulator(self, *, arguments: tuple[str, ...] = (), **parameters: Any) -> None:
        """Start another simulator in the place of the one that runs; its clock begins anew."""
        before = self.client.now
        self.graph.processes["simulator"].kill()
        self.record.clear()
        self.states.clear()
        self.start_node("simulator", arguments=arguments, **parameters)
        self.until(lambda report: to_seconds(report.header.stamp) < before)
        self.wait_until_ready()

    def reset(self) -> None:
        """End what runs, mend what a test broke, and lay out the scene with the arm at home."""
        self.settle()
        for parameter in list(self._broken):
            self.thaw(parameter)
        response = self.client.call(ResetScene, "/simulator/reset", ResetScene.Request(seed=SEED))
        assert response.success, response.message
        self.client.wait_for(lambda: self.away_from_home < 0.01, message="the arm is not at home")
        self.record.clear()

    @property
    def away_from_home(self) -> float:
        """How far any joint is from home [rad]."""
        if not self.record.measured:
            return float("inf")
        return float(np.abs(self.record.measured[-1][1] - self.robot.home_positions).max())

    def settle(self) -> None:
        """Wait until every goal has ended; cancel those that run."""
        for goal in self.goals:
            if goal.accepted and not goal.done:
                goal.cancel()
                goal.result()
        self.goals.clear()

    def goal(self, instruction: str = PICK, **fields: Any) -> GoalRun:
        """Send a RunInstruction goal; ``timeout`` in seconds."""
        if "timeout" in fields:
            fields["timeout"] = to_duration(fields["timeout"])
        goal = self.client.send_goal(
            RunInstruction, "run_instruction", RunInstruction.Goal(instruction=instruction, **fields)
        )
        self.goals.append(goal)
        return goal

    def moving_goal(self, **fields: Any) -> GoalRun:
        """Send a goal and wait until its policy moves the arm at speed."""
        # A report of the episode before may come late.
        former = {report.episode_id for report in self.states.messages}
        goal = self.goal(**fields)
        assert goal.accepted
        self.pilot.clear()
        self.client.wait_for(
            lambda: goal.done or (self.moves and self.states.latest.episode_id not in former),
            message="the policy does not move the arm",
        )
        assert not goal.done, f"{goal.result().code}: {goal.result().message}"
        return goal

    @property
    def moves(self) -> bool:
        """True where the policy moves the arm at speed, by the bridge's newest report."""
        report = self.states.latest
        return report.state == ExecutionState.STATE_RUNNING and np.abs(report.velocities).max() > 0.15

    def until_moving(self) -> None:
        """Wait until the policy moves the arm at speed."""
        self.until(lambda _report: self.moves)

    def until(self, condition: Callable[[ExecutionState], bool], timeout: float = PATIENCE) -> ExecutionState:
        """Wait for a report of the bridge that comes from now on, and return it."""
        return self.states.next(condition, timeout)

    def until_held(self, code: str) -> ExecutionState:
        """Wait until the bridge holds for a reason."""
        return self.until(lambda report: report.state == ExecutionState.STATE_HELD and report.hold_code == code)

    def until_time(self, time: float) -> None:
        """Let simulated time go by."""
        self.client.wait_for(lambda: self.client.now >= time, message=f"the clock does not reach {time:.2f} s")

    def braking_since(self, time: float) -> ExecutionState:
        """Return the first report of a brake, or of a hold after one, from a time on."""
        resting = (ExecutionState.STATE_BRAKING, ExecutionState.STATE_HELD)

        def found() -> list[Any]:
            reports = [r for r in self.states.messages if to_seconds(r.header.stamp) >= time and r.state in resting]
            return reports[:1]

        return self.client.wait_for(found, message="the bridge does not brake")[0]

    def assert_rested_before_the_end(self) -> None:
        """Fail where the pilot called the episode over before the bridge had reported rest."""

        def idle() -> list[PilotStatus]:
            return [status for status in self.pilot.messages if status.phase == PilotStatus.PHASE_IDLE]

        over = to_seconds(self.client.wait_for(idle, message="the pilot is not idle")[0].header.stamp)
        self.client.wait_for(lambda: to_seconds(self.states.latest.header.stamp) > over)
        report = [report for report in self.states.messages if to_seconds(report.header.stamp) <= over][-1]
        assert report.state == ExecutionState.STATE_HELD
        assert not np.any(report.velocities)

    def trigger(self, service: str) -> Trigger.Response:
        """Call a service without arguments."""
        return self.client.call(Trigger, service, Trigger.Request())

    def resume(self) -> None:
        """Continue the episode, again where a chunk that was under way brought another refusal."""
        for _ in range(3):
            assert self.trigger("bridge/resume").success
            report = self.until(lambda report: report.hold_code != "WAITING_FOR_CHUNK")
            if report.state == ExecutionState.STATE_RUNNING:
                return
        raise AssertionError(f"not resumed: {report.hold_code}: {report.hold_message}")

    def freeze(self, parameter: str) -> None:
        """Let the simulator no longer publish something, until `thaw` or the next reset."""
        self._broken.append(parameter)
        self.client.set_parameter("/simulator", parameter, False)

    def thaw(self, parameter: str) -> None:
        """Let the simulator publish again."""
        self.client.set_parameter("/simulator", parameter, True)
        self._broken.remove(parameter)

    def transition(self, node: str, label: str) -> bool:
        """Ask a lifecycle node for a transition by its name; return whether it was made."""
        number = getattr(Transition, f"TRANSITION_{label.upper()}")
        request = ChangeState.Request(transition=Transition(id=number))
        return bool(self.client.call(ChangeState, f"{node}/change_state", request).success)

    def lifecycle_state(self, node: str) -> int:
        """Return the lifecycle state of a node, one of lifecycle_msgs/State."""
        return int(self.client.call(GetState, f"{node}/get_state", GetState.Request()).current_state.id)

    def until_joint_states(self) -> None:
        """Wait for a joint state that comes from now on."""
        seen = self.record.measured[-1][0]
        self.client.wait_for(lambda: self.record.measured[-1][0] > seen, message="no joint states")

    def assert_still(self, since: float, duration: float = 1.0) -> None:
        """Fail where the arm moves or is commanded between a time and ``duration`` after it."""
        self.until_time(since + duration)
        assert self.record.travel(since) < 2e-3
        late = [window.made for window in self.record.windows if window.made > since]
        assert not late, f"commands after {since:.2f} s at {late}"

    def close(self) -> None:
        self.client.close()


ACTIVE = State.PRIMARY_STATE_ACTIVE
INACTIVE = State.PRIMARY_STATE_INACTIVE
UNCONFIGURED = State.PRIMARY_STATE_UNCONFIGURED
