"""A bridge whose motion somebody else has to find free."""

from __future__ import annotations

import pytest

from steadyhand.execution.bridge import Bridge
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.contract import Contract, load_deployment

from .rig import Rig
from .test_approach import Asked


class AskingRig(Rig):
    """A rig whose bridge has to ask."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        self.scene = Asked()
        self.bridge = Bridge(contract, scene=self.scene)
        self.bridge.activate()


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_deployment("panda_embedded")


@pytest.fixture
def rig(contract: Contract) -> AskingRig:
    return AskingRig(contract)


def test_a_chunk_counts_and_moves_arm_and_gripper_once_it_was_found_free(rig: AskingRig) -> None:
    rig.begin()
    rig.receive()
    rig.advance(0.3)
    assert (rig.bridge.accepted, rig.window, rig.hand) == (0, None, [])
    rig.scene.verdicts[-1].says = True
    rig.advance(0.5)
    assert rig.bridge.accepted == 1
    assert rig.bridge.executor.phase is Phase.RUNNING
    assert rig.window is not None
    assert rig.hand


def test_a_chunk_that_is_not_free_is_counted_and_moves_nothing(rig: AskingRig) -> None:
    rig.begin()
    rig.receive()
    rig.scene.verdicts[-1].says = RefusedError(Reason.COLLISION, "it would touch <octomap>")
    rig.advance(0.2)
    assert (rig.bridge.accepted, rig.bridge.refused, rig.window) == (0, 1, None)
    assert rig.bridge.executor.reason is Reason.COLLISION


def test_what_is_shown_is_asked_about_when_it_was_confirmed(rig: AskingRig) -> None:
    rig.begin(confirm=True)
    rig.receive(stamp=rig.now)
    assert rig.bridge.executor.reason is Reason.CONFIRMATION_AWAITED
    assert not rig.scene.verdicts
    rig.advance(0.4)
    rig.bridge.conduct.confirm(rig.now, rig.now)
    rig.advance(0.2)
    assert rig.bridge.accepted == 0
    rig.scene.verdicts[-1].says = True
    rig.advance(0.2)
    assert rig.bridge.accepted == 1
    assert rig.bridge.executor.phase is Phase.RUNNING


def test_in_shadow_mode_nobody_is_asked(rig: AskingRig) -> None:
    rig.begin(shadow=True)
    for _ in range(3):
        rig.receive()
        rig.advance(0.2)
    assert rig.bridge.accepted == 3
    assert not rig.scene.verdicts
