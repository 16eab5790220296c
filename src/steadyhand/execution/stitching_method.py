"""The way of stitching that a policy profile asks for."""

from __future__ import annotations

from steadyhand.execution.ensemble import Ensemble
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.splice import Splice
from steadyhand.execution.stitching import Stitching
from steadyhand.profiles.contract import Contract


def make_stitching(contract: Contract, limits: JointLimits) -> Stitching:
    """Return the way of stitching that the policy profile asks for.

    ``prefix`` and ``guided`` are done by the policy. What it gives is spliced: a join over no distance where it has
    kept to the committed rows, and a checked one where it has not.
    """
    chosen, safety = contract.policy.stitching, contract.robot.safety
    splice = Splice(limits, blend=chosen.blend, start_jump=safety.start_jump, lag=safety.lag)
    return Ensemble(splice, chosen.decay) if chosen.method == "ensemble" else splice
