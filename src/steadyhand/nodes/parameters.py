"""Node parameters, each declared with a description, a range or choices, and whether it may change."""

from __future__ import annotations

from typing import Any, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.exceptions import InvalidParameterTypeException, InvalidParameterValueException
from rclpy.node import Node

from steadyhand.nodes.exceptions import ParameterError

Value = TypeVar("Value", bool, int, float, str, list[str])


def declare(
    node: Node,
    name: str,
    default: Value,
    description: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    read_only: bool = True,
) -> Value:
    """Declare a parameter and return its value.

    Args:
        node: The node that owns the parameter.
        name: Name of the parameter.
        default: Value where nobody sets one; its type is the parameter's type.
        description: What the parameter means, with its unit.
        low: Smallest value allowed, with ``high``.
        high: Largest value allowed, with ``low``.
        choices: The only values allowed, for texts.
        read_only: False where it may be set while the node runs.

    Raises:
        ParameterError: The value given from outside has another type, lies outside of the range or is no choice.
    """
    descriptor = ParameterDescriptor(description=description, read_only=read_only)
    if choices:
        descriptor.additional_constraints = "one of: " + ", ".join(choices)
    if low is not None and high is not None:
        if isinstance(default, float):
            descriptor.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
        else:
            descriptor.integer_range = [IntegerRange(from_value=int(low), to_value=int(high))]
    try:
        value: Any = node.declare_parameter(name, default, descriptor).value
    except (InvalidParameterTypeException, InvalidParameterValueException) as error:
        message = f"parameter '{name}' of node '{node.get_name()}' ({description}): {error}"
        raise ParameterError(message) from error
    if choices and value not in choices:
        message = f"parameter '{name}' of node '{node.get_name()}' is '{value}'; choose one of {', '.join(choices)}"
        raise ParameterError(message)
    return value  # type: ignore[no-any-return]
