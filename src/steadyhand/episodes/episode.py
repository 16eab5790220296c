"""The state machine of one episode: told of events with their times, it says what to ask of whom, and how it ended."""

from __future__ import annotations

from steadyhand.episodes.events import (
    Answer,
    BridgeReport,
    BridgeState,
    Command,
    Instant,
    Verdict,
)
from steadyhand.episodes.limits import EpisodeLimits
from steadyhand.episodes.participant import Participant
from steadyhand.episodes.phase import Outcome, Phase, SuccessSource
from steadyhand.episodes.request import EpisodeRequest
from steadyhand.episodes.result import EpisodeResult
from steadyhand.episodes.statistics import EpisodeStatistics
from steadyhand.execution.reasons import BY_OPERATOR, Reason

UNAVAILABLE = "UNAVAILABLE"
"""Code of an answer that stands for a service that is not there (yet)."""

NOT_READY = frozenset(
    {
        UNAVAILABLE,
        "NOT_ACTIVE",
        "JOINT_STATE_STALE",
        "CONTROLLER_ABSENT",
        "WRONG_EPISODE",
        "NO_IMAGE",
        "NO_JOINT_STATE",
        "OBSERVATION_STALE",
        "IMAGES_APART",
        "JOINT_STATE_BEHIND",
    }
)
"""Codes of refusals that may pass by themselves within moments: a graph that starts, an arm that still brakes."""

_RETRY = 0.25
"""Time until something that was not ready is asked again, steady clock [s]."""

_SETTLED = 0.3
"""Reports that arrive this long after the bridge closed the episode are younger than that [s]."""


class Episode:
    """One instruction carried out.

    Every method that tells of an event returns what is to be asked of the others now; each command is answered with
    `answered`. Nothing happens after the first outcome is decided but bringing the arm to rest.

    Attributes:
        episode_id: Unique for each episode.
        request: What the goal asked for.
        phase: What the episode is doing; IDLE means over.
        statistics: What was counted.
        report: The bridge's newest report, None before the first.
        result: How it ended, None until then.
    """

    def __init__(self, episode_id: str, request: EpisodeRequest, limits: EpisodeLimits, at: Instant) -> None:
        """Accept a goal at a time; `begin` asks the first question."""
        self.episode_id = episode_id
        self.request = request
        self.phase = Phase.PREPARING
        self.statistics = EpisodeStatistics()
        self.report: BridgeReport | None = None
        self.result: EpisodeResult | None = None
        self._limits = limits
        self._accepted = at
        self._bridge = Participant(limits.silence)
        self._policy = Participant(limits.silence)
        self._preparation = [Command.OPEN_POLICY, Command.OPEN_BRIDGE]
        if request.success is SuccessSource.SIMULATOR:
            self._preparation.insert(0, Command.CHECK_SOURCE)
        self._commands: list[Command] = []
        self._pending: dict[Command, Instant] = {}
        self._retry: tuple[Command, float] | None = None
        self._starting = at
        self._begun = False
        self._held_since: float | None = None
        self._awaiting_since: float | None = None
        self._awaited = 0.0
        self._source_heard = at.steady
        self._decided: EpisodeResult | None = None
        self._ending = at
        self._closed: float | None = None

    def elapsed(self, at: Instant) -> float:
        """Return how long the episode has lasted, ROS clock [s]."""
        return max(0.0, at.ros - self._accepted.ros)

    @property
    def pending(self) -> frozenset[Command]:
        """Commands that nobody has answered yet."""
        return frozenset(self._pending)

    @property
    def hold(self) -> tuple[str, str]:
        """Why the arm brakes or is held, as code and message, both empty while it moves freely."""
        if self.report is None or self.report.episode_id != self.episode_id:
            return "", ""
        return self.report.hold_code, self.report.hold_message

    def begin(self, at: Instant) -> list[Command]:
        """Ask the first question."""
        self._ask(self._preparation[0], at)
        return self._take()

    def answered(self, command: Command, answer: Answer, at: Instant) -> list[Command]:
        """Take the answer to a command; one that nobody waits for any more is left aside."""
        if self._pending.pop(command, None) is None or self.phase is Phase.IDLE:
            return []
        if self.phase is Phase.ENDING:
            if command is Command.END_BRIDGE:
                self._closed = at.steady
        elif self.phase is Phase.PREPARING:
            self._prepared(command, answer, at)
        elif not answer.accepted:
            self._decide(Outcome.FAILED, at, answer.code, answer.message)
        elif command is Command.RUN_BRIDGE:
            self._ask(Command.RUN_POLICY, at)
        elif command is Command.RUN_POLICY:
            self.phase = Phase.RUNNING
            self._held_since = None
            self._source_heard = at.steady
        return self._take()

    def reported(self, report: BridgeReport, at: Instant) -> list[Command]:
        """Take a report of the bridge."""
        self.report = report
        self._bridge.hear(report.episode_id == self.episode_id, at)
        if self.phase is Phase.ENDING:
            self._rest(at)
        elif self.phase in (Phase.STARTING, Phase.RUNNING):
            if (
                self._bridge.lost
                and report.state is BridgeState.INACTIVE
                and report.hold_code == Reason.DEACTIVATED.value
            ):
                self._decide(Outcome.FAILED, at, report.hold_code, "the bridge was deactivated")
            elif self._bridge.lost:
                self._decide(
                    Outcome.FAILED,
                    at,
                    "BRIDGE_LOST_EPISODE",
                    "the bridge no longer knows the episode: it was started again, or another pilot drives it",
                )
            elif report.episode_id == self.episode_id:
                self._follow(report, at)
        return self._take()

    def policy_heard(self, episode_id: str, at: Instant) -> list[Command]:
        """Take a heartbeat of the policy node, with the episode that it works on."""
        self._policy.hear(episode_id == self.episode_id, at)
        if self._policy.lost and self.phase in (Phase.STARTING, Phase.RUNNING):
            self._decide(
                Outcome.FAILED,
                at,
                "POLICY_LOST_EPISODE",
                "the policy node no longer knows the episode: it was started again",
            )
        return self._take()

    def chunk_published(self, sequence: int, latency: float, done: bool, at: Instant) -> list[Command]:
        """Take note of a chunk of this episode: its latency [s], and whether the policy says that the task is done."""
        # The first may come before the policy node has answered that it runs.
        if self.phase in (Phase.STARTING, Phase.RUNNING):
            self.statistics.count_chunk(sequence, latency, at.ros)
            if done and self.request.success is SuccessSource.POLICY:
                self._decide(Outcome.SUCCEEDED, at, source="policy", message="the policy says that it is done")
            elif done and self.request.success is SuccessSource.NONE:
                self._decide(Outcome.ENDED, at, source="policy", message="the policy says that it is done")
        return self._take()

    def judged(self, source: SuccessSource, verdict: Verdict, message: str, at: Instant) -> list[Command]:
        """Take what a success source says; one that this episode does not go by is left aside."""
        if self.phase is Phase.RUNNING and source is self.request.success:
            self._source_heard = at.steady
            if verdict is Verdict.SUCCESS:
                self._decide(Outcome.SUCCEEDED, at, source=source.value, message=message)
            elif verdict is Verdict.FAILURE:
                self._decide(Outcome.FAILED, at, "TASK_FAILED", message, source=source.value)
        return self._take()

    def cancel(self, message: str, at: Instant) -> list[Command]:
        """End the episode because somebody wants it to."""
        if self.phase in (Phase.PREPARING, Phase.STARTING, Phase.RUNNING):
            self._decide(Outcome.CANCELLED, at, message=message)
        return self._take()

    def tick(self, at: Instant) -> list[Command]:
        """Take note of the time alone: deadlines, limits, silence."""
        if self.phase is Phase.ENDING:
            self._rest(at)
        elif self.phase is not Phase.IDLE:
            self._check_limits(at)
        if self._retry is not None and self.phase is Phase.PREPARING and at.steady >= self._retry[1]:
            self._ask(self._retry[0], at)
        return self._take()

    def _prepared(self, command: Command, answer: Answer, at: Instant) -> None:
        if not answer.accepted:
            waited = at.steady - self._accepted.steady
            if answer.code in NOT_READY and waited < self._limits.ready:
                self._retry = (command, at.steady + _RETRY)
            else:
                self._decide(Outcome.REFUSED, at, answer.code, answer.message)
            return
        if command is Command.OPEN_POLICY:
            self._policy.open(at)
        elif command is Command.OPEN_BRIDGE:
            self._bridge.open(at)
            self.phase, self._starting = Phase.STARTING, at
            return
        self._ask(self._preparation[self._preparation.index(command) + 1], at)

    def _follow(self, report: BridgeReport, at: Instant) -> None:
        """Take a report of the bridge about this episode, on the way to the start pose or while the policy acts."""
        self._note_consent(report.hold_code == Reason.CONFIRMATION_AWAITED, at)
        if self.phase is Phase.RUNNING:
            self.statistics.count_report(report)
        elif report.state is BridgeState.HELD and report.hold_code == Reason.START_POSE_REACHED:
            self._held_since = None
            if not self._begun:
                self._begun = True
                self._ask(Command.RUN_BRIDGE, at)
            return
        if report.state is BridgeState.INACTIVE or report.needs_goal:
            code = report.hold_code or Reason.NOT_ACTIVE.value
            self._decide(Outcome.FAILED, at, code, report.hold_message or "the bridge is not active")
        elif report.state in (BridgeState.HELD, BridgeState.BRAKING) and self._awaiting_since is None:
            self._held_since = at.ros if self._held_since is None else self._held_since
        else:
            self._held_since = None

    def _note_consent(self, awaited: bool, at: Instant) -> None:
        """Stop the clock of every limit while the operator is asked for consent."""
        if awaited and self._awaiting_since is None:
            self._awaiting_since = at.ros
        elif not awaited and self._awaiting_since is not None:
            self._awaited += at.ros - self._awaiting_since
            self._awaiting_since = None

    def _used(self, since: float, at: Instant) -> float:
        """Return the time since then without that in which consent was awaited, ROS clock [s]."""
        open_wait = 0.0 if self._awaiting_since is None else at.ros - self._awaiting_since
        return at.ros - since - self._awaited - open_wait

    def _check_limits(self, at: Instant) -> None:
        # A simulated clock may not have been heard yet when the goal came.
        if self._accepted.ros == 0.0:
            self._accepted = Instant(at.ros, self._accepted.steady)
        if self._starting.ros == 0.0:
            self._starting = Instant(at.ros, self._starting.steady)
        limits, code, message = self._limits, *self.hold
        late = [command for command, asked in self._pending.items() if at.steady - asked.steady > limits.answer]
        if late:
            outcome = Outcome.FAILED if self._bridge.asked else Outcome.REFUSED
            self._decide(outcome, at, "NO_ANSWER", f"nobody answered within {limits.answer:g} s: {late[0].value}")
        elif self._bridge.silent(at):
            self._decide(Outcome.FAILED, at, "BRIDGE_SILENT", f"the bridge has not been heard for {limits.silence:g} s")
        elif self._policy.silent(at):
            self._decide(
                Outcome.FAILED, at, "POLICY_SILENT", f"the policy node has not been heard for {limits.silence:g} s"
            )
        elif self._used(self._accepted.ros, at) > self.request.timeout:
            self._time_out(at)
        elif self._held_since is not None and at.ros - self._held_since > limits.hold:
            stopped = code in BY_OPERATOR
            held = f"held for more than {limits.hold:g} s: {message}"
            self._decide(Outcome.CANCELLED if stopped else Outcome.FAILED, at, code, held)
        elif self.phase is Phase.STARTING and self._used(self._starting.ros, at) > limits.start:
            self._decide(
                Outcome.FAILED, at, "START_POSE_LATE", f"the start pose was not reached within {limits.start:g} s"
            )
        elif (
            self.phase is Phase.RUNNING
            and self.request.success is SuccessSource.SIMULATOR
            and at.steady - self._source_heard > limits.silence
        ):
            self._decide(
                Outcome.FAILED,
                at,
                "SUCCESS_SOURCE_SILENT",
                f"the simulator has not said for {limits.silence:g} s whether the task is done",
            )

    def _time_out(self, at: Instant) -> None:
        unjudged = self.request.success is SuccessSource.NONE and self.phase is Phase.RUNNING
        outcome = Outcome.ENDED if unjudged else Outcome.TIMED_OUT
        self._decide(outcome, at, source="timeout", message=f"the timeout of {self.request.timeout:g} s passed")

    def _ask(self, command: Command, at: Instant) -> None:
        self._retry = None
        self._pending[command] = at
        self._commands.append(command)
        if command is Command.OPEN_BRIDGE:
            self._bridge.asked = True
        elif command is Command.OPEN_POLICY:
            self._policy.asked = True

    def _take(self) -> list[Command]:
        commands, self._commands = self._commands, []
        return commands

    def _decide(self, outcome: Outcome, at: Instant, code: str = "", message: str = "", *, source: str = "") -> None:
        counted = self.statistics
        self._decided = EpisodeResult(
            outcome,
            source,
            code,
            message,
            self.elapsed(at),
            counted.chunks,
            counted.refused(at.ros),
            counted.holds,
            counted.latency_median,
            counted.latency_max,
        )
        self.phase, self._ending = Phase.ENDING, at
        self._pending.clear()
        if self._bridge.asked:
            self._ask(Command.END_BRIDGE, at)
        if self._policy.asked:
            self._ask(Command.END_POLICY, at)
        if not self._bridge.asked:
            self._finish("")

    def _rest(self, at: Instant) -> None:
        """Finish where the bridge reports rest, or has had its time."""
        report = self.report
        closed = self._closed is not None and at.steady - self._closed >= _SETTLED
        if report is not None and report.state.resting and (closed or report.episode_id != self.episode_id):
            self._finish("")
        elif at.steady - self._ending.steady > self._limits.rest:
            self._finish(f"; the bridge did not report rest within {self._limits.rest:g} s")

    def _finish(self, remark: str) -> None:
        assert self._decided is not None
        decided = self._decided
        self.phase = Phase.IDLE
        self.result = EpisodeResult(**(vars(decided) | {"message": decided.message + remark}))
