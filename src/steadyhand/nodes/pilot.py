"""The pilot node: goals in, episodes out."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial

from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import GoalEvent, ServerGoalHandle
from rclpy.task import Future
from std_msgs.msg import Header, String
from std_srvs.srv import Trigger

from steadyhand.action import RunInstruction
from steadyhand.episodes.episode import Episode
from steadyhand.episodes.events import Answer, BridgeReport, Command, Instant, Verdict
from steadyhand.episodes.exceptions import RequestError
from steadyhand.episodes.limits import EpisodeLimits
from steadyhand.episodes.phase import Outcome, Phase, SuccessSource
from steadyhand.episodes.request import EpisodeDefaults, EpisodeRequest, resolve_request
from steadyhand.msg import ActionChunk, ExecutionState, PilotStatus
from steadyhand.nodes.conversions import to_seconds, to_time
from steadyhand.nodes.diagnosis import Diagnosis
from steadyhand.nodes.episode_services import EpisodeServices
from steadyhand.nodes.instruction_goal import REJECTED
from steadyhand.nodes.lifecycle import ManagedNode
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.pilot_reports import bridge_report, feedback, pilot_status, result_message
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, HEARTBEAT, LATCHED
from steadyhand.profiles.contract import load_deployment

_JUDGES = ("deployment", *(source.value for source in SuccessSource))
_TICK = 0.1
_TICKS_A_REPORT = 2
_TICKS_A_DIAGNOSIS = 10
_FAREWELL = 0.1
"""Time for the last result to leave [s]."""


class PilotNode(ManagedNode):
    """Serves RunInstruction: one goal at a time, each an `Episode`, which decides."""

    def __init__(self) -> None:
        """Declare the parameters; everything else waits for `configure`."""
        super().__init__("pilot")
        self._deployment = declare(
            self, "deployment", "panda_embedded", "deployment, by name or path of its file", read_only=False
        )
        self.let_before_configuring("deployment", "_deployment")
        self._success = declare(
            self,
            "success",
            "deployment",
            "who says that a task has succeeded",
            choices=_JUDGES,
            read_only=False,
        )
        self._hold_limit = declare(
            self,
            "hold_limit",
            10.0,
            "time that the arm may be held before an episode is given up [s]",
            low=0.1,
            high=3600.0,
            read_only=False,
        )
        self.changes.let("success", partial(self._change, "_success"), self._busy, _JUDGES)
        self.changes.let("hold_limit", partial(self._change, "_hold_limit"), self._busy)
        self._episode: Episode | None = None
        self._report: BridgeReport | None = None

    def configure(self) -> None:
        """Read the deployment, connect to policy, bridge and success source, and offer the action."""
        self._profile = load_deployment(self._deployment).deployment
        self._settle()
        self._goal: ServerGoalHandle | None = None
        self._over: Future = Future()
        self._request: EpisodeRequest | None = None
        self._episodes = 0
        self._last = ("", "")
        self._last_code = ""
        self._outcomes: Counter[str] = Counter()
        self._ticks = 0
        self._diagnosis = Diagnosis(self)
        self._status = self.create_publisher(PilotStatus, "~/status", LATCHED)
        self._instruction = self.create_publisher(String, "instruction", LATCHED)
        self._others = EpisodeServices(self, self._on_answer)
        self._inputs = [
            self.create_subscription(ExecutionState, "execution_state", self._on_execution, EXECUTION_STATE),
            self.create_subscription(Header, "policy/heartbeat", self._on_heartbeat, HEARTBEAT),
            self.create_subscription(ActionChunk, "action_chunk", self._on_chunk, CHUNKS),
        ]
        self._offers = [
            self.create_service(Trigger, "~/succeeded", self._on_succeeded),
            self.create_service(Trigger, "~/failed", self._on_failed),
        ]
        self._server = ActionServer(
            self,
            RunInstruction,
            "run_instruction",
            _reject_execution,
            goal_callback=self._on_goal,
            handle_accepted_callback=self._on_accepted,
            cancel_callback=self._on_cancel,
        )
        self._timer = self.create_timer(_TICK, self._tick, clock=self.steady_clock)
        self._publish_status()

    def _settle(self) -> None:
        """Work out what holds for the next episodes."""
        profile = self._profile
        source = profile.success if self._success == "deployment" else self._success
        self._defaults = EpisodeDefaults(
            profile.name,
            profile.timeout,
            profile.speed,
            profile.mode,
            SuccessSource(source),
            profile.vocabulary,
        )
        self._limits = EpisodeLimits(hold=self._hold_limit)

    def _busy(self) -> str:
        return "" if self._episode is None else "an episode runs: wait for its end, or cancel it"

    def _change(self, attribute: str, value: str | float) -> None:
        setattr(self, attribute, value)
        if self.configured:
            self._settle()

    def deactivate(self) -> None:
        """Cancel the episode; it comes to its end while inactive."""
        if self._episode is not None:
            self._advance(self._episode.cancel("the pilot was deactivated", self._instant()))

    async def wind_down(self) -> None:
        """Cancel the episode, and leave when the arm rests."""
        if self._episode is not None:
            over = self._over
            self._advance(self._episode.cancel("the pilot was shut down", self._instant()))
            await over
            farewell: Future = Future()
            self.create_timer(_FAREWELL, lambda: farewell.set_result(None), clock=self.steady_clock)
            await farewell
        await super().wind_down()

    def cleanup(self) -> None:
        """Disconnect."""
        self.destroy_timer(self._timer)
        self._server.destroy()
        for service in self._offers:
            self.destroy_service(service)
        for subscription in self._inputs:
            self.destroy_subscription(subscription)
        self._others.close()
        for publisher in (self._status, self._instruction):
            self.destroy_publisher(publisher)
        self._diagnosis.close()

    def _instant(self) -> Instant:
        return Instant(self.now, time.monotonic())

    def _on_goal(self, goal: RunInstruction.Goal) -> GoalResponse:
        try:
            self._request = self._resolve(goal)
        except RequestError as error:
            self.get_logger().warning(f"goal rejected: {error}")
            self._last = (REJECTED, str(error))
            self._publish_status()
            return GoalResponse.REJECT
        return GoalResponse.ACCEPT

    def _resolve(self, goal: RunInstruction.Goal) -> EpisodeRequest:
        if not self.active:
            raise RequestError("the pilot is not active")
        if self._episode is not None:
            raise RequestError(
                f"'{self._episode.request.instruction}' is being carried out; cancel it, or wait for its end"
            )
        return resolve_request(
            self._defaults,
            instruction=goal.instruction,
            timeout=to_seconds(goal.timeout),
            deployment=goal.deployment,
            speed=goal.speed,
            mode=goal.mode,
            seed=goal.seed,
        )

    def _on_accepted(self, goal: ServerGoalHandle) -> None:
        assert self._request is not None
        at = self._instant()
        self._goal = goal
        self._over = Future(executor=self.executor)
        self._episode = Episode(bytes(goal.goal_id.uuid).hex(), self._request, self._limits, at)
        self.get_logger().info(f"episode {self._episode.episode_id}: '{self._request.instruction}'")
        self._instruction.publish(String(data=self._request.instruction))
        goal.execute(partial(self._execute, self._episode, self._over))
        self._advance(self._episode.begin(at))

    async def _execute(self, episode: Episode, over: Future, goal: ServerGoalHandle) -> RunInstruction.Result:
        await over
        assert episode.result is not None
        result = episode.result
        if result.outcome in (Outcome.SUCCEEDED, Outcome.ENDED):
            goal.succeed()
        elif result.outcome is Outcome.CANCELLED:
            if not goal.is_cancel_requested:
                # Only a goal that is being cancelled may end as cancelled; this one ends so without its client.
                goal._update_state(GoalEvent.CANCEL_GOAL)
            goal.canceled()
        else:
            goal.abort()
        return result_message(episode.episode_id, result)

    def _on_cancel(self, _goal: ServerGoalHandle) -> CancelResponse:
        if self._episode is not None:
            self._advance(self._episode.cancel("cancelled by the client", self._instant()))
        return CancelResponse.ACCEPT

    def _advance(self, commands: list[Command]) -> None:
        """Carry out what the episode asks, and take note where it has ended."""
        episode = self._episode
        if episode is None:
            return
        for command in commands:
            if command is Command.OPEN_BRIDGE:
                self._take_over()
            self._others.carry_out(episode, command)
        if episode.result is not None and episode is self._episode:
            self._conclude(episode)
        self._publish_changes()

    def _take_over(self) -> None:
        """Close an episode that a pilot which is gone has left open at the bridge, where nothing can go on in it."""
        report = self._report
        if report is not None and report.episode_id and report.needs_goal:
            self.get_logger().warning(f"closing episode {report.episode_id}, left open at the bridge")
            self._others.end_at_bridge(report.episode_id)

    def _conclude(self, episode: Episode) -> None:
        assert episode.result is not None
        result = episode.result
        self._episode, self._goal, self._request = None, None, None
        self._episodes += 1
        self._last, self._last_code = (result.outcome.name.lower(), result.message), result.code
        self._outcomes[self._last[0]] += 1
        why = " ".join(part for part in (result.code, result.message) if part)
        self.get_logger().info(f"episode {episode.episode_id}: {self._last[0]}{': ' if why else ''}{why}")
        self._instruction.publish(String())
        self._over.set_result(None)

    def _on_answer(self, episode: Episode, command: Command, answer: Answer) -> None:
        if episode is self._episode:
            self._advance(episode.answered(command, answer, self._instant()))

    def _on_execution(self, message: ExecutionState) -> None:
        self._report = bridge_report(message)
        if self._episode is not None:
            self._advance(self._episode.reported(self._report, self._instant()))

    def _on_heartbeat(self, message: Header) -> None:
        if self._episode is not None:
            self._advance(self._episode.policy_heard(message.frame_id, self._instant()))

    def _on_chunk(self, message: ActionChunk) -> None:
        if self._episode is not None and message.episode_id == self._episode.episode_id:
            latency = to_seconds(message.inference_latency)
            self._advance(self._episode.chunk_published(message.sequence, latency, message.done, self._instant()))

    def _on_succeeded(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        return self._on_operator(Verdict.SUCCESS, response)

    def _on_failed(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        return self._on_operator(Verdict.FAILURE, response)

    def _on_operator(self, verdict: Verdict, response: Trigger.Response) -> Trigger.Response:
        if self._episode is None or self._episode.phase is not Phase.RUNNING:
            response.message = "no episode is running"
        elif self._episode.request.success is not SuccessSource.OPERATOR:
            response.message = f"success is judged by: {self._episode.request.success.value}, not by the operator"
        else:
            message = "the operator says so"
            self._advance(self._episode.judged(SuccessSource.OPERATOR, verdict, message, self._instant()))
            response.success = True
        return response

    def _tick(self) -> None:
        at = self._instant()
        if self._episode is not None:
            self._advance(self._episode.tick(at))
        self._poll()
        self._ticks += 1
        if self._ticks % _TICKS_A_REPORT == 0:
            self._publish_status()
            if self._episode is not None and self._goal is not None:
                self._goal.publish_feedback(feedback(self._episode, at))
        if self._ticks % _TICKS_A_DIAGNOSIS == 0:
            status = pilot_status(self._status_now(), self.active, self._outcomes, self._last_code)
            self._diagnosis.publish({"pilot": status})

    def _poll(self) -> None:
        episode = self._episode
        if (
            episode is None
            or episode.phase is not Phase.RUNNING
            or episode.request.success is not SuccessSource.SIMULATOR
        ):
            return

        def judged(verdict: Verdict, message: str) -> None:
            if episode is self._episode:
                self._advance(episode.judged(SuccessSource.SIMULATOR, verdict, message, self._instant()))

        self._others.poll(episode.request.instruction, judged)

    def _publish_changes(self) -> None:
        phase = Phase.IDLE if self._episode is None else self._episode.phase
        if phase is not self._published_phase:
            self._publish_status()

    def _publish_status(self) -> None:
        self._published_phase = Phase.IDLE if self._episode is None else self._episode.phase
        self._status.publish(self._status_now())

    def _status_now(self) -> PilotStatus:
        episode = self._episode
        phase = Phase.IDLE if episode is None else episode.phase
        status = PilotStatus(phase=int(phase), deployment=self._defaults.deployment)
        status.header.stamp = to_time(max(0.0, self.now))
        if episode is not None:
            status.episode_id = episode.episode_id
            status.instruction = episode.request.instruction
        status.episodes = self._episodes
        status.last_outcome, status.last_message = self._last
        return status


def _reject_execution(_goal: ServerGoalHandle) -> RunInstruction.Result:
    """Stand for a callback that is given with each goal instead."""
    raise NotImplementedError


def main(args: Sequence[str] | None = None) -> None:
    """Run the pilot node."""
    sys.exit(run(PilotNode, args))


if __name__ == "__main__":
    main()
