from __future__ import annotations

import pytest

from steadyhand.drivers.retirement import retire

from .doubles import FakeNode


@pytest.mark.parametrize("acknowledged", [True, False])
def test_a_topic_is_given_up_once_its_last_command_was_received_or_nobody_answers(acknowledged: bool) -> None:
    node = FakeNode()
    node.publisher.acknowledged = acknowledged
    retire(node, node.publisher)
    assert node.publisher.waited == [0.2]
    assert node.destroyed == [node.publisher]
    assert [("/commands" in warning) for warning in node.warnings] == [True] * (not acknowledged)
