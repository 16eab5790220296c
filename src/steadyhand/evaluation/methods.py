"""Deployments that differ in their way of stitching only."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from steadyhand.evaluation.exceptions import EvaluationError
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.stitching import StitchingMethod
from steadyhand.profiles.support import STITCHINGS


def supported_methods() -> tuple[str, ...]:
    """Return the ways of stitching that a policy profile may ask for."""
    return tuple(method for method in get_args(StitchingMethod) if method in STITCHINGS)


def with_method(contract: Contract, method: str) -> Contract:
    """Return a deployment with another way of stitching; an empty name leaves the policy profile's.

    Raises:
        EvaluationError: There is no such method; lists those there are.
    """
    if not method or method == contract.policy.stitching.method:
        return contract
    if method not in supported_methods():
        raise EvaluationError(f"no stitching method {method!r}. Methods: {', '.join(supported_methods())}.")
    stitching = contract.policy.stitching.model_copy(update={"method": method})
    return replace(contract, policy=contract.policy.model_copy(update={"stitching": stitching}))
