"""Recorded chunks and joint states, decided again by the bridge that runs in the node."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from steadyhand.chunks.exceptions import ConversionError
from steadyhand.chunks.messages import chunk_from_message
from steadyhand.evaluation.recording import CHUNKS, HEARTBEAT, JOINTS, PILOT, REPORTS, Recorded, Recording
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import TOO_FAST, Reason, Recovery
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.exceptions import JointBindingError

PHASES = tuple(Phase)
"""Phase of each value of ExecutionState.state."""

SHADOW = 2
"""ExecutionState.MODE_SHADOW."""

ACCEPTED, SLOWED, ASIDE = "accepted", "slowed", "left aside"
VERDICTS = frozenset(
    {
        Reason.UNDERRUN,
        Reason.CHUNK_STALE,
        Reason.OBSERVATION_STALE,
        Reason.OBSERVATION_FUTURE,
        Reason.CHUNK_NAMES,
        Reason.CHUNK_WIDTH,
        Reason.CHUNK_NOT_FINITE,
        Reason.CHUNK_TIMING,
        Reason.CHUNK_MISORDERED,
        Reason.CHUNK_PROFILE,
        Reason.CHUNK_STATE,
        Reason.UNREACHABLE,
        Reason.POSITION_LIMIT,
        *TOO_FAST,
        Reason.START_JUMP,
        Reason.WORKSPACE,
        Reason.COLLISION,
        Reason.SELF_COLLISION,
        Reason.CHUNK_WAITED,
        Reason.SCENE_STALE,
        Reason.SCENE_UNKNOWN,
    }
)
"""Reasons that can be a verdict on a chunk."""

# A decision that falls on the next tick of the bridge is the same decision.
_NEAR = 3
# While it said so, joint states that are recorded had not come to the bridge, or came otherwise.
_UNHEARD = frozenset({str(Reason.JOINT_STATE_STALE), str(Reason.JOINT_STATE_INVALID)})


@dataclass(frozen=True)
class Decision:
    """What became of one chunk.

    Attributes:
        episode: Its episode.
        sequence: Its number in the episode.
        time: When the bridge decided, ROS clock [s].
        recorded: ``accepted``, ``slowed``, ``left aside``, or the code of the refusal.
        replayed: The same, decided again; empty where nothing was replayed.
        message: What the replayed bridge says of a refusal.
    """

    episode: str
    sequence: int
    time: float
    recorded: str
    replayed: str = ""
    message: str = ""

    @property
    def agrees(self) -> bool:
        """Whether both decisions are the same."""
        return self.recorded == self.replayed


@dataclass(frozen=True)
class Replay:
    """Decisions of a recording, made again.

    Attributes:
        chunks: Every chunk that the bridge decided about.
        states: Number of changes of state or reason that came out as recorded, and of those that did not.
    """

    chunks: tuple[Decision, ...]
    states: tuple[int, int]

    @property
    def agree(self) -> int:
        """Number of chunks decided as recorded."""
        return sum(decision.agrees for decision in self.chunks)


def recorded_decisions(recording: Recording) -> dict[int, Decision]:
    """Return what the bridge's reports say became of each chunk, by the chunk's place in the recording.

    The decision is in the first report that names the chunk, or else in the first one after the chunk came: the bridge
    reports at once after every chunk.
    """
    reports = [(k, entry) for k, entry in enumerate(recording.messages) if entry.role == REPORTS]
    named: dict[tuple[str, int], tuple[int, Recorded]] = {}
    for k, entry in reports:
        if entry.message.has_chunk:
            named.setdefault((entry.message.episode_id, int(entry.message.chunk_sequence)), (k, entry))
    decisions = {}
    later = iter(reports)
    before, after = None, next(later, None)
    for k, entry in enumerate(recording.messages):
        if entry.role != CHUNKS:
            continue
        while after is not None and after[0] < k:
            before, after = after, next(later, None)
        chunk = entry.message
        key = (chunk.episode_id, int(chunk.sequence))
        if key in named:
            report = named[key][1]
            verdict = SLOWED if report.message.altered else ACCEPTED
        elif after is None:
            continue
        else:
            report = after[1]
            code = report.message.hold_code
            fresh = before is None or code != before[1].message.hold_code
            verdict = code if fresh and code in VERDICTS else ASIDE
        decisions[k] = Decision(chunk.episode_id, int(chunk.sequence), report.stamp, verdict)
    return decisions


def replay(recording: Recording, contract: Contract) -> Replay:
    """Decide again about every chunk, with the joint states, heartbeats and times that were recorded.

    What services asked of the bridge is not recorded; it is taken from the reports: an episode opens, runs, stops, goes
    on and ends where they say so.

    Args:
        recording: The recording.
        contract: The deployment that the bridge ran with.
    """
    return _Replayed(recording, contract).play()


def _consenting(contract: Contract) -> Contract:
    """Return a deployment whose robot consents to everything: what it said beside joint states is not replayed."""
    silent: dict[str, object] = {"speed_scaling": None, "safety_state": {}, "enable": None, "controller_state": None}
    return replace(contract, robot=contract.robot.model_copy(update=silent))


class _Replayed:
    """A bridge that hears what the recorded one heard."""

    def __init__(self, recording: Recording, contract: Contract) -> None:
        self._recording = recording
        self._joints = arm_joints(contract.robot, contract.deployment)
        self._bridge = Bridge(_consenting(contract))
        self._active = False
        self._recorded = recorded_decisions(recording)
        self._decided: list[Decision] = []
        self._states: list[tuple[str, str]] = []
        self._code = ""
        self._to_come = deque(sorted(recording.of(JOINTS), key=lambda entry: entry.stamp))
        self._heard: set[int] = set()

    def play(self) -> Replay:
        waiting: list[tuple[int, Recorded]] = []
        for k, entry in enumerate(self._recording.messages):
            if entry.role == JOINTS:
                self._hear_once(entry)
            elif entry.role == PILOT:
                episode = self._bridge.executor.episode_id
                if episode and entry.message.episode_id == episode:
                    self._bridge.watch.hear_pilot(entry.received)
            elif entry.role == HEARTBEAT:
                self._bridge.watch.hear_policy(entry.received)
            elif entry.role == CHUNKS and k in self._recorded:
                waiting.append((k, entry))
            elif entry.role == REPORTS:
                due = [item for item in waiting if self._recorded[item[0]].time <= entry.stamp + 1e-9]
                waiting = [item for item in waiting if item not in due]
                self._catch_up(entry)
                self._report(entry, due)
        return Replay(tuple(self._decided), self._compared())

    def _catch_up(self, report: Recorded) -> None:
        """Hear what the bridge had heard before a report, though the recorder got it later: it may have been busy."""
        if report.message.hold_code in _UNHEARD:
            return
        while self._to_come and self._to_come[0].stamp <= report.stamp:
            self._hear_once(self._to_come.popleft())

    def _hear_once(self, entry: Recorded) -> None:
        if id(entry) not in self._heard:
            self._hear_joints(entry)

    def _hear_joints(self, entry: Recorded) -> None:
        self._heard.add(id(entry))
        message = entry.message
        if not self._joints.concerned(message.name):
            return
        try:
            positions = self._joints.extract(message.name, message.position)
        except JointBindingError as error:
            self._bridge.watch.hear_invalid_joints(str(error))
            return
        self._bridge.watch.hear_joints(entry.stamp, positions)

    def _report(self, entry: Recorded, chunks: list[tuple[int, Recorded]]) -> None:
        """Bring the bridge to a recorded report: what was asked of it, the chunks that had come, and its tick."""
        self._follow(entry)
        for k, chunk in chunks:
            self._decide(self._recorded[k], chunk, entry.stamp)
        self._bridge.tick(entry.stamp, entry.received)
        executor = self._bridge.executor
        self._states.append((executor.phase.value, "" if executor.reason is None else str(executor.reason)))
        self._code = entry.message.hold_code

    def _follow(self, entry: Recorded) -> None:
        """Do what services had asked of the recorded bridge since its report before."""
        report, bridge, now, steady = entry.message, self._bridge, entry.stamp, entry.received
        inactive = PHASES[report.state] is Phase.INACTIVE
        if self._active and inactive:
            bridge.deactivate(now)
        elif not self._active and not inactive:
            bridge.activate()
            self._hear_last_joints(now)
            bridge.tick(now, steady)
        self._active = not inactive
        episode = bridge.executor.episode_id
        try:
            if episode and report.episode_id != episode:
                bridge.close(now)
            if report.episode_id and report.episode_id != bridge.executor.episode_id:
                bridge.open(report.episode_id, now, steady, shadow=report.mode == SHADOW, speed=float(report.speed))
                bridge.watch.hear_pilot(steady)
            code = report.hold_code
            if code == Reason.STOPPED and self._code != code:
                bridge.stop(now)
            if report.episode_id and (code == Reason.WAITING_FOR_CHUNK or PHASES[report.state] is Phase.RUNNING):
                self._let_run(report.episode_id, now, steady)
        except RefusedError:
            return  # the recorded bridge agreed to what this one refuses: the comparison says so

    def _let_run(self, episode: str, now: float, steady: float) -> None:
        bridge = self._bridge
        reason = bridge.executor.reason
        if bridge.executor.phase is not Phase.HELD or reason is None:
            return
        if reason is Reason.START_POSE_REACHED:
            bridge.run(episode, steady)
        elif reason.recovery is Recovery.RESUME:
            bridge.resume(now, steady)

    def _hear_last_joints(self, now: float) -> None:
        """Hear the newest joint state before ``now`` again: activation forgets what was heard."""
        known = [entry for entry in self._recording.of(JOINTS) if entry.stamp <= now]
        if known:
            self._hear_joints(known[-1])

    def _decide(self, recorded: Decision, entry: Recorded, now: float) -> None:
        bridge = self._bridge
        before, refused = bridge.executor.refusals.copy(), bridge.refused
        try:
            bridge.receive(chunk_from_message(entry.message), now)
        except ConversionError as error:
            if entry.message.episode_id == bridge.executor.episode_id:
                bridge.refuse(now, Reason.CHUNK_WIDTH, str(error))
        executor = bridge.executor
        message = ""
        if bridge.refused > refused:
            given = executor.refusals - before
            verdict = str(next(iter(given), executor.reason))
            message = executor.message
        elif executor.chunk is not None and executor.chunk.sequence == recorded.sequence:
            assert executor.stitched is not None
            verdict = SLOWED if executor.stitched.stretch * executor.speed > 1.0 + 1e-9 else ACCEPTED
        else:
            verdict = ASIDE
        self._decided.append(
            Decision(recorded.episode, recorded.sequence, recorded.time, recorded.recorded, verdict, message)
        )

    def _compared(self) -> tuple[int, int]:
        """Compare the changes of state or reason, each with the replayed ones of the ticks around it."""
        reports = [entry.message for entry in self._recording.of(REPORTS)]
        recorded = [(PHASES[report.state].value, report.hold_code) for report in reports]
        agree = differ = 0
        for k, state in enumerate(recorded):
            if k > 0 and state == recorded[k - 1]:
                continue
            if state in self._states[max(0, k - _NEAR) : k + _NEAR + 1]:
                agree += 1
            else:
                differ += 1
        return agree, differ
