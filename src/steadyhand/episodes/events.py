"""What an episode is told, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from steadyhand.execution.reasons import Reason, Recovery


@dataclass(frozen=True)
class Instant:
    """One moment on both clocks.

    Attributes:
        ros: ROS clock [s]: durations, as the robot and its data count them.
        steady: Steady clock [s]: deadlines and liveness.
    """

    ros: float
    steady: float


class Command(Enum):
    """What an episode asks of the others; each is answered with an `Answer`."""

    CHECK_SOURCE = "ask the success source whether it knows the instruction"
    OPEN_POLICY = "open the episode at the policy node"
    OPEN_BRIDGE = "open the episode at the bridge, which moves to the start pose"
    RUN_BRIDGE = "let the bridge execute chunks"
    RUN_POLICY = "let the policy infer"
    END_BRIDGE = "close the episode at the bridge, which brakes"
    END_POLICY = "close the episode at the policy node"


@dataclass(frozen=True)
class Answer:
    """The answer to a command.

    Attributes:
        accepted: Whether it was done.
        code: Reason code where not.
        message: The same for a person.
    """

    accepted: bool
    code: str = ""
    message: str = ""


class BridgeState(Enum):
    """What the bridge is doing."""

    INACTIVE = "inactive"
    HELD = "held"
    STARTING = "starting"
    RUNNING = "running"
    BRAKING = "braking"

    @property
    def resting(self) -> bool:
        """True where nothing is commanded to move."""
        return self in (BridgeState.INACTIVE, BridgeState.HELD)


@dataclass(frozen=True)
class BridgeReport:
    """What the bridge reports of itself.

    Attributes:
        stamp: Time of the report, ROS clock [s].
        episode_id: Episode that is open there, empty where none is.
        state: What it is doing.
        hold_code: Why it brakes or is held, empty while it moves freely.
        hold_message: The same for a person.
        chunk: Sequence of the newest chunk in the reference, None before the first.
    """

    stamp: float
    episode_id: str
    state: BridgeState
    hold_code: str = ""
    hold_message: str = ""
    chunk: int | None = None

    @property
    def needs_goal(self) -> bool:
        """True where only a new goal lets the arm move again."""
        return any(reason.value == self.hold_code and reason.recovery is Recovery.GOAL for reason in Reason)


class Verdict(Enum):
    """What a success source says."""

    OPEN = "not carried out yet"
    SUCCESS = "carried out"
    FAILURE = "it can no longer be carried out"
