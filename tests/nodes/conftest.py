"""A ROS context of its own for every test of a node: nobody else hears it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def context() -> Iterator[object]:
    """A context that discovers nobody outside of this process."""
    rclpy = pytest.importorskip("rclpy")
    from rclpy.context import Context
    from rclpy.signals import SignalHandlerOptions

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "OFF")
        context = Context()
        rclpy.init(args=[], context=context, signal_handler_options=SignalHandlerOptions.NO)
        yield context
        context.try_shutdown()
