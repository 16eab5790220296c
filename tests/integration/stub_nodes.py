"""A bridge, a policy node and a simulator that do as a test says, for tests of the pilot alone."""

from __future__ import annotations

import time
from typing import Any

from ros_client import Client
from std_msgs.msg import Header
from steadyhand.msg import ActionChunk, ExecutionState
from steadyhand.srv import GetTaskStatus, SetEpisode

from steadyhand.nodes.qos import CHUNKS, EXECUTION_STATE, HEARTBEAT

START, RUN, END = (
    SetEpisode.Request.PHASE_START_POSE,
    SetEpisode.Request.PHASE_RUN,
    SetEpisode.Request.PHASE_END,
)
MOVING = 0.3
"""How long the arm takes to the start pose, and to brake [s]."""


class StubNodes:
    """Serves what the pilot calls, and reports as bridge and policy would.

    Attributes:
        calls: Node and phase of every SetEpisode, in order.
        bridge_episode: Episode that the bridge has open.
        policy_episode: Episode that the policy has open.
        state: What the bridge does, one of ExecutionState's.
        code: Why it holds.
        success: What the simulator says.
        refusals: Code with which a node refuses to open, by node.
        beating: The policy sends heartbeats.
        reporting: The bridge reports.
    """

    def __init__(self, client: Client) -> None:
        node = client.node
        self._node = node
        self._states = node.create_publisher(ExecutionState, "execution_state", EXECUTION_STATE)
        self._heartbeats = node.create_publisher(Header, "policy/heartbeat", HEARTBEAT)
        self._chunks = node.create_publisher(ActionChunk, "action_chunk", CHUNKS)
        node.create_service(SetEpisode, "bridge/set_episode", self._on_bridge)
        node.create_service(SetEpisode, "policy/set_episode", self._on_policy)
        node.create_service(GetTaskStatus, "/simulator/task_status", self._on_task_status)
        node.create_timer(0.05, self._tick)
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.calls: list[tuple[str, int]] = []
        self.requests: list[SetEpisode.Request] = []
        self.bridge_episode = self.policy_episode = ""
        self.state, self.code = ExecutionState.STATE_HELD, "NOT_STARTED"
        self.success = self.failed = False
        self.refusals: dict[str, str] = {}
        self.beating = self.reporting = True
        self._until = 0.0
        self._sequence = -1
        self._ticks = 0

    def hold(self, code: str) -> None:
        """Brake and hold for a reason."""
        self.state, self.code = ExecutionState.STATE_HELD, code

    def _on_bridge(self, request: SetEpisode.Request, response: Any) -> Any:
        self.calls.append(("bridge", request.phase))
        self.requests.append(request)
        if self._refuse("bridge", request, response):
            return response
        if request.phase == START and self.bridge_episode:
            # Asked twice where the first answer came late, as the bridge takes it.
            response.accepted = request.episode_id == self.bridge_episode
            response.code = "" if response.accepted else "WRONG_EPISODE"
            return response
        self.bridge_episode = request.episode_id if request.phase != END else ""
        self._until = time.monotonic() + MOVING
        if request.phase == START:
            self.state, self.code = ExecutionState.STATE_STARTING, ""
        elif request.phase == RUN:
            self.state, self.code = ExecutionState.STATE_HELD, "WAITING_FOR_CHUNK"
        else:
            self.code = "EPISODE_ENDED"
            if self.state != ExecutionState.STATE_HELD:
                self.state = ExecutionState.STATE_BRAKING
        response.accepted = True
        return response

    def _on_policy(self, request: SetEpisode.Request, response: Any) -> Any:
        self.calls.append(("policy", request.phase))
        if self._refuse("policy", request, response):
            return response
        self.policy_episode = request.episode_id if request.phase != END else ""
        response.accepted = True
        return response

    def _refuse(self, node: str, request: SetEpisode.Request, response: Any) -> bool:
        if request.phase != START or node not in self.refusals:
            return False
        response.code, response.message = self.refusals[node], "the test says so"
        return True

    def _on_task_status(self, request: GetTaskStatus.Request, response: Any) -> Any:
        response.understood = "cube" in request.instruction
        response.success, response.failed = self.success, self.failed
        response.message = "so the test says"
        return response

    def _tick(self) -> None:
        self._ticks += 1
        now = self._node.get_clock().now().to_msg()
        if time.monotonic() > self._until:
            if self.state == ExecutionState.STATE_STARTING:
                self.state, self.code = ExecutionState.STATE_HELD, "START_POSE_REACHED"
            elif self.state == ExecutionState.STATE_BRAKING:
                self.state = ExecutionState.STATE_HELD
        if self.code == "WAITING_FOR_CHUNK" and ("policy", RUN) in self.calls:
            self.state, self.code = ExecutionState.STATE_RUNNING, ""
        if self.state == ExecutionState.STATE_RUNNING and self._ticks % 4 == 0:
            self._publish_chunk(now)
        if self.reporting:
            self._report(now)
        if self.beating:
            self._heartbeats.publish(Header(stamp=now, frame_id=self.policy_episode))

    def _publish_chunk(self, now: Any) -> None:
        self._sequence += 1
        chunk = ActionChunk(episode_id=self.policy_episode, sequence=self._sequence)
        chunk.header.stamp = now
        chunk.inference_latency.nanosec = 20_000_000
        self._chunks.publish(chunk)

    def _report(self, now: Any) -> None:
        state = ExecutionState(episode_id=self.bridge_episode, state=self.state, hold_code=self.code)
        state.header.stamp = now
        state.hold_message = "so the test says" if self.code else ""
        if self._sequence >= 0:
            state.has_chunk, state.chunk_sequence = True, self._sequence
        self._states.publish(state)
