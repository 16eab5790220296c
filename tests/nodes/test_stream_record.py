from __future__ import annotations

import sys
import time

import pytest

pytest.importorskip("rclpy")

from diagnostic_msgs.msg import DiagnosticStatus

from steadyhand.nodes.stream_record import StreamRecord
from steadyhand.nodes.stream_reports import (
    Expectation,
    expected_cameras,
    expected_joint_states,
    stream_status,
)
from steadyhand.profiles.contract import load_deployment

EXPECTED = Expectation("/front/image", 30.0, 0.6, "Check the cable.")


def heard(rate: float = 30.0, age: float = 0.02, number: int = 60) -> tuple[StreamRecord, float]:
    record = StreamRecord()
    for k in range(number):
        record.hear(100.0 + k / rate, age)
    return record, 100.0 + (number - 1) / rate


def judged(record: StreamRecord, now: float) -> tuple[bytes, str, dict[str, str]]:
    status = stream_status(record, EXPECTED, now)
    return status.level, status.message, {entry.key: entry.value for entry in status.values}


def test_a_steady_stream_is_well() -> None:
    record, now = heard()
    level, message, values = judged(record, now)
    assert (level, message, values["remedy"]) == (DiagnosticStatus.OK, "30.0 Hz", "")
    assert (values["messages"], values["age p99 [ms]"], values["gap p50 [ms]"]) == ("60", "20.0", "33.3")


@pytest.mark.parametrize(
    ("rate", "age", "later", "level", "words"),
    [
        (30.0, 0.02, 0.7, DiagnosticStatus.ERROR, "silent for 0.7 s; at most 0.6 s"),
        (10.0, 0.02, 0.0, DiagnosticStatus.WARN, "10.0 Hz; 30 Hz are expected"),
        (30.0, 0.9, 0.0, DiagnosticStatus.WARN, "up to 0.90 s old"),
        (30.0, -3.0, 0.0, DiagnosticStatus.WARN, "3.00 s in the future"),
    ],
)
def test_what_is_wrong_with_a_stream_is_said_with_a_remedy(
    rate: float, age: float, later: float, level: bytes, words: str
) -> None:
    record, now = heard(rate, age)
    found, message, values = judged(record, now + later)
    assert found == level and words in message and values["remedy"]


def test_a_stream_that_never_came_is_stale() -> None:
    level, message, values = judged(StreamRecord(), 5.0)
    assert (level, values["remedy"]) == (DiagnosticStatus.STALE, "Check the cable.")
    assert "/front/image" in message


def test_a_record_is_bounded_and_forgets_when_the_clock_goes_back() -> None:
    record, now = heard(number=10_000)
    assert record.count == 10_000
    assert sum(len(kept) for kept in (record._times, record._ages, record._gaps)) <= 3 * 256
    record.hear(now - 50.0, 0.5)
    assert record.count == 10_001 and record.gaps() == {} and record.ages()["p50"] == 500.0


def test_a_pause_is_no_gap() -> None:
    record, now = heard()
    record.pause()
    record.hear(now + 60.0)
    assert record.gaps()["p99"] < 40.0


@pytest.mark.skipif(sys.gettrace() is not None, reason="a tracer slows every line down")
def test_hearing_a_message_costs_far_less_than_a_tenth_of_a_millisecond() -> None:
    record = StreamRecord()
    times = []
    for k in range(2000):
        begin = time.perf_counter()
        record.hear(0.01 * k, 0.002)
        times.append(time.perf_counter() - begin)
    assert sorted(times)[len(times) // 2] < 2e-5


def test_a_deployment_says_what_is_expected_of_its_streams() -> None:
    contract = load_deployment("panda_embedded")
    cameras = expected_cameras(contract)
    assert set(cameras) == {"front", "wrist"}
    assert (cameras["front"].topic, cameras["front"].rate) == ("/front_camera/image_raw", 30.0)
    joints = expected_joint_states(contract)
    assert (joints.topic, joints.rate, joints.age) == ("/joint_states", 100.0, 0.2)
