"""The simulated world: an arm, a table and a task, stepped in time."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steadyhand.simulation.engine import mujoco
from steadyhand.simulation.exceptions import SimulationError
from steadyhand.simulation.scene import ARM_JOINTS, FINGER_JOINTS, OBSTACLE, TIMESTEP, build_model
from steadyhand.simulation.tasks.registry import make_task
from steadyhand.simulation.tasks.task import ObjectPose, Task, TaskStatus

HOME = (0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785)
"""MoveIt's group state "ready" [rad]."""
OPEN = 0.04
"""Finger position when the hand is open [m]."""
MAX_EFFORT = 40.0
"""Largest grip force of the hand [N], both fingers together."""

_SETTLE = 50  # steps in which the laid out objects come to rest
_OBSERVE = 5  # steps between two looks of the task


@dataclass(frozen=True)
class Snapshot:
    """Everything that decides how the world goes on. Made by ``World.snapshot``."""

    task: Task
    physics: NDArray[np.float64]
    effort: NDArray[np.float64]
    approach: tuple[NDArray[np.float64], int]


class World:
    """A Panda at a table with a task's objects, driven by joint targets.

    Equal seeds and equal calls give bit-identical trajectories.
    """

    def __init__(self, task: str = "pick", seed: int = 0, obstacle: tuple[float, float, float] | None = None) -> None:
        """Builds the world and lays out a scene.

        Args:
            task: Name of a task.
            seed: Decides the layout.
            obstacle: Edge lengths of a box for `place_obstacle` [m]; None for none.

        Raises:
            TaskError: There is no such task.
        """
        self._task: Task = make_task(task)
        self._model: Any = None
        self._data: Any = None
        self._addresses: dict[str, int] = {}
        self._bodies: list[str] = []
        # What each of some steps to come adds to the arm's targets.
        self._approach: tuple[NDArray[np.float64], int] = (np.zeros(len(ARM_JOINTS)), 0)
        self._obstacle = obstacle
        self._obstacle_centre = (0.0, 0.0, -5.0)
        self._build()
        self.reset(seed)

    @property
    def model(self) -> Any:
        """The ``MjModel``."""
        return self._model

    @property
    def data(self) -> Any:
        """The ``MjData``."""
        return self._data

    @property
    def task(self) -> Task:
        """The task in force."""
        return self._task

    @property
    def joint_names(self) -> tuple[str, ...]:
        """The seven arm joints, then the two fingers."""
        return ARM_JOINTS + FINGER_JOINTS

    @property
    def timestep(self) -> float:
        """Of the physics [s]."""
        return TIMESTEP

    @property
    def time(self) -> float:
        """Simulated time since the reset [s]."""
        return float(self._data.time)

    @property
    def positions(self) -> NDArray[np.float64]:
        """Joint positions in the order of ``joint_names``, shape (9,) [rad, m]."""
        return np.array(self._data.qpos[: len(self.joint_names)])

    @property
    def velocities(self) -> NDArray[np.float64]:
        """Joint velocities, shape (9,) [rad/s, m/s]."""
        return np.array(self._data.qvel[: len(self.joint_names)])

    @property
    def targets(self) -> NDArray[np.float64]:
        """Where the joints are told to be now, shape (9,) [rad, m]."""
        return np.array(self._data.ctrl)

    @property
    def configuration(self) -> NDArray[np.float64]:
        """All coordinates, shape (9 + 7 objects,): enough for a renderer in another process to draw the world."""
        return np.array(self._data.qpos)

    def reset(self, seed: int, task: str | None = None, *, spread: float = 0.0) -> None:
        """Puts the arm at its home pose, at rest, hand open, and lays out a scene; time starts at 0.

        Args:
            seed: Decides the layout.
            task: Name of a task; None keeps the one in force.
            spread: How far each arm joint may start from its home position, drawn from the seed too [rad].

        Raises:
            TaskError: There is no such task.
        """
        if task is not None and task != self._task.name:
            self._task = make_task(task)
            self._build()
        rng = np.random.default_rng(seed)
        poses = self._task.layout(rng)
        start = np.array(HOME) + rng.uniform(-spread, spread, len(ARM_JOINTS))
        mujoco.mj_resetData(self._model, self._data)
        self._data.qpos[: len(self.joint_names)] = (*start, OPEN, OPEN)
        for name, pose in poses.items():
            self._data.joint(name).qpos[:] = (*pose.position, *pose.quaternion)
        self._data.mocap_pos[:] = self._obstacle_centre
        self.set_targets(start, OPEN)
        mujoco.mj_step(self._model, self._data, nstep=_SETTLE)
        self._data.time = 0.0
        mujoco.mj_forward(self._model, self._data)

    def place_obstacle(self, centre: tuple[float, float, float]) -> None:
        """Puts the obstacle somewhere in the base frame, for good [m]."""
        self._obstacle_centre = centre
        self._data.mocap_pos[:] = centre
        mujoco.mj_forward(self._model, self._data)

    def touches_obstacle(self) -> bool:
        """Tells whether a link of the arm touches the obstacle now."""
        if self._obstacle is None:
            return False
        obstacle = int(self._model.geom(OBSTACLE).id)
        free = {int(self._model.body(name).id) for name in self._addresses}
        for contact in self._data.contact[: self._data.ncon]:
            if obstacle in contact.geom:
                other = int(contact.geom[0] if contact.geom[1] == obstacle else contact.geom[1])
                if int(self._model.geom_bodyid[other]) not in free:
                    return True
        return False

    def set_targets(
        self, arm: ArrayLike, finger: float, max_effort: float = MAX_EFFORT, *, period: float = 0.0
    ) -> None:
        """Sets where the joints should go; they follow with a lag of about 40 ms.

        The drives of an arm interpolate between the set points that they are sent. A step of the whole way would
        saturate the torque of a joint that moves fast, in every period anew.

        Args:
            arm: Positions of the arm joints, shape (7,) [rad]; beyond the limits they are clipped.
            finger: Position of each finger, 0 closed to 0.04 open [m].
            max_effort: Largest grip force, both fingers together [N]; 0 or less means the hand's own.
            period: Time over which the arm's targets move there from the ones before [s]; 0 for a step.

        Raises:
            SimulationError: A target has the wrong shape or is not finite.
        """
        positions = np.asarray(arm, dtype=np.float64)
        if positions.shape != (len(ARM_JOINTS),) or not np.isfinite(positions).all() or not np.isfinite(finger):
            raise SimulationError(
                f"joint targets {positions.tolist()}, finger {finger}: give {len(ARM_JOINTS)} finite positions and one."
            )
        effort = min(max_effort, MAX_EFFORT) if max_effort > 0 else MAX_EFFORT
        steps = max(1, round(period / TIMESTEP))
        present = np.array(self._data.ctrl[: len(ARM_JOINTS)])
        self._approach = (positions - present) / steps, steps - 1
        self._data.ctrl[: len(ARM_JOINTS)] = positions if steps == 1 else present + self._approach[0]
        self._data.ctrl[len(ARM_JOINTS) :] = finger
        self._model.actuator_forcerange[len(ARM_JOINTS) :] = (-effort / 2, effort / 2)

    def step(self, n: int = 1) -> None:
        """Advances the physics.

        Args:
            n: Number of time steps of 2 ms.
        """
        while n > 0:
            count = min(n, _OBSERVE)
            self._advance(count)
            n -= count
            self._task.observe(self.time, self.object_poses())
        self._place()

    def object_pose(self, name: str) -> ObjectPose:
        """Where an object is, in the base frame.

        Raises:
            SimulationError: There is no such object.
        """
        if name not in self._addresses:
            raise SimulationError(
                f"no object {name!r} in task {self._task.name!r}. Objects: {', '.join(self._addresses)}."
            )
        start = self._addresses[name]
        coordinates = np.array(self._data.qpos[start : start + 7])
        return ObjectPose(coordinates[:3], coordinates[3:])

    def object_poses(self) -> dict[str, ObjectPose]:
        """Where every object is, in the base frame."""
        return {name: self.object_pose(name) for name in self._addresses}

    def frame_pose(self, name: str) -> NDArray[np.float64]:
        """Pose of a link of the description in the base frame.

        Args:
            name: Such as ``panda_hand`` or ``wrist_camera_optical_frame``.

        Returns:
            Homogeneous transform, shape (4, 4).
        """
        body = self._data.body(name)
        pose = np.eye(4)
        pose[:3, :3] = body.xmat.reshape(3, 3)
        pose[:3, 3] = body.xpos
        return pose

    def status(self, instruction: str) -> TaskStatus:
        """Judges what has happened since the reset against an instruction."""
        return self._task.status(instruction)

    @property
    def touches(self) -> frozenset[tuple[str, str]]:
        """What the robot touches: pairs of a link and of another link or thing, the table and floor being ``world``."""
        contacts = self._data.contact
        pairs = {
            tuple(sorted((self._bodies[int(first)], self._bodies[int(second)])))
            for first, second in contacts.geom[contacts.dist <= 0.0]
        }
        return frozenset((one, other) for one, other in pairs if _is_link(one) or _is_link(other))

    def snapshot(self) -> Snapshot:
        """Takes down the whole state, to go back to it with ``restore``."""
        kind = mujoco.mjtState.mjSTATE_INTEGRATION
        physics = np.empty(mujoco.mj_stateSize(self._model, kind))
        mujoco.mj_getState(self._model, self._data, physics, kind)
        effort = np.array(self._model.actuator_forcerange)
        return Snapshot(copy.deepcopy(self._task), physics, effort, self._approach)

    def restore(self, snapshot: Snapshot) -> None:
        """Goes back to a snapshot, after which equal calls give equal trajectories."""
        other = snapshot.task.name != self._task.name
        self._task = copy.deepcopy(snapshot.task)
        if other:
            self._build()
        self._model.actuator_forcerange[:] = snapshot.effort
        self._approach = snapshot.approach
        mujoco.mj_setState(self._model, self._data, snapshot.physics, mujoco.mjtState.mjSTATE_INTEGRATION)
        mujoco.mj_forward(self._model, self._data)

    def _advance(self, n: int) -> None:
        """Steps the physics, the arm's targets moving on before each step but the first since they were set."""
        change, left = self._approach
        for _ in range(min(n, left)):
            mujoco.mj_step(self._model, self._data)
            self._data.ctrl[: len(ARM_JOINTS)] += change
        self._approach = change, max(0, left - n)
        if n > left:
            mujoco.mj_step(self._model, self._data, nstep=n - left)

    def _place(self) -> None:
        """Moves bodies, cameras and lights to where the coordinates are now; MuJoCo leaves them a time step behind."""
        mujoco.mj_kinematics(self._model, self._data)
        mujoco.mj_camlight(self._model, self._data)

    def _build(self) -> None:
        self._model = build_model(self._task.objects, self._obstacle)
        self._data = mujoco.MjData(self._model)
        self._addresses = {thing.name: int(self._model.joint(thing.name).qposadr[0]) for thing in self._task.objects}
        self._bodies = [self._model.body(int(body)).name for body in self._model.geom_bodyid]


def _is_link(body: str) -> bool:
    return body.startswith("panda_")
