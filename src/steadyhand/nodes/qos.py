"""Qualities of service of the topics, one for each kind of stream."""

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

IMAGES = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
"""Camera images: a late image is worth nothing."""

JOINT_STATES = QoSProfile(depth=50, reliability=ReliabilityPolicy.BEST_EFFORT)
"""Subscriptions to joint states: matches reliable and best-effort drivers alike."""

CHUNKS = QoSProfile(depth=5, reliability=ReliabilityPolicy.RELIABLE)
"""Action chunks."""

EXECUTION_STATE = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)
"""Reports of the bridge."""

HEARTBEAT = QoSProfile(depth=5, reliability=ReliabilityPolicy.RELIABLE)
"""Heartbeats."""

DIAGNOSTICS = QoSProfile(depth=10, reliability=ReliabilityPolicy.RELIABLE)
"""Diagnostics, as robot monitors expect them."""

LATCHED = QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE, durability=DurabilityPolicy.TRANSIENT_LOCAL)
"""Reports whose newest value late subscribers get too."""
