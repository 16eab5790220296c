"""Observations out of streams: everything brought to one capture time, and nothing old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from steadyhand.observation.exceptions import ImageError, ObservationError
from steadyhand.observation.images import Image, RawImage, blank, decode, fit, orient
from steadyhand.observation.joints import JointReader, JointSample, JointStreams, joint_parts
from steadyhand.observation.observation import Observation
from steadyhand.observation.state import ForwardKinematics, StateLayout
from steadyhand.observation.streams import Sample, Stream
from steadyhand.profiles.contract import Contract

_IMAGES_KEPT = 8
_SECONDS_OF_JOINTS = 2.0
_REPORTS_APART = 0.2
"""Longest time between two reports of the bridge that is bridged by interpolation [s]."""

_FUTURE = 0.1
"""Stamps ahead of the clock by more than this come from a clock that is not ours [s]."""


@dataclass(frozen=True)
class Selection:
    """Inputs that belong to one capture time, not decoded yet.

    Attributes:
        stamp: The capture time, ROS clock [s].
        images: Image key to its sample, at the capture time or just before it.
        joints: Measured joints at the capture time.
        commanded: Commanded joints at the capture time, where the policy's state wants them.
    """

    stamp: float
    images: dict[str, Sample[RawImage]]
    joints: JointSample
    commanded: JointSample | None


class ObservationAssembler:
    """Collects the inputs of one deployment and brings them to one capture time.

    The capture time is the newest at which every camera has delivered. The other images are the newest captured at
    or before it, at most one and a half of their periods; the joints are interpolated. Latencies of the robot profile
    are taken off every stamp first. All methods may be called from any thread.

    Attributes:
        joint_names: Names of the joints of every observation: the arm's in profile order, then the grippers'.
    """

    def __init__(self, contract: Contract, arm: ForwardKinematics | None = None) -> None:
        """Prepare for one deployment.

        Args:
            contract: The resolved deployment.
            arm: Kinematics with the deployment's base frame and tool, where the policy's state has end-effector terms.

        Raises:
            StateError: The policy's state layout cannot be filled from this robot.
        """
        robot = contract.robot
        self._contract = contract
        self._reader = JointReader(contract)
        parts = joint_parts(contract)
        kept = max(2, round(_SECONDS_OF_JOINTS * robot.joint_states.rate))
        self._measured = JointStreams(parts, kept, gap=robot.safety.joint_state_age)
        self._commanded = JointStreams({"arm": robot.joint_names}, kept, gap=_REPORTS_APART)
        self.joint_names = self._measured.joint_names
        self._bindings = {key: binding for key, binding in contract.deployment.images.items() if not binding.masked}
        self._images: dict[str, Stream[RawImage]] = {key: Stream(key, _IMAGES_KEPT) for key in self._bindings}
        self._latency = {key: robot.cameras[b.camera].latency for key, b in self._bindings.items()}
        self._tolerance = {key: 1.5 / robot.cameras[b.camera].rate for key, b in self._bindings.items()}
        self._layout = StateLayout(contract, self.joint_names, arm)
        self._lock = Lock()
        self._now = -np.inf

    def add_image(self, key: str, stamp: float, raw: RawImage) -> None:
        """Add an image message with its header's stamp, ROS clock [s]."""
        with self._lock:
            self._images[key].push(stamp - self._latency[key], raw)

    def add_joint_state(
        self, stamp: float, names: Sequence[str], positions: Sequence[float], velocities: Sequence[float]
    ) -> None:
        """Add a joint state message with its header's stamp, ROS clock [s].

        Raises:
            JointStateError: The message lacks joints or has values that are no positions.
        """
        with self._lock:
            samples = self._reader.read(names, positions, velocities)
            self._measured.push(stamp - self._contract.robot.joint_states.latency, samples)

    def add_commanded(
        self, stamp: float, names: Sequence[str], positions: Sequence[float], velocities: Sequence[float]
    ) -> None:
        """Add the reference that the bridge reports for ``stamp``, ROS clock [s]; other joints than the arm's pass."""
        if tuple(names) != self._contract.robot.joint_names or not self._layout.needs_commanded:
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
            return Selection(stamp, self._images_at(stamp), *self._joints_at(stamp))

    def assemble(self, selection: Selection, instruction: str) -> Observation:
        """Return the observation that a selection stands for; this decodes and scales the images.

        Raises:
            ImageError: An image cannot be decoded, or has not the size that its camera's profile says.
            StateError: The policy's state wants what was not selected.
        """
        images = {key: self._image(key, sample.value) for key, sample in selection.images.items()}
        for key, wanted in self._contract.policy.images.items():
            images.setdefault(key, blank(wanted))
        inputs = {key: sample.stamp for key, sample in selection.images.items()}
        return Observation(
            stamp=selection.stamp,
            images={key: images[key] for key in self._contract.policy.images},
            state=self._layout.vector(selection.joints, selection.commanded),
            instruction=instruction,
            joint_names=self.joint_names,
            joint_positions=selection.joints.positions,
            inputs=inputs | {"state": selection.stamp},
        )

    def _capture_time(self, now: float) -> float:
        newest: dict[str, float] = {}
        for key, stream in self._images.items():
            if stream.newest is None:
                raise ObservationError(
                    "NO_IMAGE",
                    f"no image of '{key}' has come from {self._bindings[key].topic}: see that it is published",
                )
            newest[f"image '{key}' from {self._bindings[key].topic}"] = stream.newest.stamp
        measured = self._measured.newest
        topic = self._contract.robot.joint_states.topic
        if measured is None:
            raise ObservationError(
                "NO_JOINT_STATE", f"no state of {', '.join(self._measured.missing)} has come from {topic}"
            )
        if not newest:
            newest[f"joint state from {topic}"] = measured
        name, stamp = min(newest.items(), key=lambda item: item[1])
        limit = self._contract.robot.safety.observation_age
        if now - stamp > limit:
            raise ObservationError(
                "OBSERVATION_STALE", f"the newest {name} is {now - stamp:.3f} s old, more than {limit:g} s"
            )
        if stamp - now > _FUTURE:
            raise ObservationError(
                "OBSERVATION_FUTURE",
                f"the newest {name} is stamped {stamp - now:.3f} s ahead of this node's clock: "
                "synchronise the clocks, or use the same use_sim_time everywhere",
            )
        return stamp

    def _images_at(self, stamp: float) -> dict[str, Sample[RawImage]]:
        chosen = {}
        for key, stream in self._images.items():
            sample = stream.at_or_before(stamp)
            if sample is None or stamp - sample.stamp > self._tolerance[key]:
                distance = "later" if sample is None else f"{stamp - sample.stamp:.3f} s before"
                raise ObservationError(
                    "IMAGES_APART",
                    f"the nearest image of '{key}' from {self._bindings[key].topic} was captured {distance}, "
                    f"more than {self._tolerance[key]:.3f} s from the others",
                )
            chosen[key] = sample
        return chosen

    def _joints_at(self, stamp: float) -> tuple[JointSample, JointSample | None]:
        joints = self._measured.at(stamp)
        commanded = self._commanded.at(stamp) if self._layout.needs_commanded else None
        if self._layout.needs_commanded and commanded is None:
            raise ObservationError(
                "COMMANDED_STATE_BEHIND", f"the bridge has reported no reference around the capture time {stamp:.3f} s"
            )
        if joints is None:
            raise ObservationError(
                "JOINT_STATE_BEHIND",
                f"no joint states from {self._contract.robot.joint_states.topic} around the capture time {stamp:.3f} s",
            )
        return joints, commanded

    def _image(self, key: str, raw: RawImage) -> Image:
        binding = self._bindings[key]
        camera = self._contract.robot.cameras[binding.camera]
        image = decode(raw)
        if image.shape[:2] != (camera.height, camera.width):
            raise ImageError(
                f"{raw.topic}: an image of {image.shape[1]}x{image.shape[0]}, but camera '{binding.camera}' of robot "
                f"profile '{self._contract.robot.name}' has {camera.width}x{camera.height}: correct one of them"
            )
        return fit(orient(image, binding), self._contract.policy.images[key])
