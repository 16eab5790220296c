"""The bridge without ROS: checks chunks, watches what motion depends on, and says what to command."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.exceptions import MeaningError
from steadyhand.chunks.meaning import Meaning
from steadyhand.execution.ensemble import Ensemble
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.executor import Executor
from steadyhand.execution.gate import ChunkExpectation, check_chunk, check_steps, check_targets, check_workspace
from steadyhand.execution.gripper import GripperRule, GripperSchedule
from steadyhand.execution.limits import JointLimits
from steadyhand.execution.phase import Phase
from steadyhand.execution.planning import Planner
from steadyhand.execution.reasons import Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import SceneCheck, make_scene
from steadyhand.execution.settings import ExecutorSettings
from steadyhand.execution.splice import Splice
from steadyhand.execution.start import START_FRACTION
from steadyhand.execution.stitching import Stitching
from steadyhand.execution.watch import Watch, WatchLimits
from steadyhand.profiles.action import GripperAction
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Command:
    """What is to be sent now.

    Attributes:
        motion: Window for the arm's controller, None where nothing is to be sent.
        grippers: Gripper name to opening, 0 closed to 1 open, of those that are to move.
    """

    motion: Reference | None = None
    grippers: dict[str, float] = field(default_factory=dict)


class Bridge:
    """One deployment's way from chunks to commands. Times are on the ROS clock [s], ``steady`` on the steady clock [s].

    Attributes:
        executor: The reference and what moves it.
        watch: What was heard last of everything that motion depends on.
        shadow: True while everything is computed and nothing commanded.
        accepted: Chunks of this episode that moved the arm.
        refused: Chunks of this episode that were refused.
        robot_name: Name of the robot profile.
        joint_names: Joints of the arm, in the order of every vector.

    Args:
        contract: The resolved deployment.
        stitching: Used instead of what the policy profile asks for: for comparisons in simulation.
        scene: Used instead of the scene check that needs no ROS.
        planner: Plans the way to the start pose and home; None for a limited move straight there.
    """

    def __init__(
        self,
        contract: Contract,
        stitching: Stitching | None = None,
        *,
        scene: SceneCheck | None = None,
        planner: Planner | None = None,
    ) -> None:
        robot, policy = contract.robot, contract.policy
        safety = robot.safety
        limits = motion_limits(contract)
        # Along the path a brake never exceeds the velocities it begins with, which the gate has checked.
        brake_limits = JointLimits(
            robot.joint_names, robot.lower, robot.upper, robot.velocity, robot.brake_acceleration, robot.brake_jerk
        )
        self.robot_name = robot.name
        self.joint_names = robot.joint_names
        self._limits = limits
        self._lag = safety.lag
        self._start: Array | None = robot.home_positions if contract.deployment.start == "home" else None
        self._workspace = (np.array(robot.workspace.lower), np.array(robot.workspace.upper))
        self._meaning = Meaning(contract)
        self._expected = ChunkExpectation(
            policy.dimension_names,
            policy.horizon,
            policy.dt,
            policy.first_row * policy.dt,
            robot.joint_names,
            contract.hash,
            safety.observation_age,
            history=-policy.history_offsets[0],
        )
        self._home = robot.home_positions
        self._scene = make_scene(contract) if scene is None else scene
        self._planner = planner
        self.executor = Executor(
            ExecutorSettings(limits, brake_limits, safety.max_unattended_motion),
            _make_stitching(contract, limits) if stitching is None else stitching,
            self._scene,
        )
        self.watch = Watch(
            robot.joint_names,
            WatchLimits(safety.joint_state_age, safety.policy_silence, safety.pilot_silence, safety.tracking_error),
        )
        self._grippers = {
            term.gripper: GripperSchedule(
                GripperRule(
                    binary=True,
                    threshold=term.threshold,
                    hysteresis=term.hysteresis,
                    latency=robot.grippers[term.gripper].latency,
                )
            )
            for term in policy.action
            if isinstance(term, GripperAction)
        }
        self.shadow = False
        self.accepted = 0
        self.refused = 0
        self._activated = False
        self._now = -np.inf

    def activate(self) -> None:
        """Hold at the next measured position, and wait for an episode."""
        self.watch.clear()
        self._activated = True

    def deactivate(self, now: float) -> Command:
        """Stop all motion; return the brake."""
        self._activated = False
        self._clear_grippers()
        motion = self.executor.deactivate(now)
        return Command(None if self.shadow else motion)

    def open(self, episode_id: str, now: float, steady: float, *, shadow: bool, speed: float) -> None:
        """Open an episode and move to the start pose.

        Raises:
            RefusedError: Why not.
        """
        if not episode_id:
            raise RefusedError(Reason.WRONG_EPISODE, "an episode needs an identifier")
        if episode_id == self.executor.episode_id:
            return  # asked twice, because the first answer was lost
        measured = self.watch.measured(now)
        if self.shadow and not self.executor.moving:
            # What the episode before computed was never commanded.
            self.executor.anchor(now, measured)
        self._depart(episode_id, now, measured, speed, None if shadow else self._start)
        self.shadow = shadow
        self.accepted = self.refused = 0
        self.watch.hear_pilot(steady)
        for gripper in self._grippers.values():
            gripper.forget()

    def go_home(self, now: float) -> None:
        """Move to the home pose, outside of any episode.

        Raises:
            RefusedError: Why not.
        """
        measured = self.watch.measured(now)
        if self.shadow and not self.executor.moving:
            self.executor.anchor(now, measured)
        self._depart("", now, measured, 1.0, self._home)
        self.shadow = False

    def _depart(self, episode_id: str, now: float, measured: Array, speed: float, pose: Array | None) -> None:
        """Move to a pose, by a plan where somebody plans."""
        if self._scene is not None:
            self._scene.supervise(Reference.resting(now, measured), now)
        self.executor.open(episode_id, now, measured, speed, pose, planned=self._planner is not None)
        if self._planner is not None and self.executor.planning:
            assert self.executor.reference is not None and pose is not None
            self._planner.ask(self.executor.reference.final.position, pose, START_FRACTION * speed)

    def run(self, episode_id: str, steady: float) -> None:
        """Let chunks of the episode move the arm; see `Executor.run`."""
        self.executor.run(episode_id)
        self.watch.hear_policy(steady)

    def close(self, now: float) -> None:
        """End the episode: brake and hold."""
        self._clear_grippers()
        self.executor.close(now)

    def stop(self, now: float) -> None:
        """Brake and hold until resumed, or until a new episode."""
        self._clear_grippers()
        self.executor.fault(now, Reason.STOPPED, "stopped by the operator")

    def resume(self, now: float, steady: float) -> None:
        """Continue the episode after a stop or a fault that has cleared.

        Raises:
            RefusedError: Why not.
        """
        measured = self.watch.measured(now)
        if self._scene is not None:
            self._scene.supervise(Reference.resting(now, measured), now)
        if self.executor.episode_id:
            self.watch.check_policy(steady)
            self.watch.check_pilot(steady)
        self.executor.resume(now, measured)

    def receive(self, chunk: ActionChunk, now: float) -> None:
        """Take a chunk: execute it, or brake with the reason why not. Chunks of other episodes are left aside."""
        try:
            if not self.executor.accepts(chunk):
                return
            check_chunk(chunk, self._expected, now)
            try:
                targets = self._meaning.targets(chunk)
            except MeaningError as error:
                raise RefusedError(Reason.UNREACHABLE, f"chunk {chunk.sequence}: {error}") from error
            check_targets(targets, self._limits)
            # The graver reason goes first: a chunk that is only too fast may be followed by another at once.
            check_workspace(self._meaning.tool_points(targets), *self._workspace)
            check_steps(targets, self._limits, self._lag, self.executor.speed)
            if self.shadow:
                # Nothing follows the reference: every chunk is judged from where the arm is.
                self.executor.anchor(now, self.watch.measured(now))
            self.executor.offer(chunk, targets, now)
        except RefusedError as refusal:
            self.refused += 1
            self.fault(now, refusal)
            return
        self.accepted += 1
        for name, openings in targets.grippers.items():
            self._grippers[name].load(self.executor.row_times, openings)

    def refuse(self, now: float, reason: Reason, message: str) -> None:
        """Brake for a chunk that could not even be read."""
        self.refused += 1
        self.fault(now, RefusedError(reason, message))

    def fault(self, now: float, refusal: RefusedError) -> None:
        """Brake and hold for a reason."""
        self._clear_grippers()
        self.executor.fault(now, refusal.reason, str(refusal))

    def tick(self, now: float, steady: float) -> Command:
        """Check everything that motion depends on, and return what to send."""
        if now < self._now - 1e-6:
            self.watch.clear()
            self.fault(now, RefusedError(Reason.CLOCK_JUMP, f"the clock went back by {self._now - now:.3f} s"))
            self._restart_at(now)
        self._now = now
        if not self._activated:
            return Command()
        if self.executor.phase is Phase.INACTIVE:
            return self._begin(now)
        self.executor.catch_up(now)
        if self.executor.episode_id or self.executor.moving:
            self._check(now, steady)
        self._take_plan(now)
        motion = self.executor.tick(now)
        due = {}
        if self.executor.phase is Phase.RUNNING:
            for name, gripper in self._grippers.items():
                opening = gripper.due(now)
                if opening is not None:
                    due[name] = opening
        else:
            self._clear_grippers()
        return Command() if self.shadow else Command(motion, due)

    def _take_plan(self, now: float) -> None:
        """Follow the plan that has come, or brake for what came instead of it."""
        if self._planner is None:
            return
        if not self.executor.planning:
            self._planner.forget()
            return
        try:
            plan = self._planner.take()
            if isinstance(plan, RefusedError):
                raise plan
            if plan is not None:
                self.executor.follow_plan(plan, now)
        except RefusedError as refusal:
            self.fault(now, refusal)

    def _begin(self, now: float) -> Command:
        try:
            self.executor.activate(now, self.watch.measured(now))
        except RefusedError as refusal:
            self.executor.message = str(refusal)
        return Command()

    def _check(self, now: float, steady: float) -> None:
        """Fault on what is stale, silent, or off its command."""
        executor = self.executor
        try:
            self.watch.measured(now)
            if executor.episode_id:
                self.watch.check_pilot(steady)
            if executor.phase in (Phase.STARTING, Phase.RUNNING) and not self.shadow:
                assert executor.reference is not None
                self.watch.check_tracking(executor.reference, now)
                if self._scene is not None:
                    self._scene.supervise(executor.reference, now)
            if executor.phase is Phase.RUNNING:
                self.watch.check_policy(steady)
        except RefusedError as refusal:
            self.fault(now, refusal)

    def _restart_at(self, now: float) -> None:
        """After the clock went back no time in the reference means anything: hold where it ends."""
        if self.executor.reference is not None:
            self.executor.anchor(now, self.executor.reference.final.position)

    def _clear_grippers(self) -> None:
        for gripper in self._grippers.values():
            gripper.clear()


def motion_limits(contract: Contract) -> JointLimits:
    """Return the limits of motion of a deployment's robot."""
    robot = contract.robot
    return JointLimits(robot.joint_names, robot.lower, robot.upper, robot.velocity, robot.acceleration, robot.jerk)


def _make_stitching(contract: Contract, limits: JointLimits) -> Stitching:
    """Return the way of stitching that the policy profile asks for.

    ``prefix`` and ``guided`` are done by the policy. What it gives is spliced: a join over no distance where it has
    kept to the committed rows, and a checked one where it has not.
    """
    chosen, safety = contract.policy.stitching, contract.robot.safety
    splice = Splice(limits, blend=chosen.blend, start_jump=safety.start_jump, lag=safety.lag)
    return Ensemble(splice, chosen.decay) if chosen.method == "ensemble" else splice
