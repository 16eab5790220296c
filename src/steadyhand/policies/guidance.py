"""Inference-time real-time chunking: a flow policy's sampling, guided by the rows that are already committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steadyhand.policies.exceptions import PolicyError

if TYPE_CHECKING:
    import torch

Array = NDArray[np.float64]

Velocity = Callable[["torch.Tensor", float], "torch.Tensor"]
"""The network: noisy rows (H, D) and flow time from 0 (noise) to 1 (actions), to their velocity (H, D)."""


def guidance_weights(horizon: int, delay: int, execute: int) -> Array:
    """Return how strongly each row is held to the chunk before, shape (H,).

    With horizon H, delay d and execution horizon s (Black et al., "Real-Time Execution of Action Chunking Flow
    Policies", arXiv 2506.07339, equation 5): 1 for the d rows that pass during inference; then
    c (e^c - 1) / (e - 1) with c = (H - s - i) / (H - s - d + 1) while the chunk before still has rows; 0 after.

    Raises:
        PolicyError: Not 0 <= d <= s <= H - d.
    """
    if not 0 <= delay <= execute <= horizon - delay:
        raise PolicyError(f"guidance needs 0 <= delay <= execute <= horizon - delay: {delay}, {execute}, {horizon}")
    rows = np.arange(horizon)
    c = (horizon - execute - rows) / (horizon - execute - delay + 1)
    weights = c * np.expm1(c) / np.expm1(1.0)
    weights[rows < delay] = 1.0
    weights[rows >= horizon - execute] = 0.0
    return np.asarray(weights, dtype=np.float64)


def guided_sample(
    velocity: Velocity,
    noise: torch.Tensor,
    previous: torch.Tensor,
    weights: torch.Tensor,
    *,
    steps: int = 5,
    largest: float = 5.0,
) -> torch.Tensor:
    """Integrate the flow from noise to actions, pulled toward the rows of the chunk before.

    At each of ``steps`` Euler steps the denoised estimate is A1 = A + (1 - tau) v(A, tau), and the velocity gets

        min(largest, (1 - tau) / (tau r^2)) * J^T [ W (Y - A1) ],   r^2 = (1 - tau)^2 / (tau^2 + (1 - tau)^2)

    where J is the Jacobian of A1 by A: the vector-Jacobian product goes *through the network* (arXiv 2506.07339,
    equations 2 to 4). Without it, as some ports do, the correction of a row cannot move the rows that depend on it.

    Args:
        velocity: The network at a fixed observation.
        noise: Where the flow starts, shape (H, D).
        previous: Rows of the chunk before that this one overlaps, padded to shape (H, D) in the network's own space.
        weights: From `guidance_weights`, shape (H,).
        steps: Denoising steps.
        largest: Bound of the guidance weight, which is infinite at tau = 0.

    Returns:
        Actions, shape (H, D), without gradient.
    """
    import torch

    actions = noise.detach()
    for step in range(steps):
        tau = step / steps
        with torch.enable_grad():
            state = actions.clone().requires_grad_(True)
            flow = velocity(state, tau)
            estimate = state + (1.0 - tau) * flow
            error = (weights[:, None] * (previous - estimate)).detach()
            (correction,) = torch.autograd.grad(estimate, state, grad_outputs=error)
        actions = actions + (flow.detach() + _weight(tau, largest) * correction) / steps
    return actions.detach()


def _weight(tau: float, largest: float) -> float:
    """Return min(largest, (1 - tau) / (tau r^2))."""
    if tau <= 0.0:
        return largest
    variance = (1.0 - tau) ** 2 / (tau**2 + (1.0 - tau) ** 2)
    return min(largest, (1.0 - tau) / (tau * variance))
