"""The bond's wire protocol against a stand-in for the other end; bond's message is not among the wheels."""

from __future__ import annotations

import sys
import time
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("rclpy")

from steadyhand.nodes import bond as bond_module
from steadyhand.nodes.bond import Bond
from steadyhand.nodes.exceptions import ParameterError


class Status(SimpleNamespace):
    """As bond/msg/Status."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(header=SimpleNamespace(stamp=None), **fields)


class Stand:
    """What a bond asks of a node."""

    def __init__(self) -> None:
        self.said: list[Status] = []
        self.destroyed: list[str] = []

    def get_name(self) -> str:
        return "bridge"

    def create_publisher(self, kind: type, topic: str, _qos: int) -> Any:
        assert (kind, topic) == (Status, "bond")
        return SimpleNamespace(publish=self.said.append)

    def create_subscription(self, _kind: type, topic: str, callback: Any, _qos: int) -> str:
        assert topic == "bond"
        self.hear = callback
        return "subscription"

    def create_timer(self, _period: float, callback: Any, clock: Any) -> str:
        self.beat = callback
        return "timer"

    def get_clock(self) -> Any:
        return SimpleNamespace(now=lambda: SimpleNamespace(to_msg=lambda: "now"))

    def get_logger(self) -> Any:
        return SimpleNamespace(warning=lambda _text: None)

    def __getattr__(self, name: str) -> Any:
        assert name.startswith("destroy_")
        return self.destroyed.append


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Stand:
    package, messages = ModuleType("bond"), ModuleType("bond.msg")
    package.msg = messages  # type: ignore[attr-defined]
    messages.Status = Status  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bond", package)
    monkeypatch.setitem(sys.modules, "bond.msg", messages)
    return Stand()


def other(**fields: Any) -> Status:
    return Status(**{"id": "bridge", "instance_id": "manager", "active": True} | fields)


def test_it_beats_under_the_nodes_name_until_it_is_closed(stand: Stand) -> None:
    bond = Bond(stand)  # type: ignore[arg-type]
    stand.beat()
    said = stand.said[0]
    assert (said.id, said.active, said.heartbeat_timeout, said.header.stamp) == ("bridge", True, 4.0, "now")
    stand.hear(other())
    assert bond.formed
    bond.close()
    assert [status.active for status in stand.said] == [True, False]
    assert len({status.instance_id for status in stand.said}) == 1
    assert len(stand.destroyed) == 3


def test_a_manager_that_says_farewell_is_answered_once(stand: Stand) -> None:
    bond = Bond(stand)  # type: ignore[arg-type]
    stand.hear(other())
    stand.hear(other(active=False))
    stand.hear(other(active=False))
    stand.beat()
    assert bond.broken and [status.active for status in stand.said] == [False]


def test_others_bonds_and_its_own_words_mean_nothing(stand: Stand) -> None:
    bond = Bond(stand)  # type: ignore[arg-type]
    stand.beat()
    stand.hear(other(id="policy"))
    stand.hear(stand.said[0])
    stand.hear(other(active=False))
    assert not bond.formed and not bond.broken


def test_a_silent_manager_breaks_it(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    bond = Bond(stand)  # type: ignore[arg-type]
    stand.hear(other())
    later = time.monotonic() + 4.1
    monkeypatch.setattr(bond_module.time, "monotonic", lambda: later)
    stand.beat()
    assert bond.broken and stand.said[-1].active is False


def test_without_the_package_the_parameter_is_refused_with_what_to_install() -> None:
    if "bond" in sys.modules:
        pytest.skip("bond is installed here")
    with pytest.raises(ParameterError, match="bond_timeout to 0"):
        bond_module.bond_messages()
