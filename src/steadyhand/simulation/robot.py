"""The simulated robot: a world and the controllers that drive it, one control period at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steadyhand.simulation.controllers.gripper import GripperController, GripperOptions
from steadyhand.simulation.controllers.joint_trajectory import JointTrajectoryController, JointTrajectoryOptions
from steadyhand.simulation.scene import ARM_JOINTS
from steadyhand.simulation.world import World

PERIOD = 0.01
"""Time between two updates of the controllers [s]."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class JointSample:
    """The joints at one time, in the order of ``World.joint_names``.

    Attributes:
        stamp: ROS clock [s].
        positions: Shape (9,) [rad or m].
        velocities: Shape (9,) [rad/s or m/s].
        efforts: Shape (9,) [N m or N].
    """

    stamp: float
    positions: Array
    velocities: Array
    efforts: Array


@dataclass(frozen=True)
class Capture:
    """The world when a camera's shutter opened.

    Attributes:
        stamp: ROS clock [s].
        configuration: All coordinates, shape (nq,).
    """

    stamp: float
    configuration: Array


class SimulatedRobot:
    """Steps physics and controllers together, and takes down what the cameras are to show.

    Not thread-safe: the caller serialises the calls.

    Attributes:
        world: The physics.
        arm: Controller of the arm's joints.
        gripper: Controller of the first finger joint; the second follows it.
        speed_scaling: Speed at which the arm's controller plays trajectories, 0 to 1.
        protective_stop: True while the robot has stopped itself: its brakes hold the arm, its controller stands still.
    """

    def __init__(
        self,
        world: World,
        arm: JointTrajectoryOptions | None = None,
        gripper: GripperOptions | None = None,
        image_rate: float = 30.0,
    ) -> None:
        """Put controllers on a world.

        Args:
            world: The physics.
            arm: Parameters of the arm's controller; None for its defaults.
            gripper: Parameters of the gripper's controller; None for its defaults.
            image_rate: Of the captures [Hz].
        """
        self.world = world
        positions = world.positions
        options = arm or JointTrajectoryOptions(ARM_JOINTS, PERIOD)
        self.arm = JointTrajectoryController(options, positions[: len(ARM_JOINTS)])
        self.gripper = GripperController(gripper or GripperOptions(), float(positions[len(ARM_JOINTS)]))
        self.speed_scaling = 1.0
        self.protective_stop = False
        self._brakes: Array | None = None
        self._substeps = round(PERIOD / world.timestep)
        self._capture_period = 1.0 / image_rate
        self._restart()

    def reset(self, seed: int, task: str | None = None) -> None:
        """Lay out a scene with the arm at home and at rest. Active goals are aborted.

        Args:
            seed: Of the layout.
            task: Name of a task; None keeps the one in force.

        Raises:
            TaskError: There is no such task; nothing has changed.
        """
        self.world.reset(seed, task)
        self._restart()

    def release(self) -> None:
        """Abort active goals and hold."""
        positions = self.world.positions
        self.arm.activate(positions[: len(ARM_JOINTS)])
        self.gripper.activate(float(positions[len(ARM_JOINTS)]))

    def tick(self, stamp: float) -> tuple[JointSample, Capture | None]:
        """Let the physics run for a period under the last commands, then update the controllers.

        Args:
            stamp: Time at the end of the period, ROS clock [s].

        Returns:
            The joints at the end, and what the cameras have captured in the period, if one was due.
        """
        capture = self._step(stamp)
        positions, velocities = self.world.positions, self.world.velocities
        count = len(ARM_JOINTS)
        self.arm.speed_scaling = 0.0 if self.protective_stop else self.speed_scaling
        targets = self.arm.update(stamp, positions[:count], velocities[:count])
        finger, effort = self.gripper.update(stamp, float(positions[count]), float(velocities[count]))
        if not self.protective_stop:
            self._brakes = None
        elif self._brakes is None:
            self._brakes = positions[:count]
        # Its brakes hold the arm whatever its controller commands.
        self.world.set_targets(targets if self._brakes is None else self._brakes, finger, effort, period=PERIOD)
        efforts = np.array(self.world.data.qfrc_actuator[: len(positions)])
        return JointSample(stamp, positions, velocities, efforts), capture

    def _step(self, stamp: float) -> Capture | None:
        timestep = self.world.timestep
        begin = self._ticks * PERIOD
        self._ticks += 1
        # The first step whose end is at or after the time that the capture is due.
        due = int(np.ceil((self._captures * self._capture_period - begin) / timestep - 1e-6))
        if due > self._substeps:
            self.world.step(self._substeps)
            return None
        due = max(due, 1)
        self._captures += 1
        self.world.step(due)
        capture = Capture(stamp - (self._substeps - due) * timestep, self.world.configuration)
        if due < self._substeps:
            self.world.step(self._substeps - due)
        return capture

    def _restart(self) -> None:
        # Counted from the reset, so that equal seeds give equal images.
        self._ticks = 0
        self._captures = 0
        self.release()
