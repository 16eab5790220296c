"""Diagnostics of streams: one status for each, with its rate, its ages, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from steadyhand.execution.reasons import Reason
from steadyhand.nodes.stream_record import StreamRecord
from steadyhand.observation.timing import image_timings
from steadyhand.profiles.contract import Contract

_SLOW = 0.7
"""Share of its rate below which a stream is called slow."""
_AHEAD = 20.0
"""Stamps that lie farther in the future than this are those of another clock [ms]."""


@dataclass(frozen=True)
class Expectation:
    """What a stream has to be like.

    Attributes:
        topic: Its topic.
        rate: Messages a second [Hz].
        age: Longest age and longest silence that can be worked with [s].
        remedy: What a person can do where it is not like that.
    """

    topic: str
    rate: float
    age: float
    remedy: str


def expected_cameras(contract: Contract) -> dict[str, Expectation]:
    """Return what is expected of the camera of each image key; masked ones have none."""
    bindings, cameras = contract.deployment.images, contract.robot.cameras
    return {
        key: Expectation(timing.topic, cameras[bindings[key].camera].rate, timing.age, Reason.OBSERVATION_STALE.remedy)
        for key, timing in image_timings(contract).items()
    }


def expected_joint_states(contract: Contract) -> Expectation:
    """Return what is expected of the joint states."""
    stream = contract.robot.joint_states
    limit = contract.robot.safety.joint_state_age
    return Expectation(stream.topic, stream.rate, limit, Reason.JOINT_STATE_STALE.remedy)


def stream_status(record: StreamRecord, expected: Expectation, now: float) -> DiagnosticStatus:
    """Return the diagnostics of one stream at ``now``, of the clock that its record was kept with [s].

    STALE: nothing has come yet. ERROR: it has fallen silent for longer than can be worked with. WARN: it is slower or
    older than expected, or stamped with another clock.
    """
    status = DiagnosticStatus(hardware_id=expected.topic)
    rate, ages, silence = record.rate(now), record.ages(), record.silence(now)
    remedy = expected.remedy
    if record.count == 0:
        status.level, status.message = DiagnosticStatus.STALE, f"nothing has come on {expected.topic}"
    elif silence > expected.age:
        status.level, status.message = DiagnosticStatus.ERROR, f"silent for {silence:.1f} s; at most {expected.age:g} s"
    elif ages["p95"] > 1e3 * expected.age:
        status.level = DiagnosticStatus.WARN
        status.message = f"arrives up to {1e-3 * ages['p95']:.2f} s old; at most {expected.age:g} s"
    elif ages["p50"] < -_AHEAD:
        status.level = DiagnosticStatus.WARN
        status.message = f"stamps lie {-1e-3 * ages['p50']:.2f} s in the future"
        remedy = Reason.OBSERVATION_FUTURE.remedy
    elif 0.0 < rate < _SLOW * expected.rate:
        status.level, status.message = DiagnosticStatus.WARN, f"{rate:.1f} Hz; {expected.rate:g} Hz are expected"
    else:
        status.level, status.message, remedy = DiagnosticStatus.OK, f"{rate:.1f} Hz", ""
    values = {
        "messages": str(record.count),
        "rate [Hz]": f"{rate:.1f}",
        "expected rate [Hz]": f"{expected.rate:g}",
        **spread("age", ages),
        **spread("gap", record.gaps()),
        "limit of age [ms]": f"{1e3 * expected.age:g}",
        "remedy": remedy,
    }
    status.values = key_values(values)
    return status


def spread(what: str, percentiles: dict[str, float]) -> dict[str, str]:
    """Return percentiles [ms] as diagnostics show them, such as ``age p95 [ms]``."""
    return {f"{what} {name} [ms]": f"{value:.1f}" for name, value in percentiles.items()}


def key_values(values: dict[str, str]) -> list[KeyValue]:
    """Return the values of a status."""
    return [KeyValue(key=key, value=value) for key, value in values.items()]
