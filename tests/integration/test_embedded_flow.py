"""The flow policy in the real graph: every chunk but the first continues the rows that the bridge has committed."""

from itertools import pairwise

import numpy as np
import pytest
from action_msgs.msg import GoalStatus
from stage import Stage

from steadyhand.nodes.conversions import chunk_from_message


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph, "panda_embedded_flow")
    stage.start_node("simulator", render_width=0)
    stage.start("policy", "bridge", "pilot")
    yield stage
    stage.close()


def test_chunks_continue_the_committed_rows(stage):
    stage.reset()
    goal = stage.goal("pick up the green cube")
    result = goal.result()
    print(stage.graph.logs())
    assert goal.status() == GoalStatus.STATUS_SUCCEEDED, result.message
    assert result.chunks_refused == 0
    chunks = [
        chunk_from_message(message) for message in stage.chunks.messages if message.episode_id == result.episode_id
    ]
    assert chunks[0].prefix_length == 0
    # The first chunk waited at rest, so that its rows are due later than they say.
    continued = [(old, new) for old, new in pairwise(chunks[1:]) if new.prefix_length]
    assert len(continued) >= len(chunks) - 4
    for old, new in continued:
        # An opening means the same from every observation: it is the old chunk's, at the new rows' times.
        expected = np.interp(new.row_times[: new.prefix_length], old.row_times, old.rows[:, -1])
        assert np.allclose(new.rows[: new.prefix_length, -1], expected, atol=1e-4)
    stage.record.check()
