"""What a live robot says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LiveController:
    """A controller that was found.

    Attributes:
        name: The namespace of its topics and actions, without a slash before it.
        driver: The word for it in profiles, such as ``joint_trajectory`` or ``gripper_command``.
        joints: Joints that it commands, in its order; empty where it does not say.
    """

    name: str
    driver: str
    joints: tuple[str, ...] = ()


@dataclass(frozen=True)
class LiveCamera:
    """A camera whose images and camera_info were found; numbers are 0 where they could not be learnt."""

    topic: str
    frame: str = ""
    width: int = 0
    height: int = 0
    rate: float = 0.0


@dataclass(frozen=True)
class LiveRobot:
    """A robot as its graph shows it.

    Attributes:
        urdf: The description, URDF text.
        srdf: The semantic description, empty where none is published.
        controllers: Controllers that were found.
        joint_topic: Topic of its joint states, empty where none came.
        joint_rate: Their rate, 0 where it could not be measured [Hz].
        positions: Measured positions by joint [rad or m].
        cameras: Cameras that were found.
    """

    urdf: str
    srdf: str = ""
    controllers: tuple[LiveController, ...] = ()
    joint_topic: str = ""
    joint_rate: float = 0.0
    positions: dict[str, float] = field(default_factory=dict)
    cameras: tuple[LiveCamera, ...] = ()
