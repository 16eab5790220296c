"""Several arms that move as one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from steadyhand.drivers.arm import ArmDriver
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reference import Reference


class SeveralArms:
    """Splits each window by joints and hands every arm its part, with the same times and so the same stamp.

    What stops one stops all: they share one reference, and a fault of any is the fault of all.

    Args:
        arms: By name, what moves each arm, and where its joints stand in the reference, shape (k,).
    """

    def __init__(self, arms: Mapping[str, tuple[ArmDriver, NDArray[np.intp]]]) -> None:
        self._arms = dict(arms)

    @property
    def connected(self) -> bool:
        """True while whatever takes the motion of every arm is there and ready."""
        return all(driver.connected for driver, _ in self._arms.values())

    @property
    def command_topics(self) -> tuple[str, ...]:
        """Those of every arm."""
        return tuple(topic for driver, _ in self._arms.values() for topic in driver.command_topics)

    @property
    def refusal(self) -> RefusedError | None:
        """Why no episode can begin now, None where one can."""
        refusals = {name: driver.refusal for name, (driver, _) in self._arms.items()}
        for name, refusal in refusals.items():
            if refusal is not None:
                return RefusedError(refusal.reason, f"arm {name}: {refusal}")
        return None

    @property
    def outcome(self) -> str:
        """What each arm's said last, for diagnostics."""
        return "; ".join(f"{name}: {driver.outcome}" for name, (driver, _) in self._arms.items())

    def take_fault(self) -> RefusedError | None:
        """Return, once, why an arm no longer does what it was told; None where all do."""
        faults = {name: driver.take_fault() for name, (driver, _) in self._arms.items()}
        for name, fault in faults.items():
            if fault is not None:
                return RefusedError(fault.reason, f"arm {name}: {fault}")
        return None

    def send(self, window: Reference) -> None:
        """Replace what was handed over before by a window: every arm gets its joints of it."""
        for driver, columns in self._arms.values():
            driver.send(window.of_joints(columns))

    def close(self) -> None:
        """Give up every connection."""
        for driver, _ in self._arms.values():
            driver.close()
