"""How long an episode waits for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EpisodeLimits:
    """How long an episode waits, in seconds, on the clock that is named.

    Attributes:
        answer: For the answer to one command; steady clock.
        ready: For policy, bridge and success source to become ready to begin; steady clock.
        start: For the start pose; ROS clock.
        hold: With the arm held, before it is given up; ROS clock.
        silence: Without a report of the bridge, or a heartbeat of the policy; steady clock.
        rest: For the arm to come to rest at the end; steady clock.
    """

    answer: float = 3.0
    ready: float = 10.0
    start: float = 20.0
    hold: float = 10.0
    silence: float = 3.0
    rest: float = 5.0
