"""Waits until a graph has the topics and services wanted, and prints those that did not come, as JSON."""

import json
import sys
import time

import rclpy
from rclpy.node import Node


def names_and_types(node: Node) -> dict[str, str]:
    """Every topic with a publisher or subscription, every service and every action, with its type."""
    found = {}
    for names in (node.get_topic_names_and_types(), node.get_service_names_and_types()):
        found.update({name: types[0] for name, types in names})
    return found


def main() -> None:
    wanted, patience = json.loads(sys.argv[1]), float(sys.argv[2])
    rclpy.init()
    node = Node("graph_probe")
    deadline = time.monotonic() + patience
    missing = dict(wanted)
    while missing and time.monotonic() < deadline:
        rclpy.spin_once(node, timeout_sec=0.1)
        found = names_and_types(node)
        missing = {name: kind for name, kind in wanted.items() if found.get(name) != kind}
    print(json.dumps(missing))
    node.destroy_node()
    rclpy.shutdown()


if __name__ == "__main__":
    main()
