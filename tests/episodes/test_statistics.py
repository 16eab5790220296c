from steadyhand.episodes.events import BridgeReport, BridgeState
from steadyhand.episodes.statistics import EpisodeStatistics


def report(stamp: float, state: BridgeState, chunk: int | None = None) -> BridgeReport:
    return BridgeReport(stamp, "e1", state, chunk=chunk)


def test_nothing_counted_is_zero() -> None:
    counted = EpisodeStatistics()
    assert (counted.chunks, counted.holds, counted.refused(10.0)) == (0, 0, 0)
    assert (counted.latency_newest, counted.latency_median, counted.latency_max) == (0.0, 0.0, 0.0)


def test_a_chunk_counts_once_however_often_it_is_reported() -> None:
    counted = EpisodeStatistics()
    for stamp in range(5):
        counted.count_report(report(stamp, BridgeState.RUNNING, chunk=3))
    assert counted.chunks == 1


def test_a_hold_counts_once_and_only_after_motion() -> None:
    counted = EpisodeStatistics()
    for state in (BridgeState.HELD, BridgeState.RUNNING, BridgeState.BRAKING, BridgeState.HELD, BridgeState.HELD):
        counted.count_report(report(0.0, state))
    assert counted.holds == 1


def test_a_chunk_that_was_just_published_is_not_refused_yet() -> None:
    counted = EpisodeStatistics()
    counted.count_chunk(0, 0.01, 1.0)
    counted.count_chunk(1, 0.02, 2.0)
    counted.count_report(report(2.0, BridgeState.RUNNING, chunk=0))
    assert counted.refused(2.1) == 0
    assert counted.refused(2.4) == 1
