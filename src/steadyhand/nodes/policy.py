"""The policy node: images and joint states in, action chunks out."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from threading import RLock

from rclpy.clock import JumpThreshold
from rclpy.duration import Duration
from rclpy.task import Future
from std_msgs.msg import Header

from steadyhand.chunks.arm import arm_models
from steadyhand.chunks.chunk import ActionChunk
from steadyhand.execution.reasons import Reason
from steadyhand.msg import ActionChunk as ActionChunkMessage
from steadyhand.msg import ExecutionState
from steadyhand.nodes.chunk_wire import chunk_to_message, write_chunk
from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.diagnosis import Diagnosis
from steadyhand.nodes.ground_truth import GroundTruth
from steadyhand.nodes.lifecycle import ManagedNode
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.policy_inputs import PolicyInputs, execution_progress
from steadyhand.nodes.policy_reports import PolicyReport
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import CHUNKS, HEARTBEAT
from steadyhand.nodes.trace import Trace
from steadyhand.observation.assembly import ObservationAssembler
from steadyhand.observation.composition import blank_observation
from steadyhand.observation.exceptions import ObservationError
from steadyhand.observation.selection import Selection
from steadyhand.policies.factory import make_policy
from steadyhand.policies.policy import InferenceContext, Policy
from steadyhand.policies.prefix import PrefixSource
from steadyhand.policies.schedule import InferenceSchedule
from steadyhand.policies.scripted import ScriptedPolicy
from steadyhand.policies.worker import Inference, InferenceWorker
from steadyhand.profiles.contract import load_deployment
from steadyhand.srv import GetActionChunk, SetEpisode

_HEARTBEAT = 0.05
_STEADY_HEARTBEAT = 0.2
_DIAGNOSTICS = 1.0
_GRAPH_PERIOD = 0.5
_SEEDS = 1 << 64


class PolicyNode(ManagedNode):
    """Runs a policy on what cameras and joints show, while an episode runs.

    Callbacks only collect; decoding and inference happen in the worker's thread.
    """

    def __init__(self) -> None:
        """Declare the parameters; everything else waits for `configure`."""
        super().__init__("policy")
        self._deployment = declare(
            self, "deployment", "panda_embedded", "deployment, by name or path of its file", read_only=False
        )
        self.let_before_configuring("deployment", "_deployment")
        self._trace = Trace(self)
        self._lock = RLock()

    def configure(self) -> None:
        """Read the deployment, load the policy and let it compute once, connect."""
        self._contract = contract = load_deployment(self._deployment, policy_files=True)
        sees_tool = any(term.kind.startswith("end_effector") for term in contract.policy.state)
        self._assembler = ObservationAssembler(contract, arm_models(contract) if sees_tool else None)
        policy = make_policy(contract)
        # A scripted policy acts on what only the simulator knows.
        self._ground_truth: GroundTruth | None = None
        if isinstance(policy, ScriptedPolicy):
            self._ground_truth = GroundTruth(self)
            policy.bind(self._ground_truth)
        else:
            self._warm_up(policy)
        self._worker = InferenceWorker(policy, contract)
        profile = contract.policy
        self._schedule = InferenceSchedule.of(contract)
        self._prefixes = PrefixSource(contract)
        self._report = PolicyReport(profile.name, contract.hash, self._prefixes)
        self._episode: SetEpisode.Request | None = None
        self._reset = False
        self._beaten = 0.0
        self._chunks = self.create_publisher(ActionChunkMessage, "action_chunk", CHUNKS)
        self._heartbeat = self.create_publisher(Header, "~/heartbeat", HEARTBEAT)
        self._diagnosis = Diagnosis(self)
        self._inputs = PolicyInputs(self, contract, self._assembler, self._on_image, self._consider, self._on_report)
        self._offers = [
            self.create_service(SetEpisode, "~/set_episode", self._on_set_episode),
            self.create_service(GetActionChunk, "~/get_action_chunk", self._on_get_action_chunk),
        ]
        self._clockwork = [
            self.create_timer(_HEARTBEAT, self._beat),
            self.create_timer(_STEADY_HEARTBEAT, self._beat_in_standstill, clock=self.steady_clock),
            self.create_timer(_DIAGNOSTICS, self._diagnose, clock=self.steady_clock),
            self.create_timer(_GRAPH_PERIOD, self._look_around, clock=self.steady_clock),
        ]
        self._jumps = self.get_clock().create_jump_callback(
            JumpThreshold(min_forward=None, min_backward=Duration(nanoseconds=-1), on_clock_change=True),
            post_callback=self._on_clock_jump,
        )

    def deactivate(self) -> None:
        """Give up the episode."""
        self._close()

    def cleanup(self) -> None:
        """Disconnect, and let the policy go."""
        self._jumps.unregister()
        self._inputs.close()
        if self._ground_truth is not None:
            self._ground_truth.close()
        self._worker.stop(timeout=1.0)
        for timer in self._clockwork:
            self.destroy_timer(timer)
        for service in self._offers:
            self.destroy_service(service)
        for publisher in (self._chunks, self._heartbeat):
            self.destroy_publisher(publisher)
        self._diagnosis.close()

    def _warm_up(self, policy: Policy) -> None:
        """Compute once on nothing: the first inference of a model takes many times as long as the next."""
        profile = self._contract.policy
        begin = time.monotonic()
        policy.infer(blank_observation(self._contract, self._assembler.joint_names), InferenceContext())
        policy.reset()
        self.get_logger().info(f"policy '{profile.name}' warmed up in {time.monotonic() - begin:.2f} s")

    def _close(self) -> None:
        with self._lock:
            self._schedule.close()
            self._prefixes.close()
            self._episode = None
            self._report.open("")

    def _on_clock_jump(self, _jump: object) -> None:
        # Runs inside of the clock: it must not ask for the time.
        self._assembler.clear()
        self._schedule.close()
        self._prefixes.close()

    def _on_set_episode(self, request: SetEpisode.Request, response: SetEpisode.Response) -> SetEpisode.Response:
        with self._lock:
            if request.phase == SetEpisode.Request.PHASE_END:
                if self._episode is not None and self._episode.episode_id == request.episode_id:
                    self._close()
                response.accepted = True
            elif not self.active:
                response.code, response.message = str(Reason.NOT_ACTIVE), "the policy node is not active"
            elif request.phase == SetEpisode.Request.PHASE_START_POSE:
                self._open(request, response)
            elif self._report.episode_id != request.episode_id:
                response.code = str(Reason.WRONG_EPISODE)
                response.message = f"episode '{request.episode_id}' is not open at the policy node"
            else:
                self._schedule.run(self.now)
                response.accepted = True
        self._beat()
        return response

    def _open(self, request: SetEpisode.Request, response: SetEpisode.Response) -> None:
        """Open an episode, unless its observations would be incomplete: better known before anything moves."""
        try:
            self._assembler.check(self.now)
        except ObservationError as error:
            response.code, response.message = error.code, self._inputs.complaint or str(error)
            return
        self._schedule.close()
        self._prefixes.close()
        self._episode = request
        self._reset = True
        self._report.open(request.episode_id)
        response.accepted = True

    def _on_report(self, message: ExecutionState) -> None:
        with self._lock:
            if self._episode is not None and self._episode.episode_id == message.episode_id:
                progress = execution_progress(message)
                self._schedule.report(progress)
                self._prefixes.report(progress)
        self._consider()

    def _on_image(self, key: str, stamp: float) -> None:
        """Scale an image that an inference is due on while its joint states are still to come."""
        with self._lock:
            wanted = self.active and self._episode is not None and self._schedule.due(stamp)
        if wanted:
            self._assembler.prepare(key)

    def _consider(self) -> None:
        """Begin an inference where one is due and an observation is there for it."""
        with self._lock:
            episode, now = self._episode, self.now
            if not self.active or episode is None or not self._schedule.due(now):
                return
            try:
                selection = self._assembler.select(now)
            except ObservationError as error:
                self._report.lack(error.code, self._inputs.complaint or str(error))
                return
            self._report.lack("", "")
            if not self._schedule.due(selection.stamp):
                return
            sequence = self._report.chunks

            def done(chunk: ActionChunk | None, complaint: str) -> None:
                self._finish(episode.episode_id, selection, chunk, complaint)

            inference = Inference(
                stamp=selection.stamp,
                observe=lambda: self._assembler.assemble(selection, episode.instruction),
                context=InferenceContext(seed=(episode.seed + sequence) % _SEEDS),
                done=done,
                episode_id=episode.episode_id,
                sequence=sequence,
                reset=self._reset,
                commit=self._prefixes.context,
            )
            if self._worker.begin(inference):
                self._trace.mark("observed", sequence)
                self._schedule.begin(selection.stamp)
                self._reset = False

    def _finish(self, episode_id: str, selection: Selection, chunk: ActionChunk | None, complaint: str) -> None:
        """Publish a chunk; called in the worker's thread."""
        with self._lock:
            ended = episode_id != self._report.episode_id
            if chunk is None and not ended:
                self._schedule.fail(selection.stamp)
                self._fail(complaint)
            elif chunk is not None and not ended:
                now = self.now
                self._prefixes.publish(chunk)
                self._chunks.publish(write_chunk(chunk, self._contract.robot.frames.base))
                self._schedule.publish(chunk.sequence, selection.stamp, now)
                self._report.publish(chunk.latency, now - selection.stamp)
            self._send_heartbeat(self.now)

    def _fail(self, complaint: str) -> None:
        self._report.fail(complaint)
        self.get_logger().error(complaint, throttle_duration_sec=2.0)
        self._diagnose()

    async def _on_get_action_chunk(
        self, request: GetActionChunk.Request, response: GetActionChunk.Response
    ) -> GetActionChunk.Response:
        if not self.active:
            response.code, response.message = str(Reason.NOT_ACTIVE), "the policy node is not active"
            return response
        if self._episode is not None:
            response.code, response.message = "EPISODE_OPEN", "an episode is open: wait for its end, or cancel it"
            return response
        answered: Future = Future(executor=self.executor)
        # Only a callback that is due wakes the executor from this thread.
        answered.add_done_callback(lambda _answered: None)
        try:
            selection = self._assembler.select(self.now)
        except ObservationError as error:
            response.code, response.message = error.code, self._inputs.complaint or str(error)
            return response
        inference = Inference(
            stamp=selection.stamp,
            observe=lambda: self._assembler.assemble(selection, request.instruction),
            context=InferenceContext(seed=request.seed),
            done=lambda chunk, complaint: answered.set_result((chunk, complaint)),
            reset=request.reset,
        )
        if not self._worker.begin(inference):
            response.code, response.message = "BUSY", "another inference is running: ask again"
            return response
        chunk, complaint = await answered
        if chunk is None:
            response.code, response.message = "POLICY_ERROR", complaint
            return response
        response.success = True
        response.chunk = chunk_to_message(chunk, self._contract.robot.frames.base)
        return response

    def _beat(self) -> None:
        if self.active:
            working_on = self._worker.stamp
            self._send_heartbeat(self.now if working_on is None else working_on)

    def _beat_in_standstill(self) -> None:
        """Beat also while the ROS clock stands still: silence would mean that this node is gone."""
        if time.monotonic() - self._beaten >= _STEADY_HEARTBEAT:
            self._beat()

    def _send_heartbeat(self, stamp: float) -> None:
        self._beaten = time.monotonic()
        self._heartbeat.publish(Header(stamp=to_time(max(0.0, stamp)), frame_id=self._report.episode_id))

    def _look_around(self) -> None:
        """See who publishes what the policy sees, and how."""
        self._inputs.look_around()
        self._report.obstacle = self._inputs.obstacle
        self._report.qualities = self._inputs.qualities

    def _diagnose(self) -> None:
        with self._lock:
            if self.active and self._episode is None:
                self._look()
            status = self._report.status(self.active)
        self._diagnosis.publish({"policy": status, **self._inputs.statuses(self.now)})

    def _look(self) -> None:
        """See between episodes whether an observation would be complete."""
        try:
            self._assembler.select(self.now)
            self._report.lack("", "")
        except ObservationError as error:
            self._report.lack(error.code, self._inputs.complaint or str(error))


def main(args: Sequence[str] | None = None) -> None:
    """Run the policy node."""
    sys.exit(run(PolicyNode, args, events=True))


if __name__ == "__main__":
    main()
