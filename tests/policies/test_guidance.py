from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.policies.exceptions import PolicyError
from steadyhand.policies.guidance import guidance_weights


@given(st.integers(4, 60), st.data())
def test_weights_are_one_then_fall_to_zero(horizon: int, data: st.DataObject) -> None:
    delay = data.draw(st.integers(0, horizon // 2))
    execute = data.draw(st.integers(delay, horizon - delay))
    weights = guidance_weights(horizon, delay, execute)
    assert_allclose(weights[:delay], 1.0)
    assert_allclose(weights[horizon - execute :], 0.0)
    assert np.all(np.diff(weights) <= 1e-12)
    assert np.all((weights >= 0.0) & (weights <= 1.0))


def test_weights_are_those_of_the_paper() -> None:
    weights = guidance_weights(10, 2, 4)
    for row in range(2, 6):
        c = (10 - 4 - row) / (10 - 4 - 2 + 1)
        assert weights[row] == pytest.approx(c * (np.e**c - 1) / (np.e - 1))


def test_a_delay_longer_than_what_is_executed_is_refused() -> None:
    with pytest.raises(PolicyError, match="delay"):
        guidance_weights(10, 5, 4)


class TestSampling:
    """Sampling needs torch, which the package's own tests do without."""

    torch = None

    @pytest.fixture(autouse=True)
    def _torch(self) -> None:
        self.torch = pytest.importorskip("torch", reason="the extra 'train' is not installed")

    def network(self):  # type: ignore[no-untyped-def]
        torch = self.torch
        torch.manual_seed(0)
        mix = torch.nn.Sequential(torch.nn.Linear(24, 32), torch.nn.Tanh(), torch.nn.Linear(32, 24)).requires_grad_(
            False
        )
        return lambda rows, tau: mix(rows.reshape(-1)).reshape(8, 3) - 0.3 * tau * rows

    def reference(self, velocity, noise, previous, weights, steps, detached):  # type: ignore[no-untyped-def]
        """The same integration with the whole Jacobian by autograd, or with the identity in its place."""
        torch = self.torch
        actions = noise.clone()
        for k in range(steps):
            tau = k / steps
            estimate = lambda rows, tau=tau: rows + (1 - tau) * velocity(rows, tau)  # noqa: E731
            jacobian = torch.autograd.functional.jacobian(estimate, actions).reshape(24, 24)
            error = (weights[:, None] * (previous - estimate(actions))).reshape(-1)
            correction = error if detached else jacobian.T @ error
            variance = (1 - tau) ** 2 / (tau**2 + (1 - tau) ** 2)
            weight = 5.0 if tau == 0 else min(5.0, (1 - tau) / (tau * variance))
            actions = actions + (velocity(actions, tau) + weight * correction.reshape(8, 3)) / steps
        return actions

    def test_the_correction_is_the_true_vector_jacobian_product(self) -> None:
        from steadyhand.policies.guidance import guided_sample

        torch = self.torch
        velocity = self.network()
        noise, previous = torch.randn(8, 3), torch.randn(8, 3)
        weights = torch.as_tensor(guidance_weights(8, 2, 3), dtype=torch.float32)
        ours = guided_sample(velocity, noise, previous, weights, steps=5)
        exact = self.reference(velocity, noise, previous, weights, 5, detached=False)
        detached = self.reference(velocity, noise, previous, weights, 5, detached=True)
        assert torch.allclose(ours, exact, atol=1e-5)
        assert (ours - detached).abs().max() > 0.05

    def test_committed_rows_are_kept_closer_than_without_guidance(self) -> None:
        from steadyhand.policies.guidance import guided_sample

        torch = self.torch
        velocity = self.network()
        noise, previous = torch.randn(8, 3), torch.randn(8, 3)
        weights = torch.as_tensor(guidance_weights(8, 2, 3), dtype=torch.float32)
        free = guided_sample(velocity, noise, previous, torch.zeros(8), steps=10)
        held = guided_sample(velocity, noise, previous, weights, steps=10)
        assert (held - previous)[:2].abs().mean() < 0.5 * (free - previous)[:2].abs().mean()
