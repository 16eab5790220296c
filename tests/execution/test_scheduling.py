"""Places among other programs, taken by processes of their own."""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

from steadyhand.execution.exceptions import SchedulingError
from steadyhand.execution.scheduling import reschedule

# Of the tests themselves.
_CLASS, _NICENESS = os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)
_PLACES = """
import os, threading
from pathlib import Path
from steadyhand.execution.exceptions import SchedulingError
from steadyhand.execution.scheduling import reschedule
waiting = threading.Event()
threading.Thread(target=waiting.wait, daemon=True).start()
try:
    reschedule({scheduling!r})
    threads = [int(task.name) for task in Path("/proc/self/task").iterdir()]
    print(*sorted({{(os.sched_getscheduler(t), os.getpriority(os.PRIO_PROCESS, t)) for t in threads}}))
except SchedulingError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("scheduling", "place"),
    [
        ("fifo", f"({os.SCHED_FIFO}, {_NICENESS})"),
        ("nice", f"({_CLASS}, -10)"),
        ("ordinary", f"({_CLASS}, {_NICENESS})"),
    ],
)
def test_every_thread_takes_the_place_or_the_remedy_is_named(scheduling: str, place: str) -> None:
    command = [sys.executable, "-c", _PLACES.format(scheduling=scheduling)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert said == place or "limits.conf" in said


def test_what_is_not_permitted_is_said_with_what_permits_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_arguments: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "setpriority", forbidden)
    with pytest.raises(SchedulingError, match=r"not permitted here .*limits\.conf.*SYS_NICE"):
        reschedule("nice")
