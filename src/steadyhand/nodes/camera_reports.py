"""What a camera node reports of itself: state, rate, ages, losses, and what to do."""

from __future__ import annotations

import time

from diagnostic_msgs.msg import DiagnosticStatus, KeyValue

from steadyhand.cameras.capture import Capture, CaptureState
from steadyhand.cameras.source import FrameSource

_OPENING = 10.0
_SILENT = 1.0
_PERIODS = 5.0
_SLOW = 0.8

_SLOW_REMEDY = (
    "long exposures in the dark, a bus or a network that is full, or a busy machine: more light, another pixel_format "
    "such as MJPG, a smaller size"
)


def camera_status(
    name: str, source: FrameSource, capture: Capture | None, complaint: str, subscribers: tuple[int, int]
) -> DiagnosticStatus:
    """Return the diagnostics of a camera.

    Args:
        name: Full name of the node.
        source: Where its frames come from.
        capture: What reads it, None while the node is inactive.
        complaint: What is wrong with its camera_info, empty where nothing is.
        subscribers: How many subscribe to its raw, and to its compressed images.
    """
    status = DiagnosticStatus(name=f"steadyhand: camera {name}", hardware_id=source.name)
    if capture is None:
        status.level, status.message = DiagnosticStatus.OK, "inactive"
        return status
    now, statistics = time.monotonic(), capture.statistics
    rate = statistics.rate(now)
    status.level, status.message = _verdict(source, capture, complaint, now, rate)
    values = {
        "state": capture.status.state.value,
        "rate [Hz]": f"{rate:.2f}",
        "rate wanted [Hz]": f"{source.rate:g}" if source.rate else "",
        "frames": str(statistics.captured),
        "published": str(statistics.published),
        "dropped": str(statistics.dropped),
        "times it came back": str(capture.reopened),
        "subscribers raw": str(subscribers[0]),
        "subscribers compressed": str(subscribers[1]),
    }
    values.update({f"age at publication {which} [s]": f"{age:.4f}" for which, age in statistics.ages().items()})
    status.values = [KeyValue(key=key, value=value) for key, value in values.items()]
    return status


def _verdict(source: FrameSource, capture: Capture, complaint: str, now: float, rate: float) -> tuple[bytes, str]:
    state, message = capture.status.state, capture.status.message
    if state is CaptureState.FAILED:
        return DiagnosticStatus.ERROR, message
    if state is CaptureState.LOST:
        return DiagnosticStatus.ERROR, f"{message}; it is tried again and again"
    if state is CaptureState.ENDED:
        return DiagnosticStatus.WARN, f"{message}: 'loop' is false"
    if state is CaptureState.OPENING and now - capture.changed > _OPENING:
        waited = now - capture.changed
        return (
            DiagnosticStatus.ERROR,
            f"'{source.name}' has not answered for {waited:.0f} s: it hangs. Plug it in again",
        )
    if state is not CaptureState.RUNNING:
        return DiagnosticStatus.WARN, f"opening '{source.name}'"
    silence = capture.statistics.silence(now) or 0.0
    if silence > max(_SILENT, _PERIODS / source.rate if source.rate else 0.0):
        return DiagnosticStatus.ERROR, f"no frame of '{source.name}' for {silence:.1f} s: it hangs. Plug it in again"
    if complaint:
        return DiagnosticStatus.ERROR, f"no camera_info: {complaint}"
    if 0.0 < rate < _SLOW * source.rate:
        return DiagnosticStatus.WARN, f"{rate:.1f} Hz where {source.rate:g} were asked for: {_SLOW_REMEDY}"
    return DiagnosticStatus.OK, "running"
