"""The policy that comes with the package picks the named cube from what the cameras of the real graph show."""

import pytest
from action_msgs.msg import GoalStatus
from stage import Stage
from steadyhand.action import RunInstruction

FULL_SIZE = 0
"""Images are drawn at the size at which they are published."""


@pytest.fixture(scope="module")
def stage(shared_graph):
    stage = Stage(shared_graph, "panda_embedded")
    stage.start_node("simulator", render_width=FULL_SIZE)
    stage.start("policy", "bridge", "pilot")
    yield stage
    stage.close()


@pytest.mark.parametrize("colour", ["red", "blue"])
def test_the_embedded_policy_picks_the_named_cube(stage, colour):
    stage.reset()
    goal = stage.goal(f"pick up the {colour} cube")
    result = goal.result()
    print(stage.graph.logs())
    assert goal.status() == GoalStatus.STATUS_SUCCEEDED, result.message
    assert (result.outcome, result.success_source) == (RunInstruction.Result.OUTCOME_SUCCEEDED, "simulator")
    assert result.chunks_refused == 0
    stage.record.check()
