"""DDS transports that carry camera images between the processes of one machine."""

from __future__ import annotations

import os

from steadyhand.profiles.resources import resource

TRANSPORTS = "LARGE_DATA?max_msg_size=4MB&sockets_size=4MB&non_blocking=true&tcp_negotiation_timeout=50"
"""Fast DDS: data over shared memory, with room for a whole image in one message."""

PROFILE = "config/fastdds.xml"
"""Fast DDS: what makes discovery reliable with these transports."""


BEFORE_FAST_DDS_3 = ("humble", "iron", "jazzy")
"""Distributions that name the variable of the profile otherwise."""


def tuned_environment() -> dict[str, str]:
    """Return the environment variables for processes that exchange images on one machine.

    By default, Fast DDS loses nearly all best-effort images of 640 x 480 between two processes. Every process of the
    graph has to be started with these variables: one that has them does not hear one that has not. So they are for
    graphs that are started whole; on a robot the environment is inherited.

    A discovery range of LOCALHOST, which a user may have set, would make rmw_fastrtps put transports of its own in the
    place of these, and a third of the images would be lost. What keeps a graph to itself is its domain.

    Raises:
        ResourceNotFoundError: The installation lacks the profile.
    """
    # Fast DDS 3, from Kilted on, complains about the old name.
    generation = "FASTRTPS" if os.environ.get("ROS_DISTRO") in BEFORE_FAST_DDS_3 else "FASTDDS"
    return {
        "FASTDDS_BUILTIN_TRANSPORTS": TRANSPORTS,
        f"{generation}_DEFAULT_PROFILES_FILE": str(resource(PROFILE)),
        "ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET",
        "ROS_LOCALHOST_ONLY": "0",
    }
