import pytest
from hypothesis import given
from hypothesis import strategies as st

from steadyhand.evaluation.intervals import newcombe_paired_interval, wilson_interval


def test_known_intervals() -> None:
    # Newcombe (1998), table I, method 3, but for the number of digits.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=1e-4)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson_interval(1, 29) == pytest.approx((0.0061, 0.1718), abs=1e-4)


def test_no_trials_say_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 1000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_inside_and_the_interval_is_symmetric(case: tuple[int, int]) -> None:
    successes, trials = case
    low, high = wilson_interval(successes, trials)
    assert 0.0 <= low <= successes / trials <= high <= 1.0
    assert wilson_interval(trials - successes, trials) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        # Fagerland, Lydersen and Laake, "Statistical Analysis of Contingency Tables" (2017), table 8.9: Bentur et al.
        ((1, 1, 7, 12), (-0.507, -0.026)),
        # The same scenes won and lost leave the width of one proportion's uncertainty at most.
        ((0, 0, 0, 0), (-1.0, 1.0)),
    ],
)
def test_newcombes_paired_interval_is_the_published_one(
    table: tuple[int, int, int, int], expected: tuple[float, float]
) -> None:
    assert newcombe_paired_interval(*table) == pytest.approx(expected, abs=6e-4)


def test_the_paired_interval_turns_round_with_the_order_of_the_two() -> None:
    low, high = newcombe_paired_interval(480, 12, 5, 3)
    assert newcombe_paired_interval(480, 5, 12, 3) == pytest.approx((-high, -low))
    assert low < 7 / 500 < high and high - low < 0.05
