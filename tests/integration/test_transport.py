"""The transport benchmark for real."""

import pytest

from steadyhand.benchmarks.transport import measure

pytestmark = pytest.mark.real_time


def test_images_arrive(ros_environment):
    result = measure(2.0, ros_environment)
    assert result["sent"] == 120
    assert result["received"] > 60
    assert 0.0 < result["image_ms"]["p50"] <= result["image_ms"]["p99"]
