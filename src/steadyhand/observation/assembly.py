"""Inputs out of streams: everything brought to one capture time, and nothing old."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np

from steadyhand.observation.composition import ObservationComposer
from steadyhand.observation.exceptions import ObservationError
from steadyhand.observation.images import RawImage
from steadyhand.observation.joints import Bracket, JointReader, JointSample, JointStreams, joint_latencies, joint_parts
from steadyhand.observation.observation import Observation
from steadyhand.observation.selection import Moment, Selection
from steadyhand.observation.state import Tools
from steadyhand.observation.streams import Sample, Stream
from steadyhand.observation.timing import image_timings
from steadyhand.profiles.binding import Values
from steadyhand.profiles.contract import Contract

_SECONDS_OF_JOINTS = 2.0
_REPORTS_APART = 0.2
"""Longest time between two reports of the bridge that is bridged by interpolation [s]."""

_FUTURE = 0.1
"""Stamps ahead of the clock by more than this come from a clock that is not ours [s]."""

_SAME_TIME = 1e-3
"""Images captured up to this much later count as captured at the same time: cameras that are triggered together, and
steps of a history that are whole periods apart [s]."""


class ObservationAssembler:
    """Collects the inputs of one deployment and brings them to one capture time.

    The capture time t is the newest at which every camera has delivered. Step k of a history of N stands for
    t - (N - 1 - k) interval. The images of a step are the newest captured at or before it, within their tolerance;
    the joints are interpolated. Latencies are taken off every stamp first. All methods may be called from any thread.

    Attributes:
        joint_names: Names of the joints of every observation: the arm's in profile order, then the grippers'.
    """

    def __init__(self, contract: Contract, arm: Tools | None = None) -> None:
        """Prepare for one deployment.

        Args:
            contract: The resolved deployment.
            arm: Kinematics with the deployment's base frame and tool, where the policy's state has end-effector terms.

        Raises:
            StateError: The policy's state layout cannot be filled from this robot.
            DecoderError: The deployment's decoder is not there.
        """
        robot = contract.robot
        self._contract = contract
        self._offsets = contract.policy.history_offsets
        self._reader = JointReader(contract)
        parts = joint_parts(contract)
        self._joint_latencies = joint_latencies(contract)
        kept = max(2, round((_SECONDS_OF_JOINTS - self._offsets[0]) * robot.joint_states.rate))
        self._measured = JointStreams(parts, kept, gap=robot.safety.joint_state_age)
        self._commanded = JointStreams({"arm": robot.joint_names}, kept, gap=_REPORTS_APART)
        self._timings = image_timings(contract)
        self._images: dict[str, Stream[RawImage]] = {key: Stream(key, t.kept) for key, t in self._timings.items()}
        self._composer = ObservationComposer(contract, self._measured.joint_names, arm)
        self.joint_names = self._measured.joint_names
        self._lock = Lock()
        self._now = -np.inf

    def add_image(self, key: str, stamp: float, raw: RawImage) -> None:
        """Add an image message with its header's stamp, ROS clock [s]."""
        with self._lock:
            self._images[key].push(stamp - self._timings[key].latency, raw)

    def prepare(self, key: str) -> None:
        """Decode and scale the newest image of ``key`` now, so that `assemble` need not."""
        with self._lock:
            newest = self._images[key].newest
        if newest is not None:
            self._composer.prepare(key, newest.value)

    def add_joint_state(self, stamp: float, names: Sequence[str], positions: Values, velocities: Values) -> None:
        """Add a joint state message with its header's stamp, ROS clock [s].

        Raises:
            JointStateError: The message lacks joints or has values that are no positions.
        """
        with self._lock:
            self._measured.push(stamp, self._reader.read(names, positions, velocities), self._joint_latencies)

    def add_commanded(
        self, stamp: float, names: Sequence[str], positions: Sequence[float], velocities: Sequence[float]
    ) -> None:
        """Add the reference that the bridge reports for ``stamp``, ROS clock [s]; other joints than the arm's pass."""
        if tuple(names) != self._contract.robot.joint_names or not self._composer.needs_commanded:
            return
        sample = JointSample(np.array(positions, dtype=np.float64), np.array(velocities, dtype=np.float64))
        with self._lock:
            self._commanded.push(stamp, {"arm": sample})

    def clear(self) -> None:
        """Forget every sample."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        self._measured.clear()
        self._commanded.clear()
        for stream in self._images.values():
            stream.clear()

    def select(self, now: float) -> Selection:
        """Return the inputs of the newest capture time.

        Args:
            now: Time on the ROS clock [s]; where it went backwards, everything is forgotten.

        Raises:
            ObservationError: Something is missing, too old, too far apart, or from the future; names it.
        """
        with self._lock:
            if now < self._now - 1e-9:
                self._clear()
            self._now = now
            stamp = self._capture_time(now)
            selection = Selection(tuple(self._moment(stamp + offset) for offset in self._offsets))
        for key, sample in selection.moments[-1].images.items():
            self._refuse_old(f"image '{key}' from {self._timings[key].topic}", sample.stamp, now, key)
        return selection

    def check(self, now: float) -> None:
        """Raise what keeps observations from being made, whenever it is asked: joint states may be on their way.

        Args:
            now: Time on the ROS clock [s].

        Raises:
            ObservationError: As `select`; joints that are no more behind the images than they may be old are well.
        """
        with self._lock:
            stamp = self._capture_time(now)
            self._images_at(stamp)
            heard = [self._measured.newest, self._commanded.newest if self._composer.needs_commanded else None]
            reached = min([stamp, *(newest for newest in heard if newest is not None)])
            arriving = now - reached <= self._contract.robot.safety.joint_state_age
            self._joints_at(reached if arriving else stamp)

    def assemble(self, selection: Selection, instruction: str) -> Observation:
        """Return the observation that a selection stands for; this decodes and scales the images.

        Raises:
            ImageError: An image cannot be decoded, or is not what its camera's profile and the policy's say.
            StateError: The policy's state wants what was not selected.
        """
        return self._composer.compose(selection, instruction)

    def _capture_time(self, now: float) -> float:
        newest: dict[str, tuple[float, str]] = {}
        for key, stream in self._images.items():
            if stream.newest is None:
                raise ObservationError(
                    "NO_IMAGE",
                    f"no image of '{key}' has come from {self._timings[key].topic}: see that it is published",
                )
            newest[key] = stream.newest.stamp, f"image '{key}' from {self._timings[key].topic}"
        measured = self._measured.newest
        topic = self._contract.robot.joint_states.topic
        if measured is None:
            raise ObservationError(
                "NO_JOINT_STATE", f"no state of {', '.join(self._measured.missing)} has come from {topic}"
            )
        if not newest:
            newest[""] = measured, f"joint state from {topic}"
        key, (stamp, name) = min(newest.items(), key=lambda item: item[1][0])
        self._refuse_old(f"newest {name}", stamp, now, key)
        if stamp - now > _FUTURE:
            raise ObservationError(
                "OBSERVATION_FUTURE",
                f"the newest {name} is stamped {stamp - now:.3f} s ahead of this node's clock: "
                "synchronise the clocks, or use the same use_sim_time everywhere",
            )
        return stamp

    def _refuse_old(self, name: str, stamp: float, now: float, key: str) -> None:
        timing = self._timings.get(key)
        limit = self._contract.robot.safety.observation_age if timing is None else timing.age
        if now - stamp > limit:
            unstamped = stamp + (0.0 if timing is None else timing.latency) <= 0.0
            raise ObservationError(
                "OBSERVATION_STALE",
                f"the {name} is {now - stamp:.3f} s old, more than {limit:g} s"
                + (": its driver does not stamp its messages" if unstamped else ""),
            )

    def _moment(self, stamp: float) -> Moment:
        return Moment(stamp, self._images_at(stamp), *self._joints_at(stamp))

    def _images_at(self, stamp: float) -> dict[str, Sample[RawImage]]:
        chosen = {}
        for key, stream in self._images.items():
            sample, tolerance = stream.at_or_before(stamp + _SAME_TIME), self._timings[key].tolerance
            if sample is None or stamp - sample.stamp > tolerance:
                distance = "later" if sample is None else f"{stamp - sample.stamp:.3f} s before"
                raise ObservationError(
                    "IMAGES_APART",
                    f"the nearest image of '{key}' from {self._timings[key].topic} was captured {distance} than "
                    f"{stamp:.3f} s, more than {tolerance:.3f} s apart from what it is to be seen with",
                )
            chosen[key] = sample
        return chosen

    def _joints_at(self, stamp: float) -> tuple[dict[str, Bracket], dict[str, Bracket] | None]:
        joints = self._measured.around(stamp)
        commanded = self._commanded.around(stamp) if self._composer.needs_commanded else None
        if self._composer.needs_commanded and commanded is None:
            raise ObservationError(
                "COMMANDED_STATE_BEHIND", f"the bridge has reported no reference around the capture time {stamp:.3f} s"
            )
        if joints is None:
            raise ObservationError(
                "JOINT_STATE_BEHIND",
                f"no joint states from {self._contract.robot.joint_states.topic} around the capture time {stamp:.3f} s",
            )
        return joints, commanded
