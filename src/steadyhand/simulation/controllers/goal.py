"""Goals of an action, from acceptance to their outcome."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

from steadyhand.simulation.controllers.exceptions import ControllerError

ResultT = TypeVar("ResultT")


class GoalStatus(Enum):
    """How far a goal has come."""

    ACTIVE = "active"
    SUCCEEDED = "succeeded"
    ABORTED = "aborted"
    CANCELED = "canceled"


class Goal(Generic[ResultT]):
    """One accepted goal.

    Attributes:
        status: How far it has come.
        result: What the client is told, None while active.
        on_finish: Called once with the goal when it is no longer active; it must not call the controller.
    """

    def __init__(self, on_finish: Callable[[Goal[ResultT]], None] | None = None) -> None:
        self.status = GoalStatus.ACTIVE
        self.result: ResultT | None = None
        self.on_finish = on_finish

    @property
    def active(self) -> bool:
        """True until the goal has an outcome."""
        return self.status is GoalStatus.ACTIVE

    def finish(self, status: GoalStatus, result: ResultT) -> None:
        """Give the goal its outcome.

        Raises:
            ControllerError: It has one already, or ``status`` is not an outcome.
        """
        if not self.active or status is GoalStatus.ACTIVE:
            raise ControllerError(f"a goal that is {self.status.value} cannot become {status.value}; finish it once")
        self.status = status
        self.result = result
        if self.on_finish is not None:
            self.on_finish(self)
