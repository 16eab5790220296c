"""What the policy node saw, made again from a recording of its topics: the same bits go into the same network."""

from __future__ import annotations

import array

import numpy as np
import pytest
from bench import Bench
from observation_recording import record, write
from sensor_msgs.msg import Image, JointState
from steadyhand.msg import ActionChunk, ExecutionState

from steadyhand.chunks.arm import arm_model
from steadyhand.nodes.conversions import chunk_from_message
from steadyhand.nodes.qos import CHUNKS, IMAGES
from steadyhand.observation.recording import feed, recorded_inputs
from steadyhand.observation.replay import ObservationReplay
from steadyhand.policies.factory import make_policy
from steadyhand.policies.policy import InferenceContext

pytest.importorskip("rosbags", reason="the extra 'bags' is not installed")

EMBEDDED = "../../../../config/deployments/panda_embedded"
ASKED = "pick up the red cube"


class ColourfulBench(Bench):
    """A bench whose cameras never show the same twice."""

    def _show(self):
        # The lower half stays black: the generator is slower than the camera's period.
        noise = np.random.default_rng().integers(0, 256, 240 * 1920, dtype=np.uint8)
        self._image.data = array.array("B", noise.tobytes() + bytes(240 * 1920))
        super()._show()


@pytest.fixture
def bench(graph):
    bench = ColourfulBench(graph, deployment=EMBEDDED)
    yield bench
    bench.client.close()


TOPICS = {
    "/front_camera/image_raw": (Image, IMAGES),
    "/wrist_camera/image_raw": (Image, IMAGES),
    "/joint_states": (JointState, 50),
    "/action_chunk": (ActionChunk, CHUNKS),
}


def test_a_recording_gives_the_node_s_observations_and_so_its_chunks(bench, tmp_path):
    taken = record(bench.client, TOPICS)
    bench.run("e1", instruction=ASKED, seed=7)
    bench.reports = ExecutionState(
        episode_id="e1", state=ExecutionState.STATE_HELD, hold_code="WAITING_FOR_CHUNK"
    )  # fmt: skip
    bench.client.wait_for(lambda: bench.chunks.count >= 8)
    bench.end("e1")
    chunks = [chunk_from_message(message) for message in bench.chunks.messages]
    bench.client.wait_for(lambda: sum(topic == "/action_chunk" for topic, _, _ in taken) >= len(chunks))
    write(tmp_path / "bag", taken)

    inputs = recorded_inputs(tmp_path / "bag")[: len(chunks)]
    assert inputs == [chunk.inputs for chunk in chunks]
    replay = ObservationReplay(bench.contract, inputs, arm_model(bench.contract), ASKED)
    observations = {}
    for _ in feed(tmp_path / "bag", bench.contract, replay):
        observations.update({one.index: one.observation for one in replay.completed()})
    # Images are sent without guarantee, and the recorder is as likely to miss one as the node.
    missing = {one.index: one.missing for one in replay.incomplete()}
    assert len(observations) >= 5, missing
    assert observations.keys() | missing.keys() == set(range(len(chunks)))
    policy = make_policy(bench.contract)
    for index, observation in observations.items():
        chunk = chunks[index]
        assert observation.joint_positions.tobytes() == chunk.state.tobytes()
        again = policy.infer(observation, InferenceContext(seed=chunk.seed))
        assert np.asarray(again.rows, dtype=np.float64).tobytes() == chunk.rows.tobytes()
    assert len({chunk.rows.tobytes() for chunk in chunks}) == len(chunks), "different images, different actions"
