"""Policy, bridge and pilot in one process do what they do in three."""

import pytest
from stage import Stage
from steadyhand.action import RunInstruction


@pytest.fixture
def stage(shared_graph):
    stage = Stage(shared_graph)
    stage.start_node("simulator")
    yield stage
    print(shared_graph.logs())
    stage.close()


def test_a_composed_stack_carries_out_a_goal_and_leaves_in_motion_with_a_brake(stage):
    stack = stage.start_node("stack")
    stage.wait_until_ready()
    stage.reset()
    names = {name for name, _ in stage.client.node.get_node_names_and_namespaces()}
    assert {"policy", "bridge", "pilot"} <= names
    assert stage.goal().result().outcome == RunInstruction.Result.OUTCOME_SUCCEEDED
    stage.record.check()
    stage.reset()
    goal = stage.moving_goal()
    stack.signal(2)
    assert goal.result().outcome == RunInstruction.Result.OUTCOME_CANCELLED
    assert stack.wait(30.0) == 0
    assert "Traceback" not in stack.log
    stage.record.check()
