from __future__ import annotations

import numpy as np
from moveit_double import GROUP, JOINTS, Rig, message
from numpy.testing import assert_allclose

from steadyhand.drivers.moveit_planner import MoveItPlanner
from steadyhand.drivers.moveit_plans import MoveItPlans
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.planning import Plan
from steadyhand.execution.reference import Reference

_WAY = np.array([[0.0, 0.0, 0.0], [0.05, 0.1, 0.4], [0.1, 0.2, 0.8]])
_MOTION = Reference(np.array([0.0, 0.5, 1.0]), _WAY, np.gradient(_WAY, axis=0), np.zeros((3, 3)))


def test_a_plan_is_made_when_it_is_asked_for_and_handed_over_once() -> None:
    plans = MoveItPlans(MoveItPlanner(Rig(plan_message=message(JOINTS, _MOTION)).moveit(), GROUP, JOINTS))
    assert plans.take() is None
    plans.ask(_WAY[0], _WAY[-1], 0.5)
    plan = plans.take()
    assert isinstance(plan, Plan)
    assert_allclose(plan.positions, _WAY)
    assert plans.take() is None
    assert plans.outcome == "a plan of 1.00 s"


def test_what_is_no_longer_wanted_is_not_planned() -> None:
    plans = MoveItPlans(MoveItPlanner(Rig(plan_message=message(JOINTS, _MOTION)).moveit(), GROUP, JOINTS))
    plans.ask(_WAY[0], _WAY[-1], 0.5)
    plans.forget()
    assert plans.take() is None


def test_no_plan_comes_as_a_refusal_with_its_words() -> None:
    plans = MoveItPlans(MoveItPlanner(Rig(plan_code=-12).moveit(), GROUP, JOINTS))
    plans.ask(_WAY[0], _WAY[-1], 0.5)
    refusal = plans.take()
    assert isinstance(refusal, RefusedError)
    assert str(refusal) == plans.outcome
