"""The client of a demonstration: sets the scene, sends one goal, and watches until it is decided."""

from __future__ import annotations

from std_msgs.msg import Header

from steadyhand.action import RunInstruction
from steadyhand.episodes.result import EpisodeResult
from steadyhand.msg import ExecutionState
from steadyhand.nodes.conversions import to_duration
from steadyhand.nodes.episode_observer import EpisodeObserver
from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.instruction_goal import InstructionGoal, Progress
from steadyhand.nodes.own_node import OwnNode
from steadyhand.nodes.qos import HEARTBEAT
from steadyhand.profiles.contract import Contract
from steadyhand.simulation.tasks.task import TaskStatus
from steadyhand.srv import GetTaskStatus, ResetScene


class Demonstration:
    """A node of its own context, spun in a thread, that talks to simulator, policy, pilot and bridge.

    Attributes:
        observer: Keeps the record of the episode.
        goal: What is sent to the pilot.
    """

    def __init__(self, contract: Contract, *, use_sim_time: bool = False) -> None:
        """Connect, in the domain and with the transports of the process environment.

        Args:
            contract: The deployment.
            use_sim_time: Take the time from /clock, as every node of the graph then must.
        """
        self._own = OwnNode("demonstration", use_sim_time=use_sim_time)
        node = self._own.node
        self.observer = EpisodeObserver(node, contract)
        self.goal = InstructionGoal(node)
        self._reset = node.create_client(ResetScene, "/simulator/reset")
        self._status = node.create_client(GetTaskStatus, "/simulator/task_status")
        self._policy_heard = False
        node.create_subscription(Header, "policy/heartbeat", self._on_heartbeat, HEARTBEAT)
        self._own.spin()

    @property
    def progress(self) -> Progress:
        """Newest feedback."""
        return self.goal.progress

    @property
    def result(self) -> EpisodeResult | None:
        """How the episode ended, None before."""
        return self.goal.result

    def readiness(self) -> dict[str, bool]:
        """Return what has to be there before the demonstration can begin, and whether it is."""
        observer = self.observer
        cameras = {f"{key} camera": key in observer.cameras_seen for key in observer.record.frames}
        return {
            "simulator": self._reset.service_is_ready() and self._status.service_is_ready(),
            **cameras,
            "policy": self._policy_heard,
            "bridge": observer.bridge_state == ExecutionState.STATE_HELD,
            "pilot": self.goal.ready,
        }

    def reset(self, seed: int, task: str, timeout: float = 10.0) -> str:
        """Lay out the scene of a task from a seed, and return what is in it.

        Raises:
            NodeError: The simulator refuses, or does not answer within ``timeout`` [s].
        """
        response = self._own.call(self._reset, ResetScene.Request(seed=seed, task=task), timeout)
        if not response.success:
            raise NodeError(f"the simulator refused seed {seed} of task '{task}': {response.message}")
        return str(response.message)

    def judge(self, instruction: str, timeout: float = 5.0) -> TaskStatus:
        """Return the ground truth about an instruction.

        Raises:
            NodeError: The simulator does not answer within ``timeout`` [s].
        """
        answer = self._own.call(self._status, GetTaskStatus.Request(instruction=instruction), timeout)
        return TaskStatus(answer.understood, answer.success, answer.failed, answer.message)

    def begin(self, instruction: str, seed: int, duration: float, timeout: float = 10.0) -> None:
        """Send the goal, and keep what happens from now on.

        Args:
            instruction: What to do.
            seed: Seed of the policy's sampling noise.
            duration: Longest duration of the episode [s]; 0 for the deployment's own.
            timeout: Longest time until the pilot accepts [s].

        Raises:
            NodeError: The pilot rejects the goal, or does not answer in time.
        """
        self.observer.start()
        self.goal.send(RunInstruction.Goal(instruction=instruction, seed=seed, timeout=to_duration(duration)), timeout)

    def cancel(self) -> None:
        """Cancel the goal, where one runs, and wait for its end for a moment."""
        self.goal.cancel()

    def close(self) -> None:
        """Disconnect."""
        if self._own.close():
            self.goal.close()

    def _on_heartbeat(self, _message: Header) -> None:
        self._policy_heard = True
