"""Normalisers: between physical units and the scaled numbers that a network takes and gives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steadyhand.chunks.exceptions import NormalisationError
from steadyhand.profiles.normalisation import STATISTICS_OF, Normalisation, NormalisationMethod, Statistics
from steadyhand.profiles.policy import PolicyProfile

Array = NDArray[np.float64]


class Normaliser:
    """Scales vectors of D elements, each by itself: y = (x - shift) / scale.

    ``mean_std``: shift = mean, scale = std + epsilon. ``min_max`` and ``quantile``: with low and high the two
    statistics, y = 2 (x - low) / (high - low + epsilon) - 1, so that scale = (high - low + epsilon) / 2 and
    shift = low + scale. Elements whose mask is false, and padding, are left as they are.

    Attributes:
        shift: Value that becomes 0, shape (D,), read-only.
        scale: Difference that becomes 1, shape (D,), read-only.
    """

    def __init__(
        self,
        normalisation: Normalisation,
        statistics: Statistics | None,
        names: Sequence[str],
        padding: Sequence[bool] | None = None,
    ) -> None:
        """Prepare to scale one vector.

        Args:
            normalisation: Method, epsilon, and whether to clip.
            statistics: Statistics of the vector in physical units; those of padding at its end may be left out.
            names: Names of the D elements, for errors.
            padding: Which elements are padding; none: no element is.

        Raises:
            NormalisationError: Statistics are missing, have another length, or leave nothing to divide by.
        """
        self._names = tuple(names)
        self._clip = normalisation.clip
        filler = np.zeros(len(names), dtype=bool) if padding is None else np.array(padding, dtype=bool)
        self._scaled = ~filler & (normalisation.method != "none")
        self.shift, self.scale = np.zeros(len(names)), np.ones(len(names))
        if self._scaled.any():
            self._prepare(normalisation.method, normalisation.epsilon, statistics, filler)
        for array in (self.shift, self.scale, self._scaled):
            array.setflags(write=False)

    def normalise(self, values: ArrayLike) -> Array:
        """Return physical values scaled, both of shape (..., D).

        Raises:
            NormalisationError: There are not D elements.
        """
        return self._clipped((self._vectors(values) - self.shift) / self.scale)

    def unnormalise(self, values: ArrayLike) -> Array:
        """Return scaled values in physical units, both of shape (..., D).

        Raises:
            NormalisationError: There are not D elements.
        """
        return self._clipped(self._vectors(values)) * self.scale + self.shift

    def _prepare(
        self, method: NormalisationMethod, epsilon: float, statistics: Statistics | None, padding: NDArray[np.bool_]
    ) -> None:
        if statistics is None:
            raise NormalisationError(f"{method} needs statistics of {', '.join(self._names)}; there are none")
        if statistics.mask is not None:
            self._scaled = self._scaled & self._complete("mask", statistics.mask, False, padding).astype(bool)
        first, second = (
            self._complete(name, getattr(statistics, name), 0.0, padding) for name in STATISTICS_OF[method]
        )
        spread = second if method == "mean_std" else second - first
        flat = self._scaled & (spread <= 0.0)
        if flat.any():
            index = int(np.argmax(flat))
            raise NormalisationError(
                f"{method} of {self._names[index]} has {spread[index]:g} to divide by: "
                "correct its statistics, or leave it unscaled with mask: false"
            )
        scale = second + epsilon if method == "mean_std" else 0.5 * (spread + epsilon)
        self.scale = np.where(self._scaled, scale, 1.0)
        self.shift = np.where(self._scaled, first if method == "mean_std" else first + scale, 0.0)

    def _complete(self, name: str, values: Sequence[float] | None, filler: float, padding: NDArray[np.bool_]) -> Array:
        """Return one statistic for all D elements, filled up where it leaves out padding at the end."""
        if values is None:
            raise NormalisationError(f"{name} of {', '.join(self._names)} is missing from the statistics")
        missing = len(self._names) - len(values)
        if missing < 0 or not padding[len(values) :].all():
            raise NormalisationError(
                f"{name} has {len(values)} values for {len(self._names)} elements, {', '.join(self._names)}: "
                "give one for each; only padding at the end may be left out"
            )
        return np.concatenate([np.array(values, dtype=np.float64), np.full(missing, filler)])

    def _vectors(self, values: ArrayLike) -> Array:
        vectors = np.asarray(values, dtype=np.float64)
        if vectors.ndim == 0 or vectors.shape[-1] != len(self._names):
            raise NormalisationError(
                f"values of shape {vectors.shape} were given where each row has {len(self._names)} elements, "
                f"{', '.join(self._names)}: the model does not belong to the policy profile"
            )
        return vectors

    def _clipped(self, values: Array) -> Array:
        return np.where(self._scaled, np.clip(values, -1.0, 1.0), values) if self._clip else values


def state_normaliser(policy: PolicyProfile) -> Normaliser:
    """Return the normaliser of a policy's state vector.

    Raises:
        NormalisationError: The profile's statistics do not fit the state.
    """
    padding = [term.kind == "padding" for term in policy.state for _ in term.names]
    return Normaliser(policy.normalisation, policy.normalisation.state, policy.state_names, padding)


def action_normaliser(policy: PolicyProfile) -> Normaliser:
    """Return the normaliser of a policy's rows of actions.

    Raises:
        NormalisationError: The profile's statistics do not fit the actions.
    """
    padding = [term.kind == "padding" for term in policy.action for _ in term.names]
    return Normaliser(policy.normalisation, policy.normalisation.action, policy.dimension_names, padding)
