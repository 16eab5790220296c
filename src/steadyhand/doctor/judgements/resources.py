"""Is there enough memory, disk and processor?"""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.machine import Machine
from steadyhand.doctor.survey import Survey
from steadyhand.profiles.contract import Contract

_MEMORY = 128 << 20  # Fast DDS keeps one segment for each process; ours are of 8 MiB
_DISK = 5 << 30
_CORES = 4
_BUSY = 0.9
_SHARED = "/dev/shm"


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:  # noqa: ARG001
    """Yield what the machine is short of."""
    machine = survey.machine
    yield from _memory(machine)
    if machine.discovery == "LOCALHOST" and "fastrtps" in machine.rmw:
        yield Finding(
            Code.DISCOVERY_LOCALHOST,
            "ROS_AUTOMATIC_DISCOVERY_RANGE",
            "discovery is kept to this machine, by which Fast DDS takes transports of its own: many images get lost",
            "Set ROS_AUTOMATIC_DISCOVERY_RANGE=SUBNET (unset ROS_LOCALHOST_ONLY); a ROS_DOMAIN_ID of your own keeps "
            "the graph to itself.",
            machine.discovery,
        )
    if machine.disk_free < _DISK:
        yield Finding(
            Code.DISK_LOW,
            machine.folder,
            f"{machine.disk_free / (1 << 30):.1f} GiB are free: two raw cameras fill a GiB in 20 s",
            "Record elsewhere, record compressed images, or make room.",
            machine.disk_free,
        )
    if machine.cores < _CORES:
        yield Finding(
            Code.CPU_FEW,
            "CPU",
            f"{machine.cores} cores for cameras, controllers, policy and bridge",
            "Compute the policy on another machine, or measure here: steadyhand bench jitter.",
            machine.cores,
        )
    if machine.load > _BUSY * machine.cores:
        yield Finding(
            Code.CPU_BUSY,
            "CPU",
            f"{machine.load:.1f} processes want to run on {machine.cores} cores (mean of the last minute)",
            "End what is not needed (top); a busy machine makes windows late, and the arm brakes.",
            machine.load,
        )
    if machine.rt_priority < 1:
        yield Finding(
            Code.RT_PRIORITY,
            "rtprio",
            "this user may not ask for real-time priority: bridge and controller manager wait behind ordinary programs",
            "Add '@realtime - rtprio 99' to /etc/security/limits.conf, put the user into the group realtime, and log "
            "in again.",
            machine.rt_priority,
        )


def _memory(machine: Machine) -> Iterator[Finding]:
    if "fastrtps" not in machine.rmw:
        return
    if machine.memory_size < 0 or not machine.memory_writable:
        yield Finding(
            Code.SHARED_MEMORY,
            _SHARED,
            "there is none, or this user may not write there: Fast DDS falls back to UDP, which loses images",
            "Mount a tmpfs there with mode 1777; in a container: --ipc=host.",
        )
    elif machine.memory_free < _MEMORY:
        yield Finding(
            Code.SHARED_MEMORY,
            _SHARED,
            f"{machine.memory_free / (1 << 20):.0f} of {machine.memory_size / (1 << 20):.0f} MiB are free",
            "In a container: --shm-size=1g or --ipc=host. Else remove what crashed programs left: fastdds shm clean",
            machine.memory_free,
        )
    if machine.memory_foreign:
        yield Finding(
            Code.SHARED_MEMORY_FOREIGN,
            _SHARED,
            f"{machine.memory_foreign} segments of Fast DDS belong to another user: programs of two users meet and "
            "hear nothing of each other",
            "Run all programs of a graph as the same user (in a container as well), or without shared memory: "
            "FASTDDS_BUILTIN_TRANSPORTS=UDPv4.",
            machine.memory_foreign,
        )
