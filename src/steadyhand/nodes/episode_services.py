"""Carries out what an episode asks: calls of services, never waited for in a callback."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from rclpy.client import Client
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.task import Future

from steadyhand.episodes.episode import UNAVAILABLE, Episode
from steadyhand.episodes.events import Answer, Command, Verdict
from steadyhand.episodes.request import MODES
from steadyhand.srv import GetTaskStatus, SetEpisode

_PHASES = {
    Command.OPEN_POLICY: SetEpisode.Request.PHASE_START_POSE,
    Command.OPEN_BRIDGE: SetEpisode.Request.PHASE_START_POSE,
    Command.RUN_POLICY: SetEpisode.Request.PHASE_RUN,
    Command.RUN_BRIDGE: SetEpisode.Request.PHASE_RUN,
    Command.END_POLICY: SetEpisode.Request.PHASE_END,
    Command.END_BRIDGE: SetEpisode.Request.PHASE_END,
}
_AT_POLICY = (Command.OPEN_POLICY, Command.RUN_POLICY, Command.END_POLICY)
_POLL_PATIENCE = 1.0
"""Time after which an unanswered question to the success source is asked again, steady clock [s]."""
_PATIENCE = 0.7
"""Time without an answer after which a command is repeated, at one of as many looks, steady clock [s]."""


@dataclass(frozen=True)
class _Question:
    """A request without an answer yet, and when it was asked, steady clock [s]."""

    client: Client
    request: SetEpisode.Request | GetTaskStatus.Request
    episode: Episode
    command: Command
    asked: float


class EpisodeServices:
    """Clients of policy, bridge and simulator."""

    def __init__(self, node: Node, on_answer: Callable[[Episode, Command, Answer], None]) -> None:
        """Create the clients.

        Args:
            node: The node that calls.
            on_answer: Called with the answer to each command, also where the service is not there.
        """
        self._node = node
        self._on_answer = on_answer
        self._policy = node.create_client(SetEpisode, "policy/set_episode")
        self._bridge = node.create_client(SetEpisode, "bridge/set_episode")
        self._simulator = node.create_client(GetTaskStatus, "/simulator/task_status")
        self._poll: tuple[Future, float] | None = None
        self._open: dict[Future, _Question] = {}
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._repeat = node.create_timer(_PATIENCE, self._ask_again, clock=steady)

    def close(self) -> None:
        """Destroy the clients."""
        self._node.destroy_timer(self._repeat)
        for client in (self._policy, self._bridge, self._simulator):
            self._node.destroy_client(client)

    def carry_out(self, episode: Episode, command: Command) -> None:
        """Begin to carry out a command."""
        if command is Command.CHECK_SOURCE:
            request = GetTaskStatus.Request(instruction=episode.request.instruction)
            self._call(self._simulator, request, episode, command)
            return
        wanted = episode.request
        self._call(
            self._policy if command in _AT_POLICY else self._bridge,
            SetEpisode.Request(
                episode_id=episode.episode_id,
                phase=_PHASES[command],
                instruction=wanted.instruction,
                seed=wanted.seed,
                mode=MODES.index(wanted.mode),
                speed=wanted.speed,
            ),
            episode,
            command,
        )

    def end_at_bridge(self, episode_id: str) -> None:
        """Close an episode at the bridge that a pilot before this one has left open."""
        if self._bridge.service_is_ready():
            self._bridge.call_async(SetEpisode.Request(episode_id=episode_id, phase=SetEpisode.Request.PHASE_END))

    def poll(self, instruction: str, on_verdict: Callable[[Verdict, str], None]) -> None:
        """Ask the simulator whether an instruction was carried out, unless the last question is still open."""
        if self._poll is not None:
            future, asked = self._poll
            if not future.done() and time.monotonic() - asked < _POLL_PATIENCE:
                return
            self._simulator.remove_pending_request(future)
        if not self._simulator.service_is_ready():
            self._poll = None
            return
        future = self._simulator.call_async(GetTaskStatus.Request(instruction=instruction))
        self._poll = (future, time.monotonic())

        def judged(answered: Future) -> None:
            status = answered.result()
            if status is not None:
                on_verdict(_verdict(status), status.message)

        future.add_done_callback(judged)

    def _call(
        self,
        client: Client,
        request: SetEpisode.Request | GetTaskStatus.Request,
        episode: Episode,
        command: Command,
    ) -> None:
        if not client.service_is_ready():
            message = f"service {client.srv_name} is not there: see that its node runs"
            self._on_answer(episode, command, Answer(False, UNAVAILABLE, message))
            return
        future = client.call_async(request)
        self._open[future] = _Question(client, request, episode, command, time.monotonic())

        def answered(done: Future) -> None:
            if self._open.pop(future, None) is not None:
                self._on_answer(episode, command, _answer(done.result(), request))

        future.add_done_callback(answered)

    def _ask_again(self) -> None:
        """Repeat what nobody has answered: a service that was just started again may have missed the question.

        Every request may come twice: it names its episode and its phase.
        """
        late = time.monotonic() - _PATIENCE
        for future, question in [entry for entry in self._open.items() if entry[1].asked <= late]:
            del self._open[future]
            question.client.remove_pending_request(future)
            if question.command in question.episode.pending:
                self._call(question.client, question.request, question.episode, question.command)


def _verdict(status: GetTaskStatus.Response) -> Verdict:
    if status.success:
        return Verdict.SUCCESS
    return Verdict.FAILURE if status.failed else Verdict.OPEN


def _answer(
    response: SetEpisode.Response | GetTaskStatus.Response | None,
    request: SetEpisode.Request | GetTaskStatus.Request,
) -> Answer:
    if response is None:
        return Answer(False, UNAVAILABLE, "the service went away before it answered")
    if isinstance(request, GetTaskStatus.Request):
        if response.understood:
            return Answer(True)
        return Answer(False, "NOT_UNDERSTOOD", response.message or "the task does not know this instruction")
    return Answer(response.accepted, response.code, response.message)
