"""What was measured of the machine that the doctor runs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RosProcess:
    """A ROS program that runs on this machine under the same user.

    Attributes:
        pid: Its number.
        command: What was started, shortened.
        domain: Its ROS_DOMAIN_ID.
        rmw: Its RMW_IMPLEMENTATION, empty for the default.
    """

    pid: int
    command: str
    domain: str = "0"
    rmw: str = ""


@dataclass(frozen=True)
class EntryPoint:
    """An executable of ours.

    Attributes:
        path: Where it lies.
        executable: Whether it may be run.
        python: The interpreter that it starts.
        version: That interpreter's version such as ``3.12``, empty where it does not run.
    """

    path: str
    executable: bool
    python: str
    version: str


@dataclass(frozen=True)
class Machine:
    """The machine.

    Attributes:
        python: Version of this interpreter, such as ``3.12``.
        interpreter: Its path.
        ros_distribution: ROS_DISTRO, empty where none is sourced.
        ros_error: Why rclpy cannot be imported, empty where it can.
        rclpy_python: Version that rclpy's binary is made for, empty where there is none.
        domain: ROS_DOMAIN_ID.
        rmw: The RMW in use, or asked for.
        discovery: LOCALHOST where the environment keeps discovery to this machine.
        transports: Names of the environment's variables that tune Fast DDS.
        processes: ROS programs of the same user.
        entry_points: Executables of ours by name.
        missing: Modules that cannot be found, of those that may be asked for.
        numpy: Version of NumPy.
        cv_bridge: ``absent``, ``works``, or why it cannot be imported.
        memory_size: Size of /dev/shm [bytes]; negative where there is none.
        memory_free: What is free of it [bytes].
        memory_writable: Whether files can be made there.
        memory_foreign: Segments of Fast DDS there that belong to other users.
        disk_free: Free in the working folder [bytes].
        folder: The working folder.
        cores: Usable cores.
        load: Processes that want to run, mean of a minute.
        rt_priority: Highest real-time priority that a program may have, 0 for none.
    """

    python: str = ""
    interpreter: str = ""
    ros_distribution: str = ""
    ros_error: str = ""
    rclpy_python: str = ""
    domain: str = "0"
    rmw: str = "rmw_fastrtps_cpp"
    discovery: str = ""
    transports: tuple[str, ...] = ()
    processes: tuple[RosProcess, ...] = ()
    entry_points: Mapping[str, EntryPoint] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    numpy: str = ""
    cv_bridge: str = "absent"
    memory_size: int = 1 << 33
    memory_free: int = 1 << 32
    memory_writable: bool = True
    memory_foreign: int = 0
    disk_free: int = 1 << 40
    folder: str = "."
    cores: int = 8
    load: float = 0.0
    rt_priority: int = 99
