"""The bridge without ROS: checks chunks, watches what motion depends on, and says what to command."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.chunks.targets import JointTargets
from steadyhand.execution.admission import Admission
from steadyhand.execution.base import BaseVelocity
from steadyhand.execution.command import Command
from steadyhand.execution.companions import Companions
from steadyhand.execution.conduct import Conduct, Offer
from steadyhand.execution.consent import Consent
from steadyhand.execution.departure import Departure
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.executor import Executor
from steadyhand.execution.mode import Mode
from steadyhand.execution.phase import Phase
from steadyhand.execution.planning import Planner
from steadyhand.execution.reasons import STOPPED_BY_ROBOT, Reason
from steadyhand.execution.reference import Reference
from steadyhand.execution.scene import SceneCheck, make_scene
from steadyhand.execution.settings import executor_settings
from steadyhand.execution.standstill import Standstill
from steadyhand.execution.stitching import Stitched, Stitching
from steadyhand.execution.stitching_method import make_stitching
from steadyhand.execution.watch import Watch, WatchLimits
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]

# Until a window has reached the controller, what it says it follows is not ours [s].
_DELIVERY = 0.1


class Bridge:
    """One deployment's way from chunks to commands. Times are on the ROS clock [s], ``steady`` on the steady clock [s].

    Attributes:
        executor: The reference and what moves it; its times are those of the reference, see `Pace`.
        watch: What was heard last of everything that motion depends on.
        consent: What robot, operator and others say about moving at all.
        departure: The way to a start pose.
        pace: How fast the robot lets the reference advance: of the consent.
        conduct: Mode and speed that the operator has set, and the motion that waits for consent.
        accepted: Chunks of this episode that moved the arm.
        refused: Chunks of this episode that were refused.
        slowed: Chunks of this episode that were slowed to keep the limits.
        observed: Capture time of the newest chunk's observation, ROS clock [s].
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
        robot = contract.robot
        safety = robot.safety
        settings = executor_settings(contract)
        self.robot_name = robot.name
        self.joint_names = robot.joint_names
        self._start: Array | None = robot.home_positions if contract.deployment.start == "home" else None
        self._home = robot.home_positions
        self._shadows = contract.deployment.mode == "shadow"
        self._scene = make_scene(contract) if scene is None else scene
        self.executor = Executor(
            settings,
            make_stitching(contract, settings.limits) if stitching is None else stitching,
            self._scene,
        )
        self.departure = Departure(self.executor, self._scene, planner, robot.joint_names)
        self.watch = Watch(
            robot.joint_names,
            WatchLimits(safety.joint_state_age, safety.policy_silence, safety.pilot_silence, safety.tracking_error),
        )
        self.consent = Consent(robot)
        self.pace = self.consent.pace
        self._admission = Admission(contract, settings.limits, self.pace)
        self._standstill = Standstill(self.executor, self.watch, self.consent)
        self._companions = Companions(contract)
        self.conduct = Conduct(self, self._start)
        self.accepted = 0
        self.refused = 0
        self.slowed = 0
        self.observed = -np.inf
        self._commanded = np.inf
        self._found: Reason | None = None
        self._activated = False
        self._now = -np.inf

    @property
    def shadow(self) -> bool:
        """True while everything is computed and nothing commanded."""
        return self.conduct.mode is Mode.SHADOW

    def activate(self) -> None:
        """Hold at the next measured position, and wait for an episode."""
        self._forget()
        self._activated = True

    def deactivate(self, now: float) -> Command:
        """Stop all motion; return the brake."""
        self._activated = False
        self._companions.clear()
        if self.pace.frozen and self.executor.moving:
            self._standstill.halt(
                now, RefusedError(Reason.DEACTIVATED, "the bridge was deactivated while the robot stood still")
            )
            self.executor.deactivate(self.pace.at(now))
            return self._command(self._standstill.hold(now), {}, now)
        motion = self.executor.deactivate(self.pace.at(now))
        return self._command(motion, {}, now)

    def open(
        self, episode_id: str, now: float, steady: float, *, shadow: bool, speed: float, confirm: bool = False
    ) -> None:
        """Open an episode and move to the start pose; not in shadow mode, and with ``confirm`` after consent.

        Raises:
            RefusedError: Why not.
        """
        if not episode_id:
            raise RefusedError(Reason.WRONG_EPISODE, "an episode needs an identifier")
        if episode_id == self.executor.episode_id:
            return  # asked twice, because the first answer was lost
        if speed == 0.0:
            raise RefusedError(Reason.SPEED_ZERO, "the speed is 0: set the parameter speed above 0 first")
        measured = self.position(now)
        if not shadow:
            self.consent.ownership.renew()
            self.consent.check(now, steady, moving=True)
        if self.shadow and not self.executor.moving:
            # What the episode before computed was never commanded.
            self.executor.anchor(self.pace.at(now), measured)
        start = None if shadow else self._start
        self.departure.begin(episode_id, self.pace.at(now), measured, speed, start, confirm=confirm)
        self.conduct.begin(Mode.SHADOW if shadow else Mode.CONFIRM if confirm else Mode.RUN, now)
        self.accepted = self.refused = self.slowed = 0
        self.begin_anew()
        self.watch.hear_pilot(steady)
        self._companions.forget()

    def go_home(self, now: float, steady: float, speed: float = 1.0) -> None:
        """Move to the home pose, outside of any episode, at a speed override.

        Raises:
            RefusedError: Why not.
        """
        if self._shadows:
            raise RefusedError(Reason.MODE_UNKNOWN, "the deployment's mode is shadow: nothing is commanded")
        measured = self.position(now)
        self.consent.ownership.renew()
        self.consent.check(now, steady, moving=True)
        if self.shadow and not self.executor.moving:
            self.executor.anchor(self.pace.at(now), measured)
        self.departure.begin("", self.pace.at(now), measured, speed, self._home)
        self.conduct.begin(Mode.RUN, now)
        self.begin_anew()

    def run(self, episode_id: str, steady: float) -> None:
        """Let chunks of the episode move the arm; see `Executor.run`."""
        self.executor.run(episode_id)
        self.watch.hear_policy(steady)

    def close(self, now: float) -> None:
        """End the episode: brake and hold."""
        self._companions.clear()
        self.executor.close(self.pace.at(now))

    def stop(self, now: float) -> None:
        """Brake and hold until resumed, or until a new episode."""
        self.fault(now, RefusedError(Reason.STOPPED, "stopped by the operator"))

    def resume(self, now: float, steady: float) -> None:
        """Continue the episode after a stop or a fault that has cleared.

        Raises:
            RefusedError: Why not.
        """
        self.conduct.check_speed()
        self.conduct.settle(now)
        measured = self.check_ready(now, steady)
        self.executor.resume(self.pace.at(now), measured)
        self.begin_anew()

    def check_ready(self, now: float, steady: float) -> Array:
        """Return the measured positions, shape (n,), where the arm may move again; raise RefusedError where not."""
        measured = self.position(now)
        self.departure.look(self.pace.at(now), measured)
        if self.executor.episode_id:
            self.watch.check_pilot(steady)
        if self.executor.engaged:
            self.watch.check_policy(steady)
        if not self.shadow:
            self.consent.ownership.renew()
            self.consent.check(now, steady, moving=True)
        return measured

    def position(self, now: float) -> Array:
        """Return where an arm at rest goes on from, shape (n,): see `Standstill.position`."""
        return self._standstill.position(now)

    def hear_controller(self, stamp: float, reference: Array) -> None:
        """Take positions that the arm's controller said to follow at ``stamp``, shape (n,) [rad or m]."""
        ours = None
        if self.executor.reference is not None and self.executor.episode_id and stamp > self._commanded + _DELIVERY:
            ours = self.executor.reference.sample(self.pace.at(stamp)).position
        self.consent.ownership.hear_controller(stamp, reference, ours)

    def receive(self, chunk: ActionChunk, now: float) -> None:
        """Take a chunk: execute it, or brake with the reason why not. Chunks of other episodes are left aside."""
        at, observed = self.pace.at(now), chunk.stamp
        confirm = self.conduct.mode is Mode.CONFIRM
        try:
            if not self.executor.accepts(chunk) or self.conduct.changing:
                return
            assert self.executor.reference is not None
            if confirm and self.pace.at(observed) < self.executor.reference.end:
                return  # seen before the arm rested: the operator is to judge by what is there now
            chunk, targets = self._admission.admit(chunk, now, now - self._now, self.executor.speed)
            if self.shadow:
                # Nothing follows the reference: every chunk is judged from where the arm is.
                self.executor.anchor(at, self.watch.measured(now))
            stitched = self.executor.offer(chunk, targets, at, now - observed, withheld=confirm or self.shadow)
        except RefusedError as refusal:
            self.refused += 1
            self.fault(now, refusal)
            return
        self.observed = observed
        if stitched is None:
            return  # until it was found free
        if not confirm:
            self.follow(targets, stitched, now)
            return
        self.conduct.show(Offer(now, chunk, targets, now - observed), self._admission.meaning.tool_points(targets))

    def follow(self, targets: JointTargets, stitched: Stitched, now: float) -> None:
        """Let grippers and base do what the chunk that now moves the arm asks of them."""
        self.accepted += 1
        self.slowed += stitched.stretch * self.executor.speed > 1.0 + 1e-9
        since = now - self.pace.at(now)
        self._companions.load(targets, self.executor.row_times, stitched.stretch, since)

    def slow_down(self, speed: float, now: float) -> None:
        """Let arm, grippers and base go on at another speed override, above 0; see `Executor.slow_down`."""
        at = self.pace.at(now)
        ratio = self.executor.slow_down(speed, at)
        self._companions.slow_down(self.executor.row_times, ratio, now - at)

    def refuse(self, now: float, reason: Reason, message: str) -> None:
        """Brake for a chunk that could not even be read."""
        self.refused += 1
        self.fault(now, RefusedError(reason, message))

    def fault(self, now: float, refusal: RefusedError) -> None:
        """Brake and hold for a reason."""
        self._companions.clear()
        if refusal.reason in STOPPED_BY_ROBOT or self.pace.frozen:
            self._standstill.halt(now, refusal)
        else:
            self.executor.fault(self.pace.at(now), refusal.reason, str(refusal))

    def gripper_refused(self, now: float, name: str, refusal: RefusedError) -> None:
        """Brake for a gripper that did not take its command; it is commanded anew when the arm moves again."""
        self.fault(now, refusal)
        self._companions.forget(name)

    def tick(self, now: float, steady: float) -> Command:
        """Check everything that motion depends on, and return what to send."""
        if now < self._now - 1e-6:
            self._forget()
            self.fault(now, RefusedError(Reason.CLOCK_JUMP, f"the clock went back by {self._now - now:.3f} s"))
            self._restart_at(now)
        self._now = now
        if not self._activated:
            return Command(base=self._drive(now))
        if self.executor.phase is Phase.INACTIVE:
            return self._begin(now)
        at = self.pace.at(now)
        self.executor.catch_up(at)
        if self.executor.episode_id or self.executor.moving:
            self._check(now, steady)
        if self._standstill.halted:
            return self._command(self._standstill.hold(now), {}, now)
        if self.pace.frozen and self.executor.moving:
            return Command(base=self._drive(now))  # the controller goes on by itself from where it stands
        try:
            self.conduct.settle(now)
            self.departure.follow(at)
            self._settle(now)
        except RefusedError as refusal:
            self.fault(now, refusal)
        self.conduct.expire(now)
        motion = self.executor.tick(at)
        due: dict[str, float] = {}
        if self.executor.phase is Phase.RUNNING:
            due = self._companions.openings(at)
        else:
            self._companions.clear()
        return self._command(motion, due, now)

    def _settle(self, now: float) -> None:
        """Follow the motion that was found free meanwhile; raise RefusedError where it was not."""
        awaited = self.executor.awaited
        try:
            settled = self.executor.settle(self.pace.at(now))
        except RefusedError:
            self.refused += awaited is not None and awaited.made_of is not None
            raise
        if settled is not None:
            self.follow(settled.targets, settled.stitched, now)

    def _command(self, motion: Reference | None, grippers: dict[str, float], now: float) -> Command:
        """Return a window of the reference and openings of grippers as they are to be sent, nothing in shadow mode."""
        if self.shadow:
            return Command()
        base = self._drive(now)
        if motion is None:
            return Command(None, grippers, base)
        self._commanded = min(self._commanded, now)
        return Command(self.pace.handed(motion, now), grippers, base)

    def _drive(self, now: float) -> BaseVelocity | None:
        """Return what to tell the base: to follow its chunk while the arm does, else to come to rest."""
        follow = self._activated and self.executor.phase is Phase.RUNNING and not self.shadow and not self.pace.frozen
        return self._companions.drive(now, follow=follow)

    def _begin(self, now: float) -> Command:
        try:
            self.executor.activate(self.pace.at(now), self.watch.measured(now))
        except RefusedError as refusal:
            self.executor.message = str(refusal)
        return Command()

    def _check(self, now: float, steady: float) -> None:
        """Fault on what is stale, silent, or off its command."""
        executor = self.executor
        try:
            if not self.shadow:
                self.consent.check(now, steady, moving=executor.moving)
            self.watch.measured(now)
            if executor.episode_id:
                self.watch.check_pilot(steady)
            if executor.phase in (Phase.STARTING, Phase.RUNNING) and not self.shadow:
                assert executor.reference is not None
                self.watch.check_tracking(executor.reference, now, self.pace)
                if self._scene is not None:
                    self._scene.supervise(executor.reference, self.pace.at(now))
            if executor.phase is Phase.RUNNING:
                self.watch.check_policy(steady)
        except RefusedError as refusal:
            # On an arm that is held for another reason, what lasts is told and counted once.
            if executor.moving or refusal.reason is not self._found:
                self.fault(now, refusal)
            self._found = refusal.reason
        else:
            self._found = None

    def _forget(self) -> None:
        """Forget everything heard."""
        self.watch.clear()
        self.consent.clear()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Let nothing count any longer that was commanded, found or halted before."""
        self._standstill.halted, self._commanded, self._found = False, np.inf, None

    def _restart_at(self, now: float) -> None:
        """After the clock went back no time in the reference means anything: hold where it ends."""
        self._companions.restart_at(now)
        if self.executor.reference is not None:
            self.executor.anchor(now, self.executor.reference.final.position)
