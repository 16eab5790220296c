"""Which programs the system runs first: commands to an arm must not wait for whatever else computes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from steadyhand.execution.exceptions import SchedulingError

Scheduling = Literal["fifo", "nice", "ordinary"]

FIFO = 40
"""Real-time priority: below that of ros2_control's controller manager, 50, above every ordinary program."""

_NICE = -10


def reschedule(scheduling: Scheduling) -> None:
    """Give every thread of this process, and those that they will start, another place among what wants to run.

    Args:
        scheduling: ``fifo``, the real-time class; ``nice`` -10, more often than others; ``ordinary``, as it is.

    Raises:
        SchedulingError: This user, or this system, may not.
    """
    if scheduling == "ordinary":
        return
    try:
        for thread in [int(task.name) for task in Path("/proc/self/task").iterdir()]:
            if scheduling == "nice":
                os.setpriority(os.PRIO_PROCESS, thread, _NICE)
            else:
                os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(FIFO))
    except OSError as error:
        raise SchedulingError(
            f"scheduling '{scheduling}' is not permitted here ({error.strerror}): allow it with 'rtprio 50' and "
            "'nice -10' for your user in /etc/security/limits.conf, in a container with --cap-add SYS_NICE"
        ) from error
