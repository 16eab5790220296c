from __future__ import annotations

import pytest

pytest.importorskip("rclpy")

from diagnostic_msgs.msg import DiagnosticStatus
from steadyhand.msg import ExecutionState

from steadyhand.nodes.policy_inputs import execution_progress
from steadyhand.nodes.policy_reports import PolicyReport
from steadyhand.policies.prefix import NoPrefix, PrefixSource
from steadyhand.profiles.contract import load_deployment


def values(status: DiagnosticStatus) -> dict[str, str]:
    return {entry.key: entry.value for entry in status.values}


def test_a_policy_that_lacks_nothing_is_ready() -> None:
    report = PolicyReport("embedded", "abc")
    assert (report.status(True).level, report.status(True).message) == (DiagnosticStatus.OK, "ready")
    assert report.status(False).message == "inactive"
    report.open("e1")
    assert report.status(True).message == "running"


def test_what_is_missing_is_a_warning_and_in_an_episode_an_error() -> None:
    report = PolicyReport("embedded", "abc")
    report.lack("NO_IMAGE", "no image of 'front'")
    assert report.status(True).level == DiagnosticStatus.WARN
    report.open("e1")
    status = report.status(True)
    assert (status.level, status.message) == (DiagnosticStatus.ERROR, "NO_IMAGE: no image of 'front'")


def test_a_lack_is_counted_when_it_begins() -> None:
    report = PolicyReport("embedded", "abc")
    for code in ("NO_IMAGE", "NO_IMAGE", "", "NO_IMAGE"):
        report.lack(code, "")
    assert values(report.status(True))["count NO_IMAGE"] == "2"


def test_a_failure_stays_until_the_next_chunk() -> None:
    report = PolicyReport("embedded", "abc")
    report.open("e1")
    report.fail("policy 'embedded' raised")
    status = report.status(True)
    assert (status.level, status.message, values(status)["failures"]) == (
        DiagnosticStatus.ERROR,
        "policy 'embedded' raised",
        "1",
    )
    report.publish(0.01, 0.05)
    status = report.status(True)
    assert status.level == DiagnosticStatus.OK
    assert (values(status)["chunks"], values(status)["latency median [s]"]) == ("1", "0.0100")


def test_prefixes_and_the_lack_of_them_are_counted() -> None:
    prefixes = PrefixSource(load_deployment("panda_embedded_flow"))
    report = PolicyReport("embedded_flow", "abc", prefixes)
    assert "chunks with a prefix" not in values(report.status(True)), "nothing was asked for yet"
    prefixes.given = 4
    prefixes.missing.update([NoPrefix.ALTERED, NoPrefix.NOT_EXECUTING, NoPrefix.ALTERED])
    found = values(report.status(True))
    assert found["chunks with a prefix"] == "4"
    assert found["chunks spliced, ALTERED"] == "2" and found["chunks spliced, NOT_EXECUTING"] == "1"


@pytest.mark.parametrize(
    ("change", "altered"),
    [
        ({}, False),
        ({"altered": True}, True),
        ({"speed": 0.5}, True),
        ({"mode": ExecutionState.MODE_SHADOW}, True),
    ],
)
def test_rows_that_are_executed_otherwise_count_as_altered(change: dict[str, object], altered: bool) -> None:
    message = ExecutionState(speed=1.0, mode=ExecutionState.MODE_RUN)
    for name, value in change.items():
        setattr(message, name, value)
    assert execution_progress(message).altered is altered


def test_a_stream_that_cannot_be_received_is_named_with_its_remedy():
    report = PolicyReport("hold", "hash")
    report.obstacle = "'/image' is published as something else: name another"
    report.qualities = {"/joint_states": "reliable, volatile"}
    status = report.status(active=True)
    assert (status.level, status.message) == (DiagnosticStatus.WARN, report.obstacle)
    assert {entry.key: entry.value for entry in status.values}["QoS /joint_states"] == "reliable, volatile"
    report.lack("NO_IMAGE", "no image has come")
    assert report.obstacle in report.status(active=True).message
