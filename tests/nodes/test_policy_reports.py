from __future__ import annotations

import pytest

pytest.importorskip("rclpy")

from diagnostic_msgs.msg import DiagnosticStatus

from steadyhand.nodes.policy_reports import PolicyReport


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
