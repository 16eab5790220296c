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


def test_a_middleware_that_cannot_tell_keeps_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    node = FakeNode()

    def unsupported(_timeout: object) -> bool:
        raise RuntimeError("not supported")

    monkeypatch.setattr(node.publisher, "wait_for_all_acked", unsupported)
    retire(node, node.publisher)
    assert node.destroyed == [node.publisher]
    assert len(node.warnings) == 1
