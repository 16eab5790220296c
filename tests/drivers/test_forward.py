"""Windows sampled for forwarders."""

import numpy as np
import pytest

pytest.importorskip("rclpy")

from steadyhand.drivers.forward import ForwardDriver
from steadyhand.execution.reference import Reference
from steadyhand.profiles.binding import JointBinding, JointMap

from .doubles import FakeNode

JOINTS = JointMap((JointBinding("a", "a"), JointBinding("b", "b", factor=-0.5, offset=3.0)))
WINDOW = Reference(
    np.array([9.9, 10.0, 10.05]),
    np.array([[0.0, 1.0], [0.02, 1.0], [0.025, 1.0]]),
    np.array([[0.2, 0.1], [0.2, 0.1], [0.0, 0.0]]),
    np.zeros((3, 2)),
)


def make(velocity):
    node = FakeNode()
    return ForwardDriver(node, "arm", JOINTS, velocity=velocity, rate=1000.0), node


@pytest.mark.parametrize(
    ("velocity", "moving", "resting"), [(False, [0.02, 1.0], [0.025, 1.0]), (True, [0.2, -0.2], [0.0, 0.0])]
)
def test_samples_follow_the_window_rest_at_its_end_and_then_fall_silent(velocity, moving, resting):
    driver, node = make(velocity)
    driver.send(WINDOW)
    np.testing.assert_allclose(node.publisher.messages[-1].data, moving)
    node.now = 10.3
    node.tick()
    np.testing.assert_allclose(node.publisher.messages[-1].data, resting)
    node.now = 11.0
    node.tick()
    np.testing.assert_allclose(node.publisher.messages[-1].data, resting)
    count = len(node.publisher.messages)
    node.tick()
    assert len(node.publisher.messages) == count
    assert "silent" in driver.outcome


@pytest.mark.parametrize(("velocity", "resting"), [(False, [0.025, 1.0]), (True, [0.0, 0.0])])
def test_a_bridge_that_was_blocked_beyond_the_end_tells_the_rest_once(velocity, resting):
    driver, node = make(velocity)
    driver.send(WINDOW)
    count = len(node.publisher.messages)
    node.now = 11.0
    node.tick()
    np.testing.assert_allclose(node.publisher.messages[-1].data, resting)
    node.tick()
    assert len(node.publisher.messages) == count + 1


def test_a_brake_under_way_is_carried_to_its_end_before_leaving():
    driver, node = make(velocity=True)
    driver.send(WINDOW)
    driver.close()
    speeds = np.array([message.data for message in node.publisher.messages])
    assert len(speeds) > 5
    assert np.all(np.diff(np.abs(speeds[:, 0])) <= 1e-9)
    np.testing.assert_allclose(speeds[-1], 0.0)


def test_nothing_is_sent_before_the_first_window():
    driver, node = make(velocity=False)
    node.tick()
    driver.close()
    assert node.publisher.messages == []
