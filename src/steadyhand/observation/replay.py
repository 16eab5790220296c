"""Replay: recorded messages and the stamps that a chunk carries give the observation that it was inferred from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steadyhand.observation.composition import ObservationComposer
from steadyhand.observation.images import RawImage
from steadyhand.observation.joints import Bracket, JointReader, JointSample, joint_latencies, joint_parts
from steadyhand.observation.observation import Observation
from steadyhand.observation.selection import CAPTURE, Moment, Selection, bracket_names, step_name
from steadyhand.observation.stamps import ROUNDING
from steadyhand.observation.state import Tools
from steadyhand.observation.streams import Sample
from steadyhand.observation.timing import image_timings
from steadyhand.profiles.contract import Contract

_COMMANDED = "commanded"


@dataclass(frozen=True)
class Replayed:
    """What became of one recorded observation.

    Attributes:
        index: Its place among those asked for.
        observation: The observation, bit by bit as it was; None where inputs are missing.
        missing: Names of inputs that were not recorded.
    """

    index: int
    observation: Observation | None
    missing: tuple[str, ...] = ()


@dataclass
class _Request:
    """One observation, while its inputs are collected."""

    stamps: Mapping[str, float]
    names: set[str]
    found: dict[str, Sample[Any]] = field(default_factory=dict)


class ObservationReplay:
    """Finds the inputs of recorded observations again, in messages given in any order.

    It holds the messages of observations that are not complete yet, and no others. Where two messages of a stream have
    one stamp, the first counts.
    """

    def __init__(
        self,
        contract: Contract,
        inputs: Sequence[Mapping[str, float]],
        arm: Tools | None = None,
        instruction: str = "",
    ) -> None:
        """Prepare to replay.

        Args:
            contract: The resolved deployment; images, joints and latencies as they were when it was recorded.
            inputs: Capture times of the inputs of every observation, as ``Observation.inputs`` or a chunk has them.
            arm: Kinematics with the deployment's base frame and tool, where the policy's state has end-effector terms.
            instruction: Instruction of the observations.

        Raises:
            StateError: The policy's state layout cannot be filled from this robot.
            DecoderError: The deployment's decoder is not there.
        """
        parts = joint_parts(contract)
        joint_names = tuple(name for names in parts.values() for name in names)
        self._composer = ObservationComposer(contract, joint_names, arm)
        self._arm_names = contract.robot.joint_names
        self._reader = JointReader(contract)
        self._joint_latencies = joint_latencies(contract)
        self._image_latencies = {key: timing.latency for key, timing in image_timings(contract).items()}
        self._offsets = contract.policy.history_offsets
        self._parts = {CAPTURE: tuple(parts), _COMMANDED: ("arm",) if self._composer.needs_commanded else ()}
        self._instruction = instruction
        self._requests: dict[int, _Request] = {}
        self._wanted: dict[tuple[str, str], list[tuple[float, int, str]]] = {}
        for index, stamps in enumerate(inputs):
            self._want(index, stamps)
        for entries in self._wanted.values():
            entries.sort()

    def add_image(self, key: str, stamp: float, raw: RawImage) -> None:
        """Take an image message with its header's stamp, ROS clock [s]."""
        self._offer(("image", key), stamp - self._image_latencies[key], raw)

    def add_joint_state(
        self, stamp: float, names: Sequence[str], positions: Sequence[float], velocities: Sequence[float]
    ) -> None:
        """Take a joint state message with its header's stamp, ROS clock [s].

        Raises:
            JointStateError: The message lacks joints or has values that are no positions.
        """
        for part, sample in self._reader.read(names, positions, velocities).items():
            self._offer((CAPTURE, part), stamp - self._joint_latencies[part], sample)

    def add_commanded(
        self, stamp: float, names: Sequence[str], positions: Sequence[float], velocities: Sequence[float]
    ) -> None:
        """Take the reference that the bridge reported for ``stamp``, ROS clock [s]."""
        if tuple(names) == self._arm_names:
            sample = JointSample(np.array(positions, dtype=np.float64), np.array(velocities, dtype=np.float64))
            self._offer((_COMMANDED, "arm"), stamp, sample)

    def completed(self) -> Iterator[Replayed]:
        """Yield the observations that are complete, and let go of their messages.

        Raises:
            ImageError: An image cannot be decoded, or is not what its camera's profile and the policy's say.
        """
        for index in [index for index, request in self._requests.items() if len(request.found) == len(request.names)]:
            request = self._requests.pop(index)
            selection = self._selection(request)
            yield Replayed(index, self._composer.compose(selection, self._instruction))

    def incomplete(self) -> list[Replayed]:
        """Return the observations whose inputs have not all come, with the names of those that are missing."""
        return [
            Replayed(index, None, tuple(sorted(request.names - request.found.keys())))
            for index, request in self._requests.items()
        ]

    def _want(self, index: int, stamps: Mapping[str, float]) -> None:
        streams = {name: stream for name, stream, needed in self._inputs() if needed or name in stamps}
        self._requests[index] = _Request(stamps, set(streams))
        for name, stream in streams.items():
            if name in stamps:
                self._wanted.setdefault(stream, []).append((stamps[name], index, name))

    def _inputs(self) -> Iterator[tuple[str, tuple[str, str], bool]]:
        """Yield the name of every input, its stream, and whether an observation always has it."""
        for back in range(len(self._offsets)):
            for key in self._image_latencies:
                yield step_name(key, back), ("image", key), True
            for source, parts in self._parts.items():
                for part in parts:
                    before, after = bracket_names(source, part)
                    yield step_name(before, back), (source, part), True
                    yield step_name(after, back), (source, part), False

    def _offer(self, stream: tuple[str, str], stamp: float, value: object) -> None:
        entries = self._wanted.get(stream, [])
        place = bisect_left(entries, (stamp - ROUNDING, -1, ""))
        while place < len(entries) and entries[place][0] <= stamp + ROUNDING:
            _, index, name = entries[place]
            if index in self._requests:
                self._requests[index].found.setdefault(name, Sample(stamp, value))
            place += 1

    def _selection(self, request: _Request) -> Selection:
        capture = self._capture_time(request)
        count = len(self._offsets)
        return Selection(
            tuple(
                self._moment(request.found, capture + offset, count - 1 - step)
                for step, offset in enumerate(self._offsets)
            )
        )

    def _capture_time(self, request: _Request) -> float:
        """Return the capture time to the last bit: it is that of one of the inputs, as their message has it."""
        recorded = request.stamps.get(CAPTURE, np.nan)
        befores = [bracket_names(CAPTURE, part)[0] for part in self._parts[CAPTURE]]
        stamps = [request.found[name].stamp for name in (list(self._image_latencies) or befores)]
        return min(stamps, key=lambda stamp: abs(stamp - recorded))

    def _moment(self, found: Mapping[str, Sample[Any]], stamp: float, back: int) -> Moment:
        def brackets(source: str) -> dict[str, Bracket]:
            names = {part: bracket_names(source, part) for part in self._parts[source]}
            return {
                part: Bracket(found[step_name(before, back)], found.get(step_name(after, back)))
                for part, (before, after) in names.items()
            }

        images = {key: found[step_name(key, back)] for key in self._image_latencies}
        return Moment(stamp, images, brackets(CAPTURE), brackets(_COMMANDED) if self._parts[_COMMANDED] else None)
