import pytest
from steadyhand.action import RunInstruction
from steadyhand.msg import PilotStatus

from steadyhand.episodes.phase import Outcome, Phase


@pytest.mark.parametrize("phase", list(Phase))
def test_phases_are_numbered_as_in_the_message(phase: Phase) -> None:
    assert getattr(PilotStatus, f"PHASE_{phase.name}") == phase


@pytest.mark.parametrize("outcome", list(Outcome))
def test_outcomes_are_numbered_as_in_the_action(outcome: Outcome) -> None:
    assert getattr(RunInstruction.Result, f"OUTCOME_{outcome.name}") == outcome
