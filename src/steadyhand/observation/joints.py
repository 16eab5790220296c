"""Joint states: from a driver's messages, in any order and unit, to the robot's joints at one time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from steadyhand.observation.exceptions import JointStateError
from steadyhand.observation.streams import Sample, Stream
from steadyhand.profiles.binding import DRIVERS, JointBinding, JointMap, Values, message_joints
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.exceptions import JointBindingError

Array = NDArray[np.float64]


class JointSample(NamedTuple):
    """Positions [rad or m] and velocities [rad/s or m/s] of some joints, shape (J,) each."""

    positions: Array
    velocities: Array


class Bracket(NamedTuple):
    """The joint states on both sides of a time; only the first where one was measured just then."""

    before: Sample[JointSample]
    after: Sample[JointSample] | None

    def at(self, stamp: float) -> JointSample:
        """Return the joints at a time between the two, by linear interpolation."""
        if self.after is None:
            return self.before.value
        part = (stamp - self.before.stamp) / (self.after.stamp - self.before.stamp)
        one, other = self.before.value, self.after.value
        return JointSample(
            one.positions + part * (other.positions - one.positions),
            one.velocities + part * (other.velocities - one.velocities),
        )


def interpolated(brackets: Mapping[str, Bracket], stamp: float) -> JointSample:
    """Return the joints of all parts at a time, in the order of the parts."""
    samples = [bracket.at(stamp) for bracket in brackets.values()]
    return JointSample(
        np.concatenate([sample.positions for sample in samples]),
        np.concatenate([sample.velocities for sample in samples]),
    )


def joint_parts(contract: Contract) -> dict[str, tuple[str, ...]]:
    """Return the joints that observations carry, by part: ``arm`` in profile order, then each gripper's by its name."""
    parts = {"arm": contract.robot.joint_names}
    for name, gripper in contract.robot.grippers.items():
        if gripper.joint not in contract.robot.joint_names:
            parts[f"gripper {name}"] = (gripper.joint,)
    return parts


def joint_latencies(contract: Contract) -> dict[str, float]:
    """Return the time from the measurement of every part to the stamp of its joint state [s]."""
    robot = contract.robot
    latencies = dict.fromkeys(joint_parts(contract), robot.joint_states.latency)
    for name, gripper in robot.grippers.items():
        if f"gripper {name}" in latencies and gripper.state_latency is not None:
            latencies[f"gripper {name}"] = gripper.state_latency
    return latencies


class JointReader:
    """Reads joint states by name: other orders and extra joints are fine, units are the deployment's.

    Attributes:
        parts: Joints of each part of the robot; a driver may publish every part in messages of its own.
    """

    def __init__(self, contract: Contract) -> None:
        """Prepare to read the joints of one deployment's robot."""
        self.parts = joint_parts(contract)
        everything = message_joints(contract.robot, contract.deployment)
        self._source = everything.source
        self._maps = {part: everything.only(joints) for part, joints in self.parts.items()}
        self._present = lru_cache(maxsize=DRIVERS)(self._find)

    def read(self, names: Sequence[str], positions: Values, velocities: Values) -> dict[str, JointSample]:
        """Return the parts of the robot that one message has, none where it is about other joints.

        Args:
            names: Names in the message.
            positions: Positions in the message's units.
            velocities: Velocities in the message's units; empty where the driver gives none: they then count as 0.

        Raises:
            JointStateError: A part lacks joints, lengths differ, or a position is not finite.
        """
        try:
            joints, places = self._present(tuple(names))
            if not places:
                return {}
            sample = _convert(joints, names, positions, velocities)
        except JointBindingError as error:
            raise JointStateError(str(error)) from error
        return {part: JointSample(sample.positions[place], sample.velocities[place]) for part, place in places.items()}

    def _find(self, names: tuple[str, ...]) -> tuple[JointMap, dict[str, slice]]:
        """Return the joints of the parts that a message with these names is about, and where each part is in them."""
        bindings: list[JointBinding] = []
        places = {}
        for part, joints in self._maps.items():
            if joints.concerned(names):
                places[part] = slice(len(bindings), len(bindings) + len(joints.bindings))
                bindings.extend(joints.bindings)
        return JointMap(tuple(bindings), self._source), places


def _convert(joints: JointMap, names: Sequence[str], positions: Values, velocities: Values) -> JointSample:
    measured = joints.extract(names, positions)
    finite = np.isfinite(measured)
    if not finite.all():
        joint = joints.joint_names[int(np.argmin(finite))]
        raise JointStateError(f"{joints.source} has a position of '{joint}' that is not finite")
    if len(velocities) == 0:
        return JointSample(measured, np.zeros_like(measured))
    moving = joints.extract_velocities(names, velocities)
    # Some drivers fill velocities that they do not measure with NaN.
    return JointSample(measured, np.where(np.isfinite(moving), moving, 0.0))


class JointStreams:
    """The newest joint states of every part of a robot.

    Attributes:
        joint_names: Names of the J joints of all parts, in order.
    """

    def __init__(self, parts: Mapping[str, tuple[str, ...]], capacity: int, gap: float) -> None:
        """Create empty streams.

        Args:
            parts: Joints of every part.
            capacity: Samples kept of every part.
            gap: Longest time between two samples that is bridged by interpolation [s].
        """
        self._gap = gap
        self.joint_names = tuple(name for joints in parts.values() for name in joints)
        self._streams: dict[str, Stream[JointSample]] = {part: Stream(part, capacity) for part in parts}

    @property
    def newest(self) -> float | None:
        """The latest time at which every part is known [s], None while one is not."""
        stamps = [stream.newest.stamp for stream in self._streams.values() if stream.newest is not None]
        return min(stamps) if len(stamps) == len(self._streams) else None

    @property
    def missing(self) -> list[str]:
        """Parts that nothing was received of."""
        return [part for part, stream in self._streams.items() if stream.newest is None]

    def push(
        self, stamp: float, samples: Mapping[str, JointSample], latencies: Mapping[str, float] | None = None
    ) -> None:
        """Add what one message has.

        Args:
            stamp: When it was stamped, ROS clock [s].
            samples: Joints of some parts.
            latencies: Time from the measurement of every part to the stamp [s]; none: no time.
        """
        for part, sample in samples.items():
            self._streams[part].push(stamp if latencies is None else stamp - latencies[part], sample)

    def around(self, stamp: float) -> dict[str, Bracket] | None:
        """Return what was measured of every part around a time; None where a part does not cover it."""
        found = {part: _bracket(stream, stamp, self._gap) for part, stream in self._streams.items()}
        known = {part: bracket for part, bracket in found.items() if bracket is not None}
        return known if len(known) == len(found) else None

    def clear(self) -> None:
        """Forget every sample."""
        for stream in self._streams.values():
            stream.clear()


def _bracket(stream: Stream[JointSample], stamp: float, gap: float) -> Bracket | None:
    before = stream.at_or_before(stamp)
    if before is None or before.stamp == stamp:
        return None if before is None else Bracket(before, None)
    after = stream.after(stamp)
    if after is None or after.stamp - before.stamp > gap:
        return None
    return Bracket(before, after)
