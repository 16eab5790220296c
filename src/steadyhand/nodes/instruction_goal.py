"""One RunInstruction goal, from the program that sends it: its progress, its result, and why it was rejected."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from rclpy.action import ActionClient
from rclpy.node import Node

from steadyhand.action import RunInstruction
from steadyhand.episodes.phase import Outcome, Phase
from steadyhand.episodes.result import EpisodeResult
from steadyhand.msg import PilotStatus
from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.own_node import wait
from steadyhand.nodes.qos import LATCHED

REJECTED = "rejected"
"""What PilotStatus says of a goal that began no episode."""

PHASES = {
    Phase.IDLE: "idle",
    Phase.PREPARING: "preparing",
    Phase.STARTING: "to the start pose",
    Phase.RUNNING: "running",
    Phase.ENDING: "coming to rest",
}
_REASON = 1.0
"""Time that the pilot has to say why it rejected a goal [s]."""
_ROUND = 0.02


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


class GoalRejectedError(NodeError):
    """The pilot rejects a goal: no episode began."""


class InstructionGoal:
    """Sends goals of a node that another thread spins, one at a time.

    Attributes:
        progress: Newest feedback.
        result: How the episode ended, None before.
        episode_id: Of that episode, empty before its end.
        pilot_phase: What the pilot does, one of PilotStatus; None before it was heard.
    """

    def __init__(self, node: Node) -> None:
        """Connect."""
        self.progress = Progress()
        self.result: EpisodeResult | None = None
        self.episode_id = ""
        self.pilot_phase: int | None = None
        self._sent: Any = None
        self._handle: Any = None
        self._said = threading.Event()
        self._why = ""
        self._goals = ActionClient(node, RunInstruction, "run_instruction")
        node.create_subscription(PilotStatus, "pilot/status", self._on_pilot, LATCHED)

    @property
    def ready(self) -> bool:
        """True where a pilot is there, and idle."""
        return bool(self.pilot_phase == PilotStatus.PHASE_IDLE and self._goals.server_is_ready())

    @property
    def open(self) -> bool:
        """True from the pilot's acceptance until it says how the episode ended."""
        return self._handle is not None and self._handle.accepted and self.result is None

    @property
    def abandoned(self) -> bool:
        """True where the goal is open and the pilot is not there, or idle, as after it was started anew."""
        idle = self.pilot_phase == PilotStatus.PHASE_IDLE or not self._goals.server_is_ready()
        return self.open and idle

    def send(self, goal: RunInstruction.Goal, timeout: float = 10.0) -> None:
        """Send a goal.

        Raises:
            GoalRejectedError: The pilot rejects it; the message says why.
            NodeError: It does not answer within ``timeout`` [s].
        """
        self._said.clear()
        self._handle = None
        self._sent = self._goals.send_goal_async(goal, feedback_callback=self._on_feedback)
        self._sent.add_done_callback(self._on_answer)
        self._handle = wait(self._sent, "the pilot did not answer the goal", timeout)
        if not self._handle.accepted:
            why = self._why if self._said.wait(_REASON) else "its log says why"
            raise GoalRejectedError(f"the pilot rejected the goal '{goal.instruction}': {why}")

    def cancel(self, timeout: float = 2.0) -> None:
        """Cancel the goal, where one runs, and wait for its end for at most ``timeout`` [s]."""
        deadline = time.monotonic() + timeout
        # One that is not answered yet may still be accepted, and would move an arm that nobody attends to.
        while self._sent is not None and self._handle is None and time.monotonic() < deadline:
            time.sleep(_ROUND)
        if not self.open:
            return
        self._handle.cancel_goal_async()
        while self.open and time.monotonic() < deadline:
            time.sleep(_ROUND)

    def close(self) -> None:
        """Disconnect, once nobody spins the node."""
        self._goals.destroy()

    def _on_answer(self, future: Any) -> None:
        self._handle = future.result()
        if self._handle.accepted:
            self._handle.get_result_async().add_done_callback(self._on_result)

    def _on_pilot(self, message: PilotStatus) -> None:
        self.pilot_phase = message.phase
        if message.last_outcome == REJECTED:
            self._why = message.last_message
            self._said.set()

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
        self.episode_id = result.episode_id
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
