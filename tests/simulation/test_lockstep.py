"""How far simulated time may run ahead."""

import threading
import time

from hypothesis import given
from hypothesis import strategies as st

from steadyhand.simulation.lockstep import Lockstep


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def lockstep(clock=None):
    return Lockstep(("bridge", "policy"), lead=0.1, patience=2.0, steady_clock=clock or Clock())


def test_nobody_is_waited_for_before_a_first_report():
    steps = lockstep()
    assert steps.blockers(1e9) == ()


def test_time_runs_no_further_than_the_lead():
    steps = lockstep()
    steps.report("bridge", 5.0)
    assert steps.blockers(5.1) == ()
    assert steps.blockers(5.11) == ("bridge",)
    steps.report("bridge", 5.05)
    assert steps.blockers(5.11) == ()


def test_the_slowest_holds_the_others():
    steps = lockstep()
    steps.report("bridge", 5.0)
    steps.report("policy", 4.5)
    assert steps.blockers(4.61) == ("policy",)
    assert steps.blockers(5.2) == ("bridge", "policy")


def test_who_stays_silent_while_waited_for_is_given_up_until_it_speaks():
    clock = Clock()
    steps = lockstep(clock)
    steps.report("bridge", 5.0)
    assert steps.blockers(6.0) == ("bridge",)
    clock.now += 1.9
    assert steps.blockers(6.0) == ("bridge",)
    clock.now += 0.2
    assert steps.blockers(6.0) == ()
    assert steps.blockers(7.0) == ()
    steps.report("bridge", 6.5)
    assert steps.blockers(7.0) == ("bridge",)


def test_a_slow_but_talking_participant_is_waited_for_as_long_as_it_takes():
    clock = Clock()
    steps = lockstep(clock)
    steps.report("policy", 5.0)
    for _ in range(20):
        assert steps.blockers(6.0) == ("policy",)
        clock.now += 1.0
        steps.report("policy", 5.0)


def test_silence_does_not_count_while_time_stands_still_for_another():
    clock = Clock()
    steps = lockstep(clock)
    steps.report("bridge", 5.0)
    steps.report("policy", 4.95)
    for _ in range(10):
        assert steps.blockers(5.06) == ("policy",)
        clock.now += 1.0
        steps.report("policy", 4.95)
    steps.report("policy", 5.2)
    assert steps.blockers(5.11) == ("bridge",), "the bridge has not been waited for yet"


def test_who_leaves_is_not_waited_for():
    steps = lockstep()
    steps.report("bridge", 5.0)
    steps.leave("bridge")
    assert steps.blockers(9.0) == ()


def test_a_node_without_the_time_says_nothing():
    steps = lockstep()
    steps.report("bridge", 0.0)
    assert steps.blockers(1e9) == ()


def test_it_is_complete_while_all_are_waited_for():
    steps = lockstep()
    steps.report("bridge", 5.0)
    assert not steps.complete
    steps.report("policy", 5.0)
    assert steps.complete
    steps.leave("policy")
    assert not steps.complete


def test_a_report_wakes_the_waiting():
    steps = Lockstep(("bridge",), lead=0.1, patience=2.0)
    threading.Timer(0.05, steps.report, ("bridge", 1.0)).start()
    began = time.monotonic()
    steps.wait(5.0)
    assert time.monotonic() - began < 2.0


@given(
    st.lists(st.tuples(st.sampled_from(["bridge", "policy"]), st.floats(0.1, 5.0), st.floats(0.0, 0.04)), max_size=40)
)
def test_the_lead_is_never_exceeded_while_reports_keep_coming(reports):
    clock = Clock()
    steps = lockstep(clock)
    latest = {}
    now = 1.0
    for name, stamp, pause in reports:
        clock.now += pause
        steps.report(name, stamp)
        latest[name] = stamp
        while not steps.blockers(now + 0.01) and now < 20.0:
            now += 0.01
            assert now <= min(latest.values()) + 0.1 + 1e-5
