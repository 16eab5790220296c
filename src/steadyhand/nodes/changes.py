"""Which parameters may change while a node runs, when, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter


@dataclass(frozen=True)
class _Rule:
    apply: Callable[[Any], None]
    refusal: Callable[[], str]
    choices: tuple[str, ...]


class Changes:
    """Judges new values of parameters that were declared with ``read_only=False``, and hands on those that pass.

    A value is refused with a reason, never put off: what ``ros2 param get`` shows is in force.

    Args:
        node: The node that owns the parameters.
    """

    def __init__(self, node: Node) -> None:
        self._rules: dict[str, _Rule] = {}
        node.add_on_set_parameters_callback(self._judge)
        node.add_post_set_parameters_callback(self._apply)

    def let(
        self,
        name: str,
        apply: Callable[[Any], None],
        refusal: Callable[[], str] = lambda: "",
        choices: tuple[str, ...] = (),
    ) -> None:
        """Let a parameter change.

        Args:
            name: Its name.
            apply: Called with each new value that passes.
            refusal: Why it may not change now, empty where it may.
            choices: The only values allowed, for texts: a descriptor cannot enforce them.
        """
        self._rules[name] = _Rule(apply, refusal, choices)

    def _judge(self, parameters: list[Parameter]) -> SetParametersResult:
        for parameter in parameters:
            rule = self._rules.get(parameter.name)
            if rule is None:
                continue
            reason = rule.refusal()
            if not reason and rule.choices and parameter.value not in rule.choices:
                reason = f"'{parameter.value}' is not offered; choose one of {', '.join(rule.choices)}"
            if reason:
                return SetParametersResult(successful=False, reason=f"{parameter.name}: {reason}")
        return SetParametersResult(successful=True)

    def _apply(self, parameters: list[Parameter]) -> None:
        for parameter in parameters:
            rule = self._rules.get(parameter.name)
            if rule is not None:
                rule.apply(parameter.value)
