from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from steadyhand.chunks.exceptions import NormalisationError
from steadyhand.chunks.normalisers import Normaliser, action_normaliser, state_normaliser
from steadyhand.profiles.normalisation import STATISTICS_OF, Normalisation, Statistics
from steadyhand.profiles.policy import PolicyProfile

NAMES = ("x", "y", "z")
METHODS = ("mean_std", "min_max", "quantile")


def normaliser(method: str, first: list[float], second: list[float], **keys: object) -> Normaliser:
    low, high = STATISTICS_OF[method]
    mask, padding = keys.pop("mask", None), keys.pop("padding", None)
    statistics = Statistics.model_validate({low: first, high: second, "mask": mask})
    names = [f"element_{i}" for i in range(len(padding or first))]
    return Normaliser(Normalisation.model_validate({"method": method} | keys), statistics, names, padding)


numbers = st.lists(st.floats(-10.0, 10.0), min_size=3, max_size=3)
spreads = st.lists(st.floats(0.01, 5.0), min_size=3, max_size=3)
rows = st.lists(numbers, min_size=1, max_size=4).map(np.array)


@settings(max_examples=50, deadline=None)
@given(rows, numbers, spreads, st.sampled_from(METHODS), st.sampled_from([0.0, 1e-8, 1e-6]))
def test_what_is_normalised_comes_back(
    values: np.ndarray, first: list[float], spread: list[float], method: str, epsilon: float
) -> None:
    second = spread if method == "mean_std" else np.add(first, spread).tolist()
    scaling = normaliser(method, first, second, epsilon=epsilon)
    assert_allclose(scaling.unnormalise(scaling.normalise(values)), values, atol=1e-12, rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(rows, numbers, spreads)
def test_openpi_scales_by_mean_and_deviation_or_by_quantiles(
    values: np.ndarray, first: list[float], spread: list[float]
) -> None:
    mean, std = np.array(first), np.array(spread)
    scaling = normaliser("mean_std", first, spread, epsilon=1e-6)
    assert_allclose(scaling.normalise(values), (values - mean) / (std + 1e-6), rtol=1e-12, atol=1e-12)
    assert_allclose(scaling.unnormalise(values), values * (std + 1e-6) + mean, rtol=1e-12, atol=1e-12)

    q01, q99 = mean, mean + std
    scaling = normaliser("quantile", first, q99.tolist(), epsilon=1e-6)
    expected = (values - q01) / (q99 - q01 + 1e-6) * 2.0 - 1.0
    assert_allclose(scaling.normalise(values), expected, rtol=1e-9, atol=1e-9)
    assert_allclose(scaling.unnormalise(values), (values + 1.0) / 2.0 * (q99 - q01 + 1e-6) + q01, rtol=1e-9, atol=1e-9)
    # Nothing is clipped unless it is asked for: what lies beyond a quantile stays beyond it.
    assert np.abs(scaling.normalise(q99 + 10.0)).min() > 1.0


def test_openvla_leaves_the_gripper_as_it_is() -> None:
    q01, q99 = [-0.03, -0.04, 0.0], [0.03, 0.05, 1.0]
    scaling = normaliser("quantile", q01, q99, epsilon=0.0, mask=[True, True, False])
    a = np.array([[0.5, -1.0, 0.25], [1.0, 0.0, 1.0]])
    expected = np.where([True, True, False], 0.5 * (a + 1) * np.subtract(q99, q01) + q01, a)
    assert_allclose(scaling.unnormalise(a), expected, atol=1e-15)


def test_the_bounds_become_minus_one_and_one() -> None:
    scaling = normaliser("min_max", [-2.0, 0.0], [4.0, 0.5], epsilon=0.0)
    assert_allclose(scaling.normalise([[-2.0, 0.0], [4.0, 0.5], [1.0, 0.25]]), [[-1, -1], [1, 1], [0, 0]], atol=1e-15)


def test_a_constant_element_may_be_centred_as_diffusion_policy_does() -> None:
    # Its normaliser shifts an element without range by its value and leaves its scale: bounds one to either side.
    constant = 0.7
    scaling = normaliser("min_max", [constant - 1.0], [constant + 1.0], epsilon=0.0)
    assert_allclose(scaling.normalise([[constant], [constant + 0.2]]), [[0.0], [0.2]], atol=1e-12)


def test_clipping_is_within_the_bounds_and_leaves_what_is_not_scaled() -> None:
    scaling = normaliser("quantile", [0.0, 0.0], [2.0, 2.0], epsilon=0.0, clip=True, mask=[True, False])
    assert_allclose(scaling.normalise([5.0, 5.0]), [1.0, 5.0])
    assert_allclose(scaling.unnormalise([-3.0, -3.0]), [0.0, -3.0])


def test_padding_is_not_scaled_whatever_its_statistics() -> None:
    full = normaliser("mean_std", [1.0, 2.0, 9.0], [2.0, 4.0, 0.0], padding=[False, False, True])
    short = normaliser("mean_std", [1.0, 2.0], [2.0, 4.0], mask=[True, True], padding=[False, False, True])
    for scaling in (full, short):
        assert scaling.normalise([1.0, 2.0, 5.0])[2] == 5.0
        assert_allclose(scaling.unnormalise(scaling.normalise([3.0, -1.0, 0.0])), [3.0, -1.0, 0.0], atol=1e-12)


def test_a_zero_in_normalised_units_is_the_mean_and_not_rest() -> None:
    scaling = normaliser("mean_std", [0.3, -0.1], [0.2, 0.2])
    assert_allclose(scaling.unnormalise(np.zeros((4, 2))), np.tile([0.3, -0.1], (4, 1)))


def test_no_method_changes_nothing() -> None:
    scaling = Normaliser(Normalisation.model_validate({}), None, NAMES)
    assert_allclose(scaling.normalise([5.0, -5.0, 0.0]), [5.0, -5.0, 0.0])


@pytest.mark.parametrize(
    ("method", "first", "second"), [("mean_std", 0.5, 0.0), ("min_max", 0.5, 0.5), ("quantile", 1.0, -1.0)]
)
def test_what_leaves_nothing_to_divide_by_is_named(method: str, first: float, second: float) -> None:
    with pytest.raises(NormalisationError, match=r"element_1 has .* to divide by.*mask: false"):
        normaliser(method, [0.0, first], [1.0, second])
    masked = normaliser(method, [0.0, first], [1.0, second], mask=[True, False])
    assert masked.normalise([0.0, 3.0])[1] == 3.0


def test_statistics_that_do_not_fit_are_refused() -> None:
    scaled = Normalisation.model_validate({"method": "mean_std"})
    with pytest.raises(NormalisationError, match="needs statistics of x, y, z"):
        Normaliser(scaled, None, NAMES)
    with pytest.raises(NormalisationError, match="std of x, y, z is missing"):
        Normaliser(scaled, Statistics.model_validate({"mean": [0.0] * 3}), NAMES)
    for count in (2, 4):
        with pytest.raises(NormalisationError, match=f"mean has {count} values for 3 elements"):
            Normaliser(scaled, Statistics.model_validate({"mean": [0.0] * count, "std": [1.0] * count}), NAMES)


def test_vectors_that_do_not_fit_are_refused() -> None:
    scaling = normaliser("mean_std", [0.0, 0.0], [1.0, 1.0])
    for wrong in (np.zeros((4, 3)), np.float64(0.0)):
        with pytest.raises(NormalisationError, match="2 elements, element_0, element_1"):
            scaling.unnormalise(wrong)


def test_a_profile_has_one_for_its_state_and_one_for_its_actions() -> None:
    profile = PolicyProfile.model_validate(
        {
            "name": "p",
            "backend": "onnx",
            "state": [{"kind": "gripper", "gripper": "hand"}, {"kind": "padding", "size": 2}],
            "action": [{"kind": "end_effector_position", "meaning": "absolute"}, {"kind": "padding", "size": 1}],
            "normalisation": {
                "method": "mean_std",
                "epsilon": 0.0,
                "state": {"mean": [0.5], "std": [0.25]},
                "action": {"mean": [1.0, 2.0, 3.0], "std": [1.0, 2.0, 4.0]},
            },
            "horizon": 2,
            "dt": 0.1,
            "stitching": {"execute": 1},
        }
    )
    assert_allclose(state_normaliser(profile).normalise([1.0, 7.0, 7.0]), [2.0, 7.0, 7.0])
    assert_allclose(action_normaliser(profile).unnormalise([[1.0, 1.0, 1.0, 9.0]]), [[2.0, 4.0, 7.0, 9.0]])
