from __future__ import annotations

import pytest

from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.own_node import OwnNode, absolute


@pytest.mark.parametrize("given", ["", "/", "cell", "/cell/", "left/arm_2"])
def test_a_namespace_is_taken_with_or_without_slashes(given: str) -> None:
    assert absolute(given) == "/" + given.strip("/")


def test_what_no_namespace_can_be_is_said_in_a_sentence() -> None:
    with pytest.raises(NodeError, match="namespace 'my cell' cannot be one: letters"):
        OwnNode("asks", namespace="my cell")
