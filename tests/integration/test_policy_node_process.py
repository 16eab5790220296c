"""The policy node's process: a policy that fails, a deployment that cannot be loaded, an outside manager, the end."""

import time

from bench import Bench
from diagnostic_msgs.msg import DiagnosticStatus
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from steadyhand.srv import SetEpisode


def test_a_policy_that_fails_says_why_and_its_node_lives_on(graph):
    bench = Bench(graph, deployment="panda_scripted")
    bench.run("e1", instruction="pick up the red cube")
    level = bench.until_diagnosed("names 0 of the objects")
    assert level == DiagnosticStatus.ERROR
    answer = bench.set_episode("e1", SetEpisode.Request.PHASE_END)
    assert answer.accepted and bench.process.alive
    assert not bench.chunks.messages
    assert bench.process.log.count("names 0 of the objects") < 20, "the log is not flooded"
    begin = time.monotonic()
    assert bench.process.interrupt() == 0
    assert time.monotonic() - begin < 5.0
    assert "Traceback" not in bench.process.log
    bench.client.close()


def test_a_deployment_that_cannot_be_loaded_ends_the_process_with_the_reason(graph):
    process = graph.start("policy", deployment="nowhere")
    process.expected_to_end = True
    assert process.wait(60.0) == 1
    assert "no such deployment" in process.log and "Traceback" not in process.log


def change(bench, transition):
    request = ChangeState.Request(transition=Transition(id=transition))
    return bench.client.call(ChangeState, "policy/change_state", request).success


def test_an_outside_manager_drives_it_where_it_does_not_start_itself(graph):
    bench = Bench(graph, autostart=False)
    assert change(bench, Transition.TRANSITION_CONFIGURE)
    assert bench.set_episode("e1", SetEpisode.Request.PHASE_START_POSE).code == "NOT_ACTIVE"
    assert bench.get_chunk().code == "NOT_ACTIVE"
    assert bench.beats.count == 0
    assert change(bench, Transition.TRANSITION_ACTIVATE)
    bench.run("e1")
    bench.chunks.collect(1)
    assert change(bench, Transition.TRANSITION_DEACTIVATE)
    beats = bench.beats.count
    bench.client.spin(0.5)
    assert bench.beats.count <= beats + 1
    assert change(bench, Transition.TRANSITION_CLEANUP)
    assert change(bench, Transition.TRANSITION_CONFIGURE)
    assert change(bench, Transition.TRANSITION_ACTIVATE)
    bench.run("e2")
    bench.chunks.collect(1)
    bench.client.close()
