"""Joints between the robot profile and messages or a policy: by name, with sign, scale, offset and unit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from steadyhand.profiles.deployment import DeploymentProfile, JointConversion
from steadyhand.profiles.exceptions import JointBindingError
from steadyhand.profiles.robot import RobotProfile

UNITS: dict[str, tuple[str, float]] = {
    "rad": ("rad", 1.0),
    "deg": ("rad", math.pi / 180.0),
    "m": ("m", 1.0),
    "mm": ("m", 1e-3),
    "ticks": ("", 1.0),
}
"""Unit to the SI unit it converts to, empty where ``scale`` says so, and the factor."""

Values = Sequence[float] | NDArray[np.float64]
"""One value a joint."""

DRIVERS = 8
"""Messages with different joints, in different orders, that are told apart without looking anew."""


@dataclass(frozen=True)
class JointBinding:
    """One joint, as the robot profile has it and as it is counted elsewhere.

    Attributes:
        joint: Name in the robot profile.
        name: Name elsewhere.
        factor: SI units for one unit there, negative where the direction is reversed [rad or m].
        offset: Value there at the joint's zero, in the unit there.
    """

    joint: str
    name: str
    factor: float = 1.0
    offset: float = 0.0

    @classmethod
    def of(cls, joint: str, name: str, conversion: JointConversion) -> JointBinding:
        """Return the binding that a deployment describes.

        Args:
            joint: Name in the robot profile.
            name: Name elsewhere.
            conversion: Sign, scale, unit and offset.
        """
        _, unit = UNITS[conversion.unit] if conversion.unit is not None else ("", 1.0)
        return cls(joint, name, conversion.sign * conversion.scale * unit, conversion.offset)

    def to_si(self, value: float) -> float:
        """Return the position [rad or m] of a value there."""
        return self.factor * (value - self.offset)


@dataclass(frozen=True)
class JointMap:
    """Joints in the robot profile's order, and where to find each elsewhere.

    Attributes:
        bindings: One for each of the n joints, in profile order.
        source: What the names elsewhere are, for errors.
    """

    bindings: tuple[JointBinding, ...]
    source: str = "the message"

    @classmethod
    def by_name(cls, joint_names: Iterable[str]) -> JointMap:
        """Return the map of joints that are called and counted elsewhere as in the robot profile."""
        return cls(tuple(JointBinding(name, name) for name in joint_names))

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Names in the robot profile, in order."""
        return tuple(binding.joint for binding in self.bindings)

    @property
    def names(self) -> tuple[str, ...]:
        """Names elsewhere, in the same order."""
        return tuple(binding.name for binding in self.bindings)

    @cached_property
    def factors(self) -> NDArray[np.float64]:
        """SI units for one unit elsewhere, shape (n,)."""
        return np.array([binding.factor for binding in self.bindings])

    @cached_property
    def offsets(self) -> NDArray[np.float64]:
        """Values elsewhere at the joints' zeros, shape (n,)."""
        return np.array([binding.offset for binding in self.bindings])

    def only(self, joints: Sequence[str]) -> JointMap:
        """Return the map of some of these joints, in the order of this map."""
        return JointMap(tuple(binding for binding in self.bindings if binding.joint in joints), self.source)

    def concerned(self, names: Sequence[str]) -> bool:
        """Return whether any of these joints is among ``names``: a broadcaster may publish others alone."""
        return any(binding.name in names for binding in self.bindings)

    def extract(self, names: Sequence[str], values: Values) -> NDArray[np.float64]:
        """Return positions in profile order, whatever the order there and whatever else is in it.

        Args:
            names: Names of the values.
            values: Values in the units there, as many as names.

        Returns:
            Positions, shape (n,) [rad or m].

        Raises:
            JointBindingError: A joint is missing or given twice, or there are not as many values as names.
        """
        return self.factors * (self._given(names, values) - self.offsets)

    def extract_velocities(self, names: Sequence[str], values: Values) -> NDArray[np.float64]:
        """Return velocities in profile order, as ``extract`` does for positions, shape (n,) [rad/s or m/s].

        Raises:
            JointBindingError: A joint is missing or given twice, or there are not as many values as names.
        """
        return self.factors * self._given(names, values)

    def insert(self, positions: Values) -> NDArray[np.float64]:
        """Return the values there, in the order of ``names``, of positions in profile order.

        Args:
            positions: Shape (n,) [rad or m].

        Raises:
            JointBindingError: There are not n positions.
        """
        if len(positions) != len(self.bindings):
            raise JointBindingError(
                f"{len(positions)} positions for the {len(self.bindings)} joints {', '.join(self.joint_names)}"
            )
        return np.asarray(positions, dtype=np.float64) / self.factors + self.offsets

    def _given(self, names: Sequence[str], values: Values) -> NDArray[np.float64]:
        if len(names) != len(values):
            raise JointBindingError(
                f"{self.source} has {len(names)} names and {len(values)} values: its sender is broken"
            )
        return np.asarray(values, dtype=np.float64)[self._places(tuple(names))]

    @cached_property
    def _places(self) -> Callable[[tuple[str, ...]], NDArray[np.intp]]:
        """Where the joints are among names: looked up once for each of a robot's drivers, not with every message."""
        return lru_cache(maxsize=DRIVERS)(self._find)

    def _find(self, names: tuple[str, ...]) -> NDArray[np.intp]:
        missing = [name for name in self.names if name not in names]
        if missing:
            raise JointBindingError(
                f"{self.source} lacks {', '.join(missing)}; it has {', '.join(names) or 'no joints'}. "
                "Bind the names that differ under 'joints' in the deployment"
            )
        if any(names.count(name) > 1 for name in self.names):
            raise JointBindingError(f"{self.source} has a joint twice: {', '.join(names)}. Two drivers are mixed up")
        return np.array([names.index(name) for name in self.names], dtype=np.intp)


def message_joints(robot: RobotProfile, deployment: DeploymentProfile) -> JointMap:
    """Return the joints of a robot and its grippers as its joint states have them, the arm's first."""
    grippers = (gripper.joint for gripper in robot.grippers.values())
    return _in_messages(dict.fromkeys([*robot.joints, *grippers]), robot, deployment)


def arm_joints(robot: RobotProfile, deployment: DeploymentProfile) -> JointMap:
    """Return the joints of the arm alone as messages have them, in profile order."""
    return _in_messages(robot.joints, robot, deployment)


def _in_messages(joints: Iterable[str], robot: RobotProfile, deployment: DeploymentProfile) -> JointMap:
    bindings = []
    for joint in joints:
        conversion = deployment.joints.get(joint)
        if conversion is None:
            bindings.append(JointBinding(joint, joint))
        else:
            bindings.append(JointBinding.of(joint, conversion.message or joint, conversion))
    return JointMap(tuple(bindings), f"a message on {robot.joint_states.topic}")


def policy_joints(deployment: DeploymentProfile, names: Sequence[str]) -> JointMap:
    """Return the joints of a policy, in its own order.

    Args:
        deployment: Where joints are bound that the policy calls, counts or turns differently.
        names: Names in the policy profile's order.
    """
    bindings = []
    for name in names:
        conversion = deployment.policy_joints.get(name)
        if conversion is None:
            bindings.append(JointBinding(name, name))
        else:
            bindings.append(JointBinding.of(conversion.joint, name, conversion))
    return JointMap(tuple(bindings), "the policy")
