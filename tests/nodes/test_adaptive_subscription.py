"""Subscriptions follow the quality of service of whoever publishes."""

import time

import pytest

pytest.importorskip("rclpy")

from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image

from steadyhand.nodes.adaptive_subscription import AdaptiveSubscription, in_words, matching
from steadyhand.nodes.qos import IMAGES

R, D = ReliabilityPolicy, DurabilityPolicy
PATIENCE = 20.0


def offer(reliability, durability=D.VOLATILE):
    return QoSProfile(depth=3, reliability=reliability, durability=durability)


@pytest.mark.parametrize(
    ("offers", "subscribed"),
    [
        ([], "best effort, volatile"),
        ([offer(R.BEST_EFFORT)], "best effort, volatile"),
        ([offer(R.RELIABLE)], "reliable, volatile"),
        ([offer(R.RELIABLE, D.TRANSIENT_LOCAL)], "reliable, transient local"),
        ([offer(R.RELIABLE), offer(R.BEST_EFFORT)], "best effort, volatile"),
        ([offer(R.RELIABLE), offer(R.RELIABLE, D.TRANSIENT_LOCAL)], "reliable, volatile"),
    ],
)
def test_the_most_that_all_publishers_offer_is_taken(offers, subscribed):
    qos = matching(IMAGES, offers)
    assert in_words(qos) == subscribed
    assert qos.depth == IMAGES.depth


class Stage:
    """A driver and a listener in one context."""

    def __init__(self, context):
        options = {"context": context, "start_parameter_services": False, "enable_rosout": False}
        self.driver = Node("driver", namespace="/cam", **options)
        self.listener = Node("listener", **options)
        self.received = []
        self.stream = AdaptiveSubscription(self.listener, Image, "/cam/image_raw", self.received.append, IMAGES)
        self._executor = SingleThreadedExecutor(context=context)
        self._executor.add_node(self.listener)

    def until(self, condition, act=lambda: None):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, (self.stream.quality, self.stream.complaint)
            act()
            self._executor.spin_once(timeout_sec=0.01)

    def until_received(self, publisher):
        seen = len(self.received)
        self.until(lambda: len(self.received) > seen, lambda: publisher.publish(Image()))

    def close(self):
        self._executor.shutdown()
        for node in (self.driver, self.listener):
            node.destroy_node()


@pytest.fixture
def stage(context):
    stage = Stage(context)
    yield stage
    stage.close()


def test_a_driver_that_changes_from_reliable_to_best_effort_is_followed(stage):
    assert stage.stream.quality == "best effort, volatile"
    reliable = stage.driver.create_publisher(Image, "/cam/image_raw", offer(R.RELIABLE))
    stage.until(lambda: stage.stream.quality == "reliable, volatile", stage.stream.look_around)
    stage.until_received(reliable)
    stage.driver.destroy_publisher(reliable)
    stage.stream.look_around()
    assert stage.stream.quality == "reliable, volatile", "nobody is there: nothing changes"

    lossy = stage.driver.create_publisher(Image, "/cam/image_raw", offer(R.BEST_EFFORT))
    stage.until(lambda: "too little reliability" in stage.stream.complaint)
    stage.until(lambda: stage.stream.quality == "best effort, volatile", stage.stream.look_around)
    assert stage.stream.complaint == ""
    stage.until_received(lossy)
