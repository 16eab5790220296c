from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from steadyhand.observation.observation import Observation
from steadyhand.policies import flow_torch
from steadyhand.policies.exceptions import ModelError, TorchExtraError
from steadyhand.policies.factory import make_policy
from steadyhand.policies.flow_torch import TorchFlowPolicy, overlap_weights
from steadyhand.policies.guidance import guidance_weights
from steadyhand.policies.policy import InferenceContext
from steadyhand.profiles.contract import Contract, load_deployment


@pytest.fixture(scope="module")
def guided() -> Contract:
    return load_deployment("panda_embedded_guided", policy_files=True)


def stitched(contract: Contract, method: str, backend: str = "torch", **arguments: Any) -> Contract:
    policy = contract.policy
    update = {
        "backend": backend,
        "stitching": policy.stitching.model_copy(update={"method": method}),
        "arguments": policy.arguments | arguments,
    }
    return replace(contract, policy=policy.model_copy(update=update))


def test_absence_of_torch_names_the_extra(guided: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_torch, "torch_installed", lambda: False)
    with pytest.raises(TorchExtraError, match=r"backend 'torch' needs PyTorch.*steadyhand\[train\]"):
        make_policy(guided)


def test_a_row_is_held_as_long_as_the_chunk_before_has_rows() -> None:
    assert np.array_equal(overlap_weights(16, 10, 3), guidance_weights(16, 3, 6))
    assert np.count_nonzero(overlap_weights(16, 10, 3)) == 10
    assert np.count_nonzero(overlap_weights(16, 15, 4)) == 12, "as many as the delay must lie before the end"
    assert np.count_nonzero(overlap_weights(16, 16, 12)) == 8


class TestSampling:
    """Sampling needs torch, which the package's own tests do without."""

    @pytest.fixture(autouse=True)
    def _torch(self) -> None:
        pytest.importorskip("torch", reason="the extra 'train' is not installed")
        pytest.importorskip("onnx", reason="the extra 'train' is not installed")

    @pytest.fixture
    def prefix(self, guided: Contract, observation: Observation) -> NDArray[np.float64]:
        """What the policy itself says, 8 mm further to the side and later on."""
        rows = TorchFlowPolicy(guided).infer(observation, InferenceContext()).rows[:10].copy()
        rows[:, 1] += 0.008
        rows[:, 0] -= 0.005
        return rows

    def test_torch_and_onnx_are_one_policy(
        self, guided: Contract, observation: Observation, prefix: NDArray[np.float64]
    ) -> None:
        for context in (InferenceContext(seed=3), InferenceContext(prefix, 4, seed=3)):
            rows = [
                make_policy(stitched(guided, "prefix", backend, noise=1.0)).infer(observation, context).rows
                for backend in ("torch", "onnx")
            ]
            assert np.abs(rows[0] - rows[1]).max() < 1e-4
        assert np.abs(rows[0][:4] - prefix[:4]).max() < 1e-5

    def test_seeds_decide_the_noise(self, guided: Contract, observation: Observation) -> None:
        policy = make_policy(stitched(guided, "splice", noise=1.0))
        first, again, other = (policy.infer(observation, InferenceContext(seed=seed)).rows for seed in (1, 1, 2))
        assert np.array_equal(first, again) and not np.array_equal(first, other)

    def test_guided_chunks_follow_the_chunk_before(
        self, guided: Contract, observation: Observation, prefix: NDArray[np.float64]
    ) -> None:
        """By little: the policy is nearly sure of what comes, and guidance never leaves what it holds for possible."""
        policy = make_policy(guided)
        free = policy.infer(observation, InferenceContext()).rows
        held = policy.infer(observation, InferenceContext(prefix, 4)).rows
        off, left = (np.abs(rows[:4, :2] - prefix[:4, :2]).mean() for rows in (free, held))
        assert left < 0.98 * off
        assert np.abs(held[:4] - prefix[:4]).max() > 1e-4, "guided, and not overwritten"

    def test_guidance_goes_through_the_network(
        self, guided: Contract, observation: Observation, prefix: NDArray[np.float64], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The detached approximation, in which a row corrects itself only, gives another chunk."""
        import torch

        context = InferenceContext(prefix, 4)
        true = make_policy(guided).infer(observation, context).rows
        monkeypatch.setattr(torch.autograd, "grad", lambda _estimate, _state, grad_outputs: (grad_outputs,))
        detached = make_policy(guided).infer(observation, context).rows
        assert np.abs(true - detached)[:, :3].max() > 5e-4

    def test_a_file_without_a_flow_network_is_refused(self, guided: Contract) -> None:
        regression = load_deployment("panda_embedded", policy_files=True).policy.arguments["model"]
        with pytest.raises(ModelError, match=r"pick\.onnx holds no flow network.*backend: onnx"):
            make_policy(stitched(guided, "guided", model=regression))

    def test_a_profile_of_another_shape_is_refused(self, guided: Contract) -> None:
        shorter = replace(guided, policy=guided.policy.model_copy(update={"horizon": 8}))
        with pytest.raises(ModelError, match="does not fit"):
            make_policy(shorter)
