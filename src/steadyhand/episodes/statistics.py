"""What is counted over an episode."""

from __future__ import annotations

from statistics import median

from steadyhand.episodes.events import BridgeReport, BridgeState

SETTLING = 0.3
"""Time in which the bridge reports a chunk that it has taken, ROS clock [s]."""


class EpisodeStatistics:
    """Counts chunks, holds and latencies.

    Attributes:
        chunks: Chunks that the reference contained.
        holds: Times the bridge braked or was held while it should have moved.
        latencies: Inference latency of every chunk [s].
    """

    def __init__(self) -> None:
        """Begin at zero."""
        self.holds = 0
        self.latencies: list[float] = []
        self._published: dict[int, float] = {}
        self._executed: set[int] = set()
        self._moving = False

    @property
    def chunks(self) -> int:
        """Chunks that the reference contained."""
        return len(self._executed)

    @property
    def latency_newest(self) -> float:
        """Inference latency of the newest chunk, 0 before the first [s]."""
        return self.latencies[-1] if self.latencies else 0.0

    @property
    def latency_median(self) -> float:
        """Median inference latency, 0 before the first chunk [s]."""
        return median(self.latencies) if self.latencies else 0.0

    @property
    def latency_max(self) -> float:
        """Largest inference latency, 0 before the first chunk [s]."""
        return max(self.latencies, default=0.0)

    def refused(self, until: float) -> int:
        """Return how many chunks published well before ``until``, ROS clock [s], never became part of the reference."""
        return sum(
            1
            for sequence, stamp in self._published.items()
            if sequence not in self._executed and stamp <= until - SETTLING
        )

    def count_chunk(self, sequence: int, latency: float, received: float) -> None:
        """Count a chunk that the policy published, received at a time on the ROS clock [s]."""
        self._published[sequence] = received
        self.latencies.append(latency)

    def count_report(self, report: BridgeReport) -> None:
        """Count what the bridge reports while the policy acts."""
        if report.chunk is not None:
            self._executed.add(report.chunk)
        if report.state is BridgeState.RUNNING:
            self._moving = True
        elif self._moving:
            self._moving = False
            self.holds += 1
