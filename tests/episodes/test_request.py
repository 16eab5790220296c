import pytest
from hypothesis import given
from hypothesis import strategies as st
from steadyhand.msg import ExecutionState

from steadyhand.episodes.exceptions import RequestError
from steadyhand.episodes.phase import SuccessSource
from steadyhand.episodes.request import MODES, EpisodeDefaults, resolve_request

DEFAULTS = EpisodeDefaults("panda_embedded", 30.0, 0.8, "run", SuccessSource.SIMULATOR)


def test_what_a_goal_leaves_open_is_the_deployments() -> None:
    request = resolve_request(DEFAULTS, instruction="  pick up the red cube ")
    assert request.instruction == "pick up the red cube"
    assert (request.timeout, request.speed, request.mode, request.success) == (
        30.0,
        0.8,
        "run",
        SuccessSource.SIMULATOR,
    )


def test_what_a_goal_says_wins() -> None:
    request = resolve_request(
        DEFAULTS, instruction="go", timeout=5.0, deployment="panda_embedded", speed=0.5, mode="shadow", seed=9
    )
    assert (request.timeout, request.speed, request.mode, request.seed) == (5.0, 0.5, "shadow", 9)


@pytest.mark.parametrize(
    ("update", "says"),
    [
        ({"instruction": ""}, "empty"),
        ({"instruction": " \n\t"}, "empty"),
        ({"deployment": "ur5"}, "panda_embedded"),
        ({"mode": "fast"}, "run, confirm, shadow"),
        ({"speed": 1.01}, "0 up to 1"),
        ({"speed": -0.1}, "0 up to 1"),
        ({"speed": float("nan")}, "0 up to 1"),
        ({"timeout": -1.0}, "timeout"),
        ({"timeout": float("inf")}, "timeout"),
    ],
)
def test_what_cannot_be_carried_out_is_rejected_with_the_reason(update: dict[str, object], says: str) -> None:
    with pytest.raises(RequestError, match=says):
        resolve_request(DEFAULTS, **({"instruction": "go"} | update))  # type: ignore[arg-type]


@given(speed=st.floats(0.0, 1.0), timeout=st.floats(0.0, 1e6))
def test_a_request_always_has_a_speed_above_zero_and_a_timeout(speed: float, timeout: float) -> None:
    request = resolve_request(DEFAULTS, instruction="go", speed=speed, timeout=timeout)
    assert 0.0 < request.speed <= 1.0 and request.timeout > 0.0


def test_modes_are_numbered_as_in_the_message() -> None:
    assert [MODES.index(mode) for mode in ("run", "confirm", "shadow")] == [
        ExecutionState.MODE_RUN,
        ExecutionState.MODE_CONFIRM,
        ExecutionState.MODE_SHADOW,
    ]
