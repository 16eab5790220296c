"""DDS transports that carry camera images between the processes of one machine."""

from __future__ import annotations

import os

from steadyhand.profiles.resources import resource

PROFILE = "config/fastdds.xml"
"""Fast DDS: shared memory with room for whole images, and discovery over UDP."""

BEFORE_FAST_DDS_3 = ("humble", "iron", "jazzy")
"""Distributions that name the variable of the profile otherwise."""


def tuned_environment() -> dict[str, str]:
    """Return the environment variables for processes that exchange images on one machine.

    By default, Fast DDS loses nearly all best-effort images of 640 x 480 between two processes. With these variables
    they arrive, and programs that are started without them hear the graph all the same. On a robot the environment is
    inherited.

    Fast DDS's own answer, ``FASTDDS_BUILTIN_TRANSPORTS=LARGE_DATA``, carries an image in half the time, and stands
    where a user has set it. It exchanges what processes publish over TCP, though, and before Fast DDS 3.2.4 a process
    that leaves may wait for ever for such a connection to end.

    A discovery range of LOCALHOST, which a user may have set, would make rmw_fastrtps put transports of its own in the
    place of these, and a third of the images would be lost. What keeps a graph to itself is its domain.

    Raises:
        ResourceNotFoundError: The installation lacks the profile.
    """
    own = {"ROS_AUTOMATIC_DISCOVERY_RANGE": "SUBNET", "ROS_LOCALHOST_ONLY": "0"}
    if os.environ.get("FASTDDS_BUILTIN_TRANSPORTS"):
        return own
    # Fast DDS 3, from Kilted on, complains about the old name.
    generation = "FASTRTPS" if os.environ.get("ROS_DISTRO") in BEFORE_FAST_DDS_3 else "FASTDDS"
    return {f"{generation}_DEFAULT_PROFILES_FILE": str(resource(PROFILE)), **own}
