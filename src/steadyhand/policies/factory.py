"""From a policy profile to a policy."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from steadyhand.policies.exceptions import UnknownBackendError
from steadyhand.policies.normalised import NormalisedPolicy
from steadyhand.policies.policy import Policy
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.support import STITCHING_BACKENDS

BACKENDS = {
    "onnx": ("steadyhand.policies.onnx", "OnnxPolicy"),
    "torch": ("steadyhand.policies.flow_torch", "TorchFlowPolicy"),
    "hold": ("steadyhand.policies.hold", "HoldPolicy"),
    "scripted": ("steadyhand.policies.scripted", "ScriptedPolicy"),
}
"""Backend to the module and class that is made with the contract; a module is imported when it is asked for."""

NORMALISED = frozenset({"onnx"})
"""Backends that compute in the units of the profile's normalisation; the others speak physical units themselves."""


def make_policy(contract: Contract) -> Policy:
    """Make the policy that a deployment's policy profile asks for; it takes and gives physical units.

    Raises:
        UnknownBackendError: There is no such backend, or none that takes part in the way of stitching; lists those
            there are.
        PolicyError: The backend cannot be made with its arguments.
        NormalisationError: The profile's statistics do not fit its state or actions.
    """
    name = contract.policy.backend
    if name not in BACKENDS:
        raise UnknownBackendError(
            f"policy profile '{contract.policy.name}': backend is {name!r}; there are {', '.join(sorted(BACKENDS))}"
        )
    method = contract.policy.stitching.method
    able = STITCHING_BACKENDS.get(method)
    if able is not None and name not in able:
        raise UnknownBackendError(
            f"policy profile '{contract.policy.name}': backend {name!r} cannot take part in stitching method "
            f"{method!r}; it takes {' or '.join(sorted(able))}"
        )
    module, member = BACKENDS[name]
    make: Callable[[Contract], Policy] = getattr(import_module(module), member)
    policy = make(contract)
    if contract.policy.normalisation.method == "none" or name not in NORMALISED:
        return policy
    return NormalisedPolicy(policy, contract)
