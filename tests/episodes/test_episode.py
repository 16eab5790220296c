"""Every transition of an episode's state machine."""

from __future__ import annotations

import pytest

from steadyhand.episodes.episode import NOT_READY, UNAVAILABLE, Episode
from steadyhand.episodes.events import Answer, BridgeReport, BridgeState, Command, Instant, Verdict
from steadyhand.episodes.limits import EpisodeLimits
from steadyhand.episodes.phase import Outcome, Phase, SuccessSource
from steadyhand.episodes.request import EpisodeRequest
from steadyhand.execution.reasons import Reason, Recovery

LIMITS = EpisodeLimits(answer=3.0, ready=10.0, start=20.0, hold=10.0, silence=3.0, rest=5.0)
YES = Answer(True)


class Flight:
    """An episode, a clock, and the answers of nodes that do what they are told."""

    def __init__(self, success: SuccessSource = SuccessSource.SIMULATOR, timeout: float = 30.0) -> None:
        self.ros, self.steady = 100.0, 5.0
        request = EpisodeRequest("pick up the red cube", timeout, 1.0, "run", success, seed=7)
        self.episode = Episode("e1", request, LIMITS, self.at)
        self.asked = self.episode.begin(self.at)

    @property
    def at(self) -> Instant:
        return Instant(self.ros, self.steady)

    def wait(self, seconds: float, *, ros: bool = True, steady: bool = True) -> list[Command]:
        self.ros += seconds if ros else 0.0
        self.steady += seconds if steady else 0.0
        return self.episode.tick(self.at)

    def answer(self, command: Command, answer: Answer = YES) -> list[Command]:
        return self.episode.answered(command, answer, self.at)

    def report(
        self, state: BridgeState, code: str = "", chunk: int | None = None, episode: str = "e1"
    ) -> list[Command]:
        report = BridgeReport(self.ros, episode, state, code, f"message of {code}" if code else "", chunk)
        return self.episode.reported(report, self.at)

    def live(self, seconds: float, state: BridgeState, code: str = "", chunk: int | None = None) -> list[Command]:
        """Let time pass while everybody is heard."""
        commands: list[Command] = []
        for _ in range(round(seconds / 0.1)):
            commands += self.wait(0.1)
            commands += self.report(state, code, chunk)
            commands += self.episode.policy_heard("e1", self.at)
            commands += self.episode.judged(self.episode.request.success, Verdict.OPEN, "", self.at)
        return commands

    def starting(self) -> Flight:
        # An answer that was not asked for changes nothing.
        for command in (Command.CHECK_SOURCE, Command.OPEN_POLICY, Command.OPEN_BRIDGE):
            self.answer(command)
        assert self.episode.phase is Phase.STARTING
        return self

    def running(self) -> Flight:
        self.starting()
        assert self.report(BridgeState.HELD, "START_POSE_REACHED") == [Command.RUN_BRIDGE]
        assert self.answer(Command.RUN_BRIDGE) == [Command.RUN_POLICY]
        assert self.answer(Command.RUN_POLICY) == []
        assert self.episode.phase is Phase.RUNNING
        self.live(0.2, BridgeState.RUNNING, chunk=0)
        return self

    def rest(self) -> Flight:
        """Bring the arm to rest at the end."""
        self.answer(Command.END_BRIDGE)
        self.answer(Command.END_POLICY)
        self.report(BridgeState.HELD, "EPISODE_ENDED", episode="")
        return self

    @property
    def outcome(self) -> tuple[Outcome, str, str]:
        assert self.episode.phase is Phase.IDLE and self.episode.result is not None
        result = self.episode.result
        return result.outcome, result.code, result.success_source


ENDS = [Command.END_BRIDGE, Command.END_POLICY]


def test_it_asks_the_source_then_the_policy_then_the_bridge() -> None:
    flight = Flight()
    assert flight.asked == [Command.CHECK_SOURCE]
    assert flight.answer(Command.CHECK_SOURCE) == [Command.OPEN_POLICY]
    assert flight.answer(Command.OPEN_POLICY) == [Command.OPEN_BRIDGE]
    assert flight.answer(Command.OPEN_BRIDGE) == []
    assert flight.episode.phase is Phase.STARTING


@pytest.mark.parametrize("source", [SuccessSource.POLICY, SuccessSource.OPERATOR, SuccessSource.NONE])
def test_only_the_simulator_is_asked_first_whether_it_understands(source: SuccessSource) -> None:
    assert Flight(source).asked == [Command.OPEN_POLICY]


def test_the_start_pose_is_waited_for_before_anything_runs() -> None:
    flight = Flight().starting()
    assert flight.live(2.0, BridgeState.STARTING) == []
    assert flight.report(BridgeState.HELD, "START_POSE_REACHED") == [Command.RUN_BRIDGE]
    assert flight.report(BridgeState.HELD, "START_POSE_REACHED") == [], "it is told to run once"


def test_success_of_the_simulator_brakes_and_succeeds() -> None:
    flight = Flight().running()
    assert flight.episode.judged(SuccessSource.SIMULATOR, Verdict.SUCCESS, "lifted", flight.at) == ENDS
    assert flight.episode.phase is Phase.ENDING
    assert flight.rest().outcome == (Outcome.SUCCEEDED, "", "simulator")


def test_a_task_that_can_no_longer_succeed_fails() -> None:
    flight = Flight().running()
    assert flight.episode.judged(SuccessSource.SIMULATOR, Verdict.FAILURE, "wrong cube", flight.at) == ENDS
    assert flight.rest().outcome == (Outcome.FAILED, "TASK_FAILED", "simulator")
    assert flight.episode.result is not None and flight.episode.result.message == "wrong cube"


def test_a_source_that_the_episode_does_not_go_by_is_left_aside() -> None:
    flight = Flight(SuccessSource.OPERATOR)
    flight.answer(Command.OPEN_POLICY)
    flight.answer(Command.OPEN_BRIDGE)
    assert flight.episode.judged(SuccessSource.SIMULATOR, Verdict.SUCCESS, "", flight.at) == []
    assert flight.episode.phase is Phase.STARTING


def test_a_verdict_before_the_policy_acts_is_left_aside() -> None:
    flight = Flight().starting()
    assert flight.episode.judged(SuccessSource.SIMULATOR, Verdict.SUCCESS, "", flight.at) == []
    assert flight.episode.phase is Phase.STARTING


@pytest.mark.parametrize(
    ("source", "outcome"), [(SuccessSource.POLICY, Outcome.SUCCEEDED), (SuccessSource.NONE, Outcome.ENDED)]
)
def test_a_policy_that_is_done_ends_the_episode(source: SuccessSource, outcome: Outcome) -> None:
    flight = Flight(source).running()
    assert flight.episode.chunk_published(0, 0.01, True, flight.at) == ENDS
    assert flight.rest().outcome == (outcome, "", "policy")


def test_a_policy_that_is_done_does_not_outvote_the_simulator() -> None:
    flight = Flight().running()
    assert flight.episode.chunk_published(0, 0.01, True, flight.at) == []
    assert flight.episode.phase is Phase.RUNNING


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        (SuccessSource.SIMULATOR, Outcome.TIMED_OUT),
        (SuccessSource.OPERATOR, Outcome.TIMED_OUT),
        (SuccessSource.POLICY, Outcome.TIMED_OUT),
        (SuccessSource.NONE, Outcome.ENDED),
    ],
)
def test_the_timeout_ends_it(source: SuccessSource, outcome: Outcome) -> None:
    flight = Flight(source, timeout=2.0).running()
    assert flight.live(1.5, BridgeState.RUNNING) == []
    assert flight.live(0.5, BridgeState.RUNNING) == ENDS
    assert flight.rest().outcome == (outcome, "", "timeout")


def test_the_timeout_counts_from_acceptance_also_before_the_policy_acts() -> None:
    flight = Flight(SuccessSource.NONE, timeout=2.0).starting()
    flight.live(2.2, BridgeState.STARTING)
    assert flight.rest().outcome == (Outcome.TIMED_OUT, "", "timeout")


def test_the_timeout_is_on_the_ros_clock() -> None:
    flight = Flight(timeout=2.0).running()
    flight.steady += 2.5
    assert flight.wait(0.0) == []
    assert flight.episode.elapsed(flight.at) < 1.0


def test_a_simulated_clock_that_is_heard_after_the_goal_has_used_nothing_of_the_timeout() -> None:
    flight = Flight(SuccessSource.NONE, timeout=2.0)
    flight.ros = 0.0
    flight.episode = Episode("e1", flight.episode.request, LIMITS, flight.at)
    flight.episode.begin(flight.at)
    flight.wait(40.0, steady=False)
    flight.starting()
    assert flight.episode.phase is Phase.STARTING
    assert flight.episode.elapsed(flight.at) < 1.0
    flight.live(2.2, BridgeState.STARTING)
    assert flight.rest().outcome == (Outcome.TIMED_OUT, "", "timeout")


def test_a_wrong_instruction_is_refused_before_anybody_is_asked() -> None:
    flight = Flight()
    assert flight.answer(Command.CHECK_SOURCE, Answer(False, "NOT_UNDERSTOOD", "which cube?")) == []
    assert flight.outcome == (Outcome.REFUSED, "NOT_UNDERSTOOD", "")


def test_a_refusal_of_the_policy_never_reaches_the_bridge() -> None:
    flight = Flight()
    flight.answer(Command.CHECK_SOURCE)
    assert flight.answer(Command.OPEN_POLICY, Answer(False, "ODD", "no")) == [Command.END_POLICY]
    assert flight.outcome == (Outcome.REFUSED, "ODD", "")


def test_a_refusal_of_the_bridge_closes_both() -> None:
    flight = Flight()
    flight.answer(Command.CHECK_SOURCE)
    flight.answer(Command.OPEN_POLICY)
    assert flight.answer(Command.OPEN_BRIDGE, Answer(False, "MODE_UNKNOWN", "no")) == ENDS
    assert flight.rest().outcome == (Outcome.REFUSED, "MODE_UNKNOWN", "")


@pytest.mark.parametrize("code", sorted(NOT_READY))
def test_what_may_become_ready_by_itself_is_asked_again(code: str) -> None:
    flight = Flight()
    assert flight.answer(Command.CHECK_SOURCE, Answer(False, code, "wait")) == []
    assert flight.wait(0.1) == []
    assert flight.wait(0.2) == [Command.CHECK_SOURCE]
    assert flight.wait(0.2) == [], "one question at a time"
    assert flight.answer(Command.CHECK_SOURCE) == [Command.OPEN_POLICY]


def test_what_does_not_become_ready_is_refused_in_the_end() -> None:
    flight = Flight()
    flight.answer(Command.CHECK_SOURCE, Answer(False, UNAVAILABLE, "no such service"))
    for _ in range(60):
        for command in flight.wait(0.25):
            flight.answer(command, Answer(False, UNAVAILABLE, "no such service"))
    assert flight.outcome == (Outcome.REFUSED, UNAVAILABLE, "")


def test_a_policy_that_is_not_there_at_the_end_either_is_not_asked_for_ever() -> None:
    flight = Flight()
    flight.answer(Command.CHECK_SOURCE)
    gone = Answer(False, UNAVAILABLE, "not there")
    asked = flight.answer(Command.OPEN_POLICY, gone)
    while flight.episode.result is None:
        asked = [further for command in flight.wait(0.25) for further in (command, *flight.answer(command, gone))]
    assert asked == [Command.OPEN_POLICY, Command.END_POLICY]
    assert flight.answer(Command.END_POLICY, gone) == []
    assert flight.outcome == (Outcome.REFUSED, UNAVAILABLE, "")


def test_readiness_codes_of_the_bridge_exist() -> None:
    codes = {reason.value for reason in Reason}
    assert {"NOT_ACTIVE", "JOINT_STATE_STALE", "CONTROLLER_ABSENT", "WRONG_EPISODE"} <= codes & NOT_READY


def test_silence_of_the_policy_at_the_opening_is_a_refusal() -> None:
    flight = Flight(SuccessSource.NONE)
    assert flight.wait(2.9) == []
    assert flight.wait(0.2) == [Command.END_POLICY]
    assert flight.outcome == (Outcome.REFUSED, "NO_ANSWER", "")


def test_silence_of_the_bridge_at_the_opening_is_a_failure_for_it_may_have_moved() -> None:
    flight = Flight(SuccessSource.NONE)
    flight.answer(Command.OPEN_POLICY)
    assert flight.wait(3.1) == ENDS
    assert flight.wait(5.1) == []
    assert flight.outcome == (Outcome.FAILED, "NO_ANSWER", "")


@pytest.mark.parametrize("command", [Command.RUN_BRIDGE, Command.RUN_POLICY])
def test_a_refusal_to_run_is_a_failure_for_the_arm_has_moved(command: Command) -> None:
    flight = Flight().starting()
    flight.report(BridgeState.HELD, "START_POSE_REACHED")
    if command is Command.RUN_POLICY:
        flight.answer(Command.RUN_BRIDGE)
    assert flight.answer(command, Answer(False, "WRONG_EPISODE", "no")) == ENDS
    assert flight.rest().outcome == (Outcome.FAILED, "WRONG_EPISODE", "")


def test_a_start_pose_that_is_not_reached_is_a_failure() -> None:
    flight = Flight().starting()
    assert flight.live(20.3, BridgeState.STARTING) == ENDS
    assert flight.rest().outcome == (Outcome.FAILED, "START_POSE_LATE", "")


@pytest.mark.parametrize("phase", ["preparing", "starting", "running"])
def test_cancelling_works_in_every_phase(phase: str) -> None:
    flight = Flight()
    flight = {"preparing": lambda: flight, "starting": flight.starting, "running": flight.running}[phase]()
    commands = flight.episode.cancel("cancelled by the client", flight.at)
    assert commands == ([] if phase == "preparing" else ENDS)
    if phase != "preparing":
        flight.rest()
    assert flight.outcome == (Outcome.CANCELLED, "", "")


def test_cancelling_does_not_change_an_outcome_that_is_decided() -> None:
    flight = Flight().running()
    flight.episode.judged(SuccessSource.SIMULATOR, Verdict.SUCCESS, "lifted", flight.at)
    assert flight.episode.cancel("too late", flight.at) == []
    assert flight.rest().outcome == (Outcome.SUCCEEDED, "", "simulator")


def test_the_result_comes_only_when_the_arm_rests() -> None:
    flight = Flight().running()
    flight.episode.cancel("", flight.at)
    flight.answer(Command.END_BRIDGE)
    for _ in range(5):
        flight.wait(0.1)
        flight.report(BridgeState.BRAKING, "EPISODE_ENDED", episode="")
        assert flight.episode.result is None
    flight.report(BridgeState.HELD, "EPISODE_ENDED", episode="")
    assert flight.outcome[0] is Outcome.CANCELLED


def test_a_bridge_that_keeps_the_episode_name_while_it_rests_is_believed_after_a_moment() -> None:
    flight = Flight().running()
    flight.episode.cancel("", flight.at)
    flight.report(BridgeState.HELD, "STOPPED")
    assert flight.episode.result is None, "this report may be older than the end"
    flight.answer(Command.END_BRIDGE)
    flight.wait(0.4)
    flight.report(BridgeState.HELD, "STOPPED")
    assert flight.outcome[0] is Outcome.CANCELLED


def test_a_bridge_that_never_reports_rest_does_not_hold_the_result_for_ever() -> None:
    flight = Flight().running()
    flight.episode.cancel("stop", flight.at)
    flight.wait(4.9)
    assert flight.episode.result is None
    flight.wait(0.2)
    assert flight.outcome[0] is Outcome.CANCELLED
    assert flight.episode.result is not None
    assert flight.episode.result.message == "stop; the bridge did not report rest within 5 s"


def test_a_hold_that_lasts_fails_with_its_code() -> None:
    flight = Flight(timeout=60.0).running()
    assert flight.live(9.9, BridgeState.HELD, "UNDERRUN") == []
    assert flight.live(0.4, BridgeState.HELD, "UNDERRUN") == ENDS
    assert flight.rest().outcome == (Outcome.FAILED, "UNDERRUN", "")
    assert flight.episode.result is not None and flight.episode.result.holds == 1


def test_a_stop_that_is_not_resumed_is_a_cancellation() -> None:
    flight = Flight(timeout=60.0).running()
    flight.live(0.3, BridgeState.BRAKING, "STOPPED")
    assert flight.live(10.0, BridgeState.HELD, "STOPPED") == ENDS
    assert flight.rest().outcome == (Outcome.CANCELLED, "STOPPED", "")


def test_holds_that_end_in_time_do_not_add_up() -> None:
    flight = Flight(timeout=120.0).running()
    for _ in range(4):
        assert flight.live(8.0, BridgeState.HELD, "UNDERRUN") == []
        assert flight.live(0.5, BridgeState.RUNNING) == []
    assert flight.episode.phase is Phase.RUNNING
    assert flight.episode.statistics.holds == 4


@pytest.mark.parametrize(
    "code", [r.value for r in Reason if r.recovery is Recovery.GOAL and r is not Reason.EPISODE_ENDED]
)
def test_a_hold_that_only_a_new_goal_ends_fails_at_once(code: str) -> None:
    flight = Flight().running()
    assert flight.report(BridgeState.BRAKING, code) == ENDS
    assert flight.rest().outcome == (Outcome.FAILED, code, "")


def test_a_policy_that_never_gives_a_chunk_fails_after_the_hold_limit() -> None:
    flight = Flight(timeout=60.0).starting()
    flight.report(BridgeState.HELD, "START_POSE_REACHED")
    flight.answer(Command.RUN_BRIDGE)
    flight.answer(Command.RUN_POLICY)
    assert flight.live(9.5, BridgeState.HELD, "WAITING_FOR_CHUNK") == []
    assert flight.live(1.0, BridgeState.HELD, "WAITING_FOR_CHUNK") == ENDS
    assert flight.rest().outcome == (Outcome.FAILED, "WAITING_FOR_CHUNK", "")


@pytest.mark.parametrize("phase", ["starting", "running"])
def test_a_bridge_that_was_started_again_is_noticed_at_once(phase: str) -> None:
    flight = Flight().running() if phase == "running" else Flight().starting()
    flight.report(BridgeState.STARTING)
    assert flight.report(BridgeState.HELD, "NOT_STARTED", episode="") == ENDS
    flight.report(BridgeState.HELD, "NOT_STARTED", episode="")
    assert flight.outcome == (Outcome.FAILED, "BRIDGE_LOST_EPISODE", "")


def test_reports_from_before_the_opening_do_not_count_as_a_loss() -> None:
    flight = Flight().starting()
    assert flight.report(BridgeState.HELD, "NOT_STARTED", episode="") == []
    flight.wait(0.6)
    assert flight.report(BridgeState.HELD, "NOT_STARTED", episode="") == ENDS


def test_a_bridge_that_is_deactivated_fails_the_episode() -> None:
    flight = Flight().running()
    assert flight.report(BridgeState.INACTIVE, "DEACTIVATED") == ENDS
    assert flight.rest().outcome == (Outcome.FAILED, "DEACTIVATED", "")


def test_a_policy_that_was_started_again_is_noticed() -> None:
    flight = Flight().running()
    assert flight.episode.policy_heard("", flight.at) == ENDS
    assert flight.rest().outcome == (Outcome.FAILED, "POLICY_LOST_EPISODE", "")


def test_a_silent_bridge_fails_the_episode_by_the_steady_clock() -> None:
    flight = Flight().running()
    for _ in range(29):
        flight.wait(0.1, ros=False)
        flight.episode.policy_heard("e1", flight.at)
        flight.episode.judged(SuccessSource.SIMULATOR, Verdict.OPEN, "", flight.at)
    assert flight.episode.phase is Phase.RUNNING
    assert flight.wait(0.2, ros=False) == ENDS
    flight.wait(5.1, ros=False)
    assert flight.outcome == (Outcome.FAILED, "BRIDGE_SILENT", "")


def test_a_silent_policy_fails_the_episode() -> None:
    flight = Flight().running()
    for _ in range(32):
        flight.wait(0.1)
        flight.report(BridgeState.RUNNING)
        flight.episode.judged(SuccessSource.SIMULATOR, Verdict.OPEN, "", flight.at)
    assert flight.rest().outcome == (Outcome.FAILED, "POLICY_SILENT", "")


def test_a_silent_simulator_fails_the_episode() -> None:
    flight = Flight().running()
    for _ in range(32):
        flight.wait(0.1)
        flight.report(BridgeState.RUNNING)
        flight.episode.policy_heard("e1", flight.at)
    assert flight.rest().outcome == (Outcome.FAILED, "SUCCESS_SOURCE_SILENT", "")


def test_answers_that_nobody_waits_for_are_left_aside() -> None:
    flight = Flight().running()
    assert flight.answer(Command.OPEN_BRIDGE, Answer(False, "LATE", "")) == []
    assert flight.episode.phase is Phase.RUNNING


def test_nothing_happens_after_the_end() -> None:
    flight = Flight().running()
    flight.episode.cancel("", flight.at)
    result = flight.rest().episode.result
    assert flight.wait(100.0) == []
    assert flight.report(BridgeState.INACTIVE) == []
    assert flight.episode.chunk_published(5, 0.1, True, flight.at) == []
    assert flight.episode.cancel("", flight.at) == []
    assert flight.episode.result is result


def test_the_result_carries_what_was_counted() -> None:
    flight = Flight().running()
    for sequence, latency in enumerate((0.01, 0.03, 0.02)):
        flight.episode.chunk_published(sequence, latency, False, flight.at)
        flight.live(0.5, BridgeState.RUNNING, chunk=sequence if sequence != 1 else 0)
    flight.episode.judged(SuccessSource.SIMULATOR, Verdict.SUCCESS, "", flight.at)
    result = flight.rest().episode.result
    assert result is not None
    assert (result.chunks, result.chunks_refused, result.holds) == (2, 1, 0)
    assert (result.latency_median, result.latency_max) == (0.02, 0.03)
    assert result.elapsed == pytest.approx(1.7)


def test_why_the_arm_is_held_is_told_of_this_episode_only() -> None:
    flight = Flight().starting()
    flight.report(BridgeState.HELD, "NOT_STARTED", episode="")
    assert flight.episode.hold == ("", "")
    flight.report(BridgeState.BRAKING, "JOINT_STATE_STALE")
    assert flight.episode.hold == ("JOINT_STATE_STALE", "message of JOINT_STATE_STALE")


def test_waiting_for_consent_uses_up_no_limit() -> None:
    flight = Flight(timeout=12.0).starting()
    flight.live(40.0, BridgeState.HELD, "CONFIRMATION_AWAITED")
    assert flight.episode.phase is Phase.STARTING
    flight.report(BridgeState.HELD, "START_POSE_REACHED")
    flight.answer(Command.RUN_BRIDGE)
    flight.answer(Command.RUN_POLICY)
    flight.live(5.0, BridgeState.RUNNING, chunk=0)
    flight.live(40.0, BridgeState.HELD, "CONFIRMATION_AWAITED", chunk=0)
    flight.live(5.0, BridgeState.RUNNING, chunk=1)
    assert flight.episode.phase is Phase.RUNNING
    flight.live(4.0, BridgeState.RUNNING, chunk=1)
    assert flight.episode.phase is Phase.ENDING


@pytest.mark.parametrize("code", ["STOPPED", "MODE_CHANGED", "SPEED_ZERO"])
def test_an_episode_that_its_operator_leaves_held_is_cancelled(code: str) -> None:
    flight = Flight().running()
    flight.live(11.0, BridgeState.HELD, code, chunk=0)
    assert flight.rest().episode.result is not None
    assert flight.episode.result.outcome is Outcome.CANCELLED
