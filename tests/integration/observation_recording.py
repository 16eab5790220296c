"""What a policy node hears and says, recorded as it comes from the wire."""

from __future__ import annotations

from pathlib import Path

INTERFACES = Path(__file__).parents[2] / "msg"


def record(client, topics):
    """Record topics, given as name to type and QoS; what comes is in the list that is returned."""
    taken = []
    for topic, (kind, qos) in topics.items():
        name = f"{kind.__module__.split('.')[0]}/msg/{kind.__name__}"
        client.node.create_subscription(
            kind, topic, lambda data, topic=topic, name=name: taken.append((topic, name, data)), qos, raw=True
        )
    return taken


def write(path, taken):
    """Write what was recorded as a bag."""
    from rosbags.rosbag2 import StoragePlugin, Writer
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store = get_typestore(Stores.ROS2_JAZZY)
    for name in ("InputStamp", "ActionChunk"):
        store.register(get_types_from_msg((INTERFACES / f"{name}.msg").read_text(), f"steadyhand/msg/{name}"))
    with Writer(path, version=9, storage_plugin=StoragePlugin.MCAP) as writer:
        connections = {}
        for index, (topic, name, data) in enumerate(taken):
            if topic not in connections:
                connections[topic] = writer.add_connection(topic, name, typestore=store)
            writer.write(connections[topic], index, bytes(data))
