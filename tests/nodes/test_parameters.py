from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("rclpy")

from rclpy.node import Node
from rclpy.parameter import Parameter

from steadyhand.nodes.exceptions import ParameterError
from steadyhand.nodes.parameters import declare


@pytest.fixture
def make(context: Any) -> Iterator[Callable[..., Node]]:
    nodes = []

    def node(**overrides: object) -> Node:
        parameters = [Parameter(name, value=value) for name, value in overrides.items()]
        nodes.append(Node("declaring", context=context, parameter_overrides=parameters))
        return nodes[-1]

    yield node
    for made in nodes:
        made.destroy_node()


def test_a_parameter_has_its_default_description_and_range(make: Callable[..., Node]) -> None:
    node = make()
    assert declare(node, "rate", 20.0, "rate [Hz]", low=1.0, high=100.0) == 20.0
    descriptor = node.describe_parameter("rate")
    assert descriptor.description == "rate [Hz]" and descriptor.read_only
    assert (descriptor.floating_point_range[0].from_value, descriptor.floating_point_range[0].to_value) == (1.0, 100.0)


@pytest.mark.parametrize(("default", "given"), [(True, False), (3, 5), (0.5, 0.7), ("a", "b")])
def test_what_is_given_from_outside_wins(make: Callable[..., Node], default: Any, given: Any) -> None:
    assert declare(make(value=given), "value", default, "a value") == given


@pytest.mark.parametrize(("given", "limits"), [(0.5, (1.0, 2.0)), (2.5, (1.0, 2.0))])
def test_out_of_range_is_an_error(make: Callable[..., Node], given: float, limits: tuple[float, float]) -> None:
    with pytest.raises(ParameterError, match="'value' of node 'declaring'"):
        declare(make(value=given), "value", 1.5, "a value", low=limits[0], high=limits[1])


def test_another_type_is_an_error(make: Callable[..., Node]) -> None:
    with pytest.raises(ParameterError, match="'value'"):
        declare(make(value="fast"), "value", 1.5, "a value")


def test_no_choice_is_an_error_that_lists_the_choices(make: Callable[..., Node]) -> None:
    with pytest.raises(ParameterError, match="'c'; choose one of a, b"):
        declare(make(value="c"), "value", "a", "a value", choices=("a", "b"))


def test_only_what_may_change_can_be_set(make: Callable[..., Node]) -> None:
    node = make()
    declare(node, "fixed", 1, "fixed")
    declare(node, "live", 1, "live", low=0, high=5, read_only=False)
    fixed, live, beyond = (
        node.set_parameters([Parameter(name, value=value)])[0].successful
        for name, value in (("fixed", 2), ("live", 2), ("live", 6))
    )
    assert (fixed, live, beyond) == (False, True, False)
