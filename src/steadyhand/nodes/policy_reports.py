"""What the policy node reports of itself: counters, latencies, and what it lacks."""

from __future__ import annotations

from collections import Counter, deque
from statistics import median

from diagnostic_msgs.msg import DiagnosticStatus

from steadyhand.benchmarks.statistics import percentiles
from steadyhand.execution.reasons import Reason
from steadyhand.nodes.stream_reports import key_values, spread
from steadyhand.policies.prefix import PrefixSource

REMEDIES = {
    "NO_IMAGE": "See that the camera's driver runs and publishes on the topic that the deployment names.",
    "BAD_IMAGE": "Let the driver publish an encoding that can be read, and the size that the robot profile says.",
    "IMAGES_APART": "Check rates and stamps of the cameras, or raise the image's tolerance in the deployment.",
    "NO_JOINT_STATE": "See that the joint state broadcaster runs, and that its joints have the profile's names.",
    "BAD_JOINT_STATE": "Check names, units and values of the joint states against robot profile and deployment.",
    "JOINT_STATE_BEHIND": "Raise the rate of the joint states, or synchronise their clock with the cameras'.",
    "COMMANDED_STATE_BEHIND": "See that the bridge runs and is active: it reports what it commands.",
    **{str(reason): reason.remedy for reason in (Reason.OBSERVATION_STALE, Reason.OBSERVATION_FUTURE)},
}
"""What a person can do, by the code of what an observation lacks."""


class PolicyReport:
    """Counts what the policy node does, and turns it into diagnostics.

    Attributes:
        episode_id: The open episode, empty where there is none.
        chunks: Chunks published in it.
        failures: Inferences that gave no chunk, since start.
        error: Why the last inference gave no chunk, empty where it did.
        missing: Code and message of what an observation lacks, both empty where it is complete.
        obstacle: Why a stream cannot be received, with the remedy; empty where nothing stands in the way.
        qualities: Topic of each stream to the quality of service that it is subscribed with.
    """

    def __init__(self, policy: str, profile_hash: str, prefixes: PrefixSource | None = None) -> None:
        """Begin at zero.

        Args:
            policy: Name of the policy profile.
            profile_hash: Hash of the resolved deployment.
            prefixes: Where prefixes come from; its counters are reported too.
        """
        self.episode_id = ""
        self.chunks = 0
        self.failures = 0
        self.error = ""
        self.missing = ("", "")
        self.obstacle = ""
        self.qualities: dict[str, str] = {}
        self.lacked: Counter[str] = Counter()
        self._policy = policy
        self._hash = profile_hash
        self._prefixes = prefixes
        self._latencies: deque[float] = deque(maxlen=100)
        self._ages: deque[float] = deque(maxlen=100)

    def open(self, episode_id: str) -> None:
        """Begin to count an episode; empty where one ends."""
        self.episode_id = episode_id
        self.chunks = 0
        self.error = ""

    def lack(self, code: str, message: str) -> None:
        """Take note of what the newest observation lacks; empty where it is complete."""
        if code and code != self.missing[0]:
            self.lacked[code] += 1
        self.missing = (code, message)

    def publish(self, latency: float, age: float) -> None:
        """Count a chunk: its inference latency, and the age of its observation when it was published [s]."""
        self.chunks += 1
        self.error = ""
        self._latencies.append(latency)
        self._ages.append(age)

    def fail(self, error: str) -> None:
        """Count an inference that gave no chunk."""
        self.failures += 1
        self.error = error

    def status(self, active: bool) -> DiagnosticStatus:
        """Return the diagnostics."""
        status = DiagnosticStatus(name="steadyhand: policy", hardware_id=self._policy)
        code, message = self.missing
        if self.obstacle and code:
            message = f"{message}; {self.obstacle}"
        if self.error:
            status.level, status.message = DiagnosticStatus.ERROR, self.error
        elif active and self.episode_id and code:
            status.level, status.message = DiagnosticStatus.ERROR, f"{code}: {message}"
        elif active and code:
            status.level, status.message = DiagnosticStatus.WARN, f"{code}: {message}"
        elif active and self.obstacle:
            status.level, status.message = DiagnosticStatus.WARN, self.obstacle
        else:
            status.level = DiagnosticStatus.OK
            status.message = "inactive" if not active else ("running" if self.episode_id else "ready")
        latencies = self._latencies
        values = {
            "episode": self.episode_id,
            "chunks": str(self.chunks),
            "failures": str(self.failures),
            "latency median [s]": f"{median(latencies):.4f}" if latencies else "",
            "latency max [s]": f"{max(latencies):.4f}" if latencies else "",
            "observation age at publication [s]": f"{self._ages[-1] if self._ages else 0.0:.3f}",
            **_spread("latency", latencies),
            **_spread("observation age", self._ages),
            "remedy": self._remedy(),
            "profile hash": self._hash,
        }
        values.update({f"QoS {topic}": quality for topic, quality in self.qualities.items()})
        values.update({f"count {name}": str(count) for name, count in sorted(self.lacked.items())})
        if self._prefixes is not None and (self._prefixes.given or self._prefixes.missing):
            values["chunks with a prefix"] = str(self._prefixes.given)
            missing = sorted(self._prefixes.missing.items(), key=lambda entry: entry[0].name)
            values.update({f"chunks spliced, {why.name}": str(count) for why, count in missing})
        status.values = key_values(values)
        return status

    def _remedy(self) -> str:
        if self.error:
            return "Read the policy node's log; the arm goes on with the next chunk."
        return REMEDIES.get(self.missing[0], "")


def _spread(what: str, seconds: deque[float]) -> dict[str, str]:
    """Return percentiles of times [s] as diagnostics show them, in milliseconds."""
    return spread(what, percentiles([1e3 * value for value in seconds])) if seconds else {}
