"""What the doctor hears: stamps are read from serialised messages, and missing durations are endless."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pytest

pytest.importorskip("rclpy")

from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image, JointState

from steadyhand.doctor.needs import JOINTS
from steadyhand.nodes.conversions import to_time
from steadyhand.nodes.ear import Ear
from steadyhand.nodes.endpoints import qos_of, topics_of


def ear(now=lambda received: received):
    node = SimpleNamespace(create_subscription=lambda *_arguments, **_options: None)
    return Ear(node, (JOINTS, JointState), "/joint_states", QoSProfile(depth=1), now, stamped=True, kept=2)


def states(stamp):
    message = JointState(name=["a"], position=[stamp])
    message.header.stamp = to_time(stamp)
    return serialize_message(message)


def test_stamps_and_ages_are_read_without_reading_the_messages():
    heard = ear()
    for stamp in (10.0, 10.25, 10.5):
        heard._hear(states(stamp), {"received_timestamp": int((stamp + 0.125) * 1e9)})
    assert heard.stream.stamps == pytest.approx((10.0, 10.25, 10.5))
    assert heard.stream.ages == pytest.approx((0.125, 0.125, 0.125))
    assert [message.position[0] for message in heard.messages] == [10.25, 10.5]


def test_nothing_is_kept_before_simulated_time_is_known():
    heard = ear(lambda _received: None)
    heard._hear(states(1.0), {"received_timestamp": 0})
    assert heard.stream.arrivals == ()


def test_a_stamp_is_the_first_of_every_stamped_message():
    message = Image(width=2, height=1)
    message.header.frame_id = "camera"
    message.header.stamp = to_time(123.5)
    heard = ear()
    heard._hear(serialize_message(message), {"received_timestamp": 0})
    assert heard.stream.stamps == (123.5,)


def test_what_decides_over_matching_is_read_from_a_profile():
    assert qos_of(QoSProfile(depth=1)).deadline == math.inf
    qos = qos_of(
        QoSProfile(
            depth=1,
            reliability=ReliabilityPolicy.BEST_EFFORT,
            durability=DurabilityPolicy.TRANSIENT_LOCAL,
            liveliness=LivelinessPolicy.MANUAL_BY_TOPIC,
            deadline=Duration(seconds=0.5),
            liveliness_lease_duration=Duration(seconds=2.0),
        )
    )
    assert (qos.reliability, qos.durability, qos.liveliness) == ("best_effort", "transient_local", "manual_by_topic")
    assert (qos.deadline, qos.lease) == (0.5, 2.0)


def endpoint(name, namespace="/"):
    return SimpleNamespace(node_name=name, node_namespace=namespace, topic_type="T", qos_profile=QoSProfile(depth=1))


def test_whoever_publishes_is_told_but_for_the_one_that_looks():
    infos = [endpoint("bridge", "/cell"), endpoint("_ros2cli_7"), endpoint("_NODE_NAME_UNKNOWN_", ""), endpoint("_me")]
    node = SimpleNamespace(
        get_name=lambda: "_me",
        get_topic_names_and_types=lambda: [("/commands", ["T"])],
        get_publishers_info_by_topic=lambda _topic: infos,
        get_subscriptions_info_by_topic=lambda _topic: [endpoint("_me")],
    )
    (topic,) = topics_of(node, frozenset({"/cell/bridge"}), lambda _topic: "the policy").values()
    assert [(one.node, one.ours) for one in topic.publishers] == [
        ("/cell/bridge", True),
        ("/_ros2cli_7", False),
        ("a program that is no ROS node", False),
    ]
    assert [(one.node, one.ours) for one in topic.subscriptions] == [("the policy", True)]
