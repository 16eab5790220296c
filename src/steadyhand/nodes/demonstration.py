"""The client of a demonstration: sets the scene, sends one goal, and watches until it is decided."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

import rclpy
from rclpy.action import ActionClient
from rclpy.client import Client
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions
from std_msgs.msg import Header

from steadyhand.action import RunInstruction
from steadyhand.episodes.phase import Outcome, Phase
from steadyhand.episodes.result import EpisodeResult
from steadyhand.msg import ExecutionState, PilotStatus
from steadyhand.nodes.conversions import to_duration
from steadyhand.nodes.episode_observer import EpisodeObserver
from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.qos import HEARTBEAT, LATCHED
from steadyhand.profiles.contract import Contract
from steadyhand.simulation.tasks.task import TaskStatus
from steadyhand.srv import GetTaskStatus, ResetScene

PHASES = {
    Phase.IDLE: "idle",
    Phase.PREPARING: "preparing",
    Phase.STARTING: "to the start pose",
    Phase.RUNNING: "running",
    Phase.ENDING: "coming to rest",
}


@dataclass(frozen=True)
class Progress:
    """How far the episode is.

    Attributes:
        phase: Phase for a person.
        elapsed: Time since the goal was accepted, ROS clock [s].
        chunks: Chunks executed.
        policy_latency: Inference latency of the newest chunk [s].
        hold_code: Why the arm brakes or is held, empty otherwise.
        hold_message: The same for a person.
    """

    phase: str = "sent"
    elapsed: float = 0.0
    chunks: int = 0
    policy_latency: float = 0.0
    hold_code: str = ""
    hold_message: str = ""


class Demonstration:
    """A node of its own context, spun in a thread, that talks to simulator, policy, pilot and bridge.

    Attributes:
        observer: Keeps the record of the episode.
        progress: Newest feedback.
        result: How the episode ended, None before.
    """

    def __init__(self, contract: Contract, *, use_sim_time: bool = False) -> None:
        """Connect, in the domain and with the transports of the process environment.

        Args:
            contract: The deployment.
            use_sim_time: Take the time from /clock, as every node of the graph then must.
        """
        self.progress = Progress()
        self.result: EpisodeResult | None = None
        self._context = Context()
        rclpy.init(args=[], context=self._context, signal_handler_options=SignalHandlerOptions.NO)
        self._node = Node(
            "demonstration",
            context=self._context,
            enable_rosout=False,
            start_parameter_services=False,
            parameter_overrides=[Parameter("use_sim_time", value=use_sim_time)],
        )
        self.observer = EpisodeObserver(self._node, contract)
        self._reset = self._node.create_client(ResetScene, "/simulator/reset")
        self._status = self._node.create_client(GetTaskStatus, "/simulator/task_status")
        self._goals = ActionClient(self._node, RunInstruction, "run_instruction")
        self._policy_heard = False
        self._pilot_phase: int | None = None
        self._goal: Any = None
        self._node.create_subscription(Header, "policy/heartbeat", self._on_heartbeat, HEARTBEAT)
        self._node.create_subscription(PilotStatus, "pilot/status", self._on_pilot, LATCHED)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._thread = threading.Thread(target=self._spin, name="demonstration", daemon=True)
        self._thread.start()

    def readiness(self) -> dict[str, bool]:
        """Return what has to be there before the demonstration can begin, and whether it is."""
        observer = self.observer
        cameras = {f"{key} camera": key in observer.cameras_seen for key in observer.record.frames}
        return {
            "simulator": self._reset.service_is_ready() and self._status.service_is_ready(),
            **cameras,
            "policy": self._policy_heard,
            "bridge": observer.bridge_state == ExecutionState.STATE_HELD,
            "pilot": self._pilot_phase == PilotStatus.PHASE_IDLE and self._goals.server_is_ready(),
        }

    def reset(self, seed: int, task: str, timeout: float = 10.0) -> str:
        """Lay out the scene of a task from a seed, and return what is in it.

        Raises:
            NodeError: The simulator refuses, or does not answer within ``timeout`` [s].
        """
        response = self._call(self._reset, ResetScene.Request(seed=seed, task=task), timeout)
        if not response.success:
            raise NodeError(f"the simulator refused seed {seed} of task '{task}': {response.message}")
        return str(response.message)

    def judge(self, instruction: str, timeout: float = 5.0) -> TaskStatus:
        """Return the ground truth about an instruction.

        Raises:
            NodeError: The simulator does not answer within ``timeout`` [s].
        """
        answer = self._call(self._status, GetTaskStatus.Request(instruction=instruction), timeout)
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
        goal = RunInstruction.Goal(instruction=instruction, seed=seed, timeout=to_duration(duration))
        future = self._goals.send_goal_async(goal, feedback_callback=self._on_feedback)
        self._goal = _wait(future, "the pilot did not answer the goal", timeout)
        if not self._goal.accepted:
            raise NodeError(f"the pilot rejected the goal '{instruction}': see its log")
        self._goal.get_result_async().add_done_callback(self._on_result)

    def cancel(self, timeout: float = 2.0) -> None:
        """Cancel the goal, where one runs, and wait for its end for at most ``timeout`` [s]."""
        if self._goal is None or not self._goal.accepted or self.result is not None:
            return
        self._goal.cancel_goal_async()
        deadline = time.monotonic() + timeout
        while self.result is None and time.monotonic() < deadline:
            time.sleep(0.02)

    def close(self) -> None:
        """Disconnect."""
        self._executor.shutdown(timeout_sec=1.0)
        self._thread.join(2.0)
        if not self._thread.is_alive():
            self._goals.destroy()
            self._node.destroy_node()
        self._context.try_shutdown()

    def _spin(self) -> None:
        try:
            self._executor.spin()
        except ExternalShutdownException:
            return

    def _call(self, client: Client, request: Any, timeout: float) -> Any:
        return _wait(client.call_async(request), f"no answer from {client.srv_name}", timeout)

    def _on_heartbeat(self, _message: Header) -> None:
        self._policy_heard = True

    def _on_pilot(self, message: PilotStatus) -> None:
        self._pilot_phase = message.phase

    def _on_feedback(self, message: Any) -> None:
        feedback = message.feedback
        self.progress = Progress(
            phase=PHASES[Phase(feedback.phase)],
            elapsed=feedback.elapsed,
            chunks=feedback.chunks,
            policy_latency=feedback.policy_latency,
            hold_code=feedback.hold_code,
            hold_message=feedback.hold_message,
        )

    def _on_result(self, future: Any) -> None:
        result = future.result().result
        self.result = EpisodeResult(
            outcome=Outcome(result.outcome),
            success_source=result.success_source,
            code=result.code,
            message=result.message,
            elapsed=result.elapsed,
            chunks=result.chunks,
            chunks_refused=result.chunks_refused,
            holds=result.holds,
            latency_median=result.latency_median,
            latency_max=result.latency_max,
        )


def _wait(future: Any, complaint: str, timeout: float) -> Any:
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    if not done.wait(timeout):
        raise NodeError(f"{complaint} within {timeout:g} s")
    return future.result()
