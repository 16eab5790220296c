"""Tasks by name."""

from __future__ import annotations

from collections.abc import Callable

from steadyhand.simulation.exceptions import TaskError
from steadyhand.simulation.tasks.pick import Pick
from steadyhand.simulation.tasks.task import Task

TASKS: dict[str, Callable[[], Task]] = {Pick.name: Pick}


def make_task(name: str) -> Task:
    """Makes a task.

    Args:
        name: A key of ``TASKS``.

    Raises:
        TaskError: There is no such task.
    """
    if name not in TASKS:
        raise TaskError(f"no task named {name!r}. Tasks: {', '.join(TASKS)}.")
    return TASKS[name]()
