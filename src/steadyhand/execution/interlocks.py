"""Interlocks: what the robot's safety system and the operator's hand say about moving at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason


@dataclass(frozen=True)
class InterlockLimits:
    """Longest silences on the steady clock [s].

    Attributes:
        safety: Of each signal of the safety system by name; None for one that is published on change only.
        enable: Of the operator's enable signal, None where there is none.
    """

    safety: Mapping[str, float | None] = field(default_factory=dict)
    enable: float | None = None


@dataclass
class _Signal:
    """What was heard last: when on the steady clock [s], and why the robot stands, empty where it may move."""

    heard: float | None = None
    stop: str = ""


class Interlocks:
    """Remembers what safety system and operator said last, and refuses motion without their consent."""

    def __init__(self, limits: InterlockLimits) -> None:
        self._limits = limits
        self.clear()

    def clear(self) -> None:
        """Forget what ages. What is published on change only, and was heard, still holds."""
        before: dict[str, _Signal] = getattr(self, "_safety", {})
        self._safety = {
            name: before[name] if age is None and name in before else _Signal()
            for name, age in self._limits.safety.items()
        }
        self._enable: float | None = None
        self._enabled = False

    @property
    def stopped(self) -> bool:
        """True while the robot says that it stands by itself."""
        return any(signal.stop for signal in self._safety.values())

    def hear_safety(self, name: str, steady: float, stop: str) -> None:
        """Take what a signal says at receipt: why the robot stands, empty where it may move."""
        self._safety[name] = _Signal(steady, stop)

    def lose_safety(self, name: str) -> None:
        """Take note that nobody publishes a signal any longer; a stop that it told of still holds."""
        self._safety[name].heard = None

    def hear_enable(self, steady: float, enabled: bool) -> None:
        """Take the operator's enable signal at receipt."""
        self._enable, self._enabled = steady, enabled

    def check(self, steady: float) -> None:
        """Check every signal, the gravest first.

        Raises:
            RefusedError: The robot has stopped itself, or consent is missing, withdrawn or too old.
        """
        for name, signal in self._safety.items():
            if signal.stop:
                raise RefusedError(Reason.PROTECTIVE_STOP, f"safety state '{name}': {signal.stop}")
        for name, limit in self._limits.safety.items():
            heard = self._safety[name].heard
            if heard is None:
                raise RefusedError(Reason.SAFETY_STATE_STALE, f"safety state '{name}': nobody publishes it")
            if limit is not None and not steady - heard <= limit:
                raise RefusedError(
                    Reason.SAFETY_STATE_STALE,
                    f"safety state '{name}' is {steady - heard:.2f} s old, limit {limit:g} s",
                )
        self._check_enable(steady)

    def _check_enable(self, steady: float) -> None:
        limit = self._limits.enable
        if limit is None:
            return
        if self._enable is None:
            raise RefusedError(Reason.ENABLE_ABSENT, "no enable signal has come")
        if not steady - self._enable <= limit:
            raise RefusedError(
                Reason.ENABLE_ABSENT, f"the enable signal is {steady - self._enable:.2f} s old, limit {limit:g} s"
            )
        if not self._enabled:
            raise RefusedError(Reason.ENABLE_LOST, "the enable signal says no")
