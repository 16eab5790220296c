"""Closed-loop episodes without ROS, faster than real time: the graph's own parts, called in its order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.evaluation.simulated_inputs import SimulatedInputs
from steadyhand.execution.bridge import Bridge
from steadyhand.execution.command import Command
from steadyhand.execution.phase import Phase
from steadyhand.execution.reasons import Recovery
from steadyhand.execution.reference import Reference
from steadyhand.policies.policy import InferenceContext, Policy
from steadyhand.policies.prefix import PrefixSource
from steadyhand.policies.schedule import ExecutionProgress, InferenceSchedule
from steadyhand.profiles.contract import Contract
from steadyhand.simulation.controllers.gripper import GripperGoal
from steadyhand.simulation.controllers.trajectory import JointTrajectory, TrajectoryPoint
from steadyhand.simulation.rendering import Renderer
from steadyhand.simulation.robot import PERIOD, JointSample, SimulatedRobot
from steadyhand.simulation.world import World

EPISODE = "closed-loop"

Observer = Callable[[float, Bridge, SimulatedRobot, JointSample], None]
"""Told the time [s], the bridge, the robot and its joints in every control period of an episode."""

_REFRESH = 0.05  # between two windows of the bridge [s]


@dataclass(frozen=True)
class Verdict:
    """How an episode ended.

    Attributes:
        seed: Of the scene.
        instruction: What was asked.
        success: Ground truth: the task was carried out.
        wrong_object: Ground truth: another object was taken, or one fell off the table.
        message: Ground truth for a person, or why the bridge held.
        seconds: Simulated time until the verdict [s].
        chunks: Chunks inferred.
        refused: Chunks that the bridge refused.
        prefixed: Chunks whose inference was given a prefix.
    """

    seed: int
    instruction: str
    success: bool
    wrong_object: bool
    message: str
    seconds: float
    chunks: int
    refused: int
    prefixed: int = 0


class ClosedLoop:
    """Runs episodes of a deployment in the simulated world.

    Observation, inference schedule, chunk meaning, stitching, gate, window and controllers are those of the graph;
    what is left out is the transport, whose time is ``delay``.

    Args:
        contract: The resolved deployment.
        policy: The policy to judge.
        world: Where.
        renderer: Draws the cameras' images at the cameras' own size.
        delay: Time from the capture of an observation until its chunk reaches the bridge [s]: one, or one for each
            sequence number.
        timeout: Longest episode [s].
        make_bridge: Makes the bridge of an episode.
        observer: Looks on.
    """

    def __init__(
        self,
        contract: Contract,
        policy: Policy,
        world: World,
        renderer: Renderer,
        *,
        delay: float | Callable[[int], float] = 0.1,
        timeout: float = 20.0,
        make_bridge: Callable[[Contract], Bridge] = Bridge,
        observer: Observer | None = None,
    ) -> None:
        self._contract = contract
        self._policy = policy
        self._robot = SimulatedRobot(world)
        self._delay = delay if callable(delay) else lambda _sequence: delay
        self._timeout = timeout
        self._make_bridge = make_bridge
        self._observer = observer
        self._inputs = SimulatedInputs(contract, world, renderer)
        self._prefixes = PrefixSource(contract)

    def run(self, seed: int, instruction: str) -> Verdict:
        """Run one episode in the scene of ``seed``."""
        world, robot = self._robot.world, self._robot
        robot.reset(seed)
        self._policy.reset()
        bridge = self._make_bridge(self._contract)
        schedule = InferenceSchedule.of(self._contract)
        self._prefixes.close()
        given = self._prefixes.given
        underway: deque[tuple[float, ActionChunk]] = deque()
        sample, capture = robot.tick(PERIOD)
        self._inputs.clear()
        self._inputs.hear(sample, capture)
        self._open(bridge, sample, schedule)
        sequence, ticks, message = 0, 1, ""
        refresh = round(_REFRESH / PERIOD)
        while ticks * PERIOD < self._timeout:
            now = ticks * PERIOD
            self._hear(bridge, sample)
            while underway and underway[0][0] <= now + 1e-9:
                chunk = underway.popleft()[1]
                bridge.receive(chunk, now)
                self._load(bridge.tick(now, now), now)
            progress = _progress(bridge, now)
            schedule.report(progress)
            self._prefixes.report(progress)
            if capture is not None and not underway and self._inputs.reach_back and schedule.due(capture.stamp):
                chunk = self._infer(instruction, sequence)
                schedule.begin(capture.stamp)
                arrival = capture.stamp + self._delay(sequence)
                schedule.publish(sequence, capture.stamp, arrival)
                underway.append((arrival, chunk))
                sequence += 1
            if ticks % refresh == 0:
                self._load(bridge.tick(now, now), now)
            if self._observer is not None:
                self._observer(now, bridge, robot, sample)
            status = world.status(instruction)
            if status.success or status.failed or not status.understood:
                break
            message = status.message
            if _stuck(bridge):
                message = f"held: {bridge.executor.reason}: {bridge.executor.message}"
                break
            ticks += 1
            sample, capture = robot.tick(ticks * PERIOD)
            self._inputs.hear(sample, capture)
        status = world.status(instruction)
        final = status.message if status.success or status.failed or not status.understood else message
        return Verdict(
            seed,
            instruction,
            status.success,
            status.failed,
            final,
            ticks * PERIOD,
            sequence,
            bridge.refused,
            self._prefixes.given - given,
        )

    def _open(self, bridge: Bridge, sample: JointSample, schedule: InferenceSchedule) -> None:
        bridge.activate()
        self._hear(bridge, sample)
        bridge.tick(sample.stamp, sample.stamp)
        bridge.open(EPISODE, sample.stamp, sample.stamp, shadow=False, speed=self._contract.deployment.speed)
        schedule.run(sample.stamp)

    def _hear(self, bridge: Bridge, sample: JointSample) -> None:
        bridge.watch.hear_joints(sample.stamp, sample.positions[: len(bridge.joint_names)])
        bridge.hear_controller(sample.stamp, self._robot.arm.command)
        bridge.watch.hear_policy(sample.stamp)
        bridge.watch.hear_pilot(sample.stamp)
        executor = bridge.executor
        if (
            executor.phase is Phase.HELD
            and executor.reason is not None
            and executor.reason.name == "START_POSE_REACHED"
        ):
            bridge.run(EPISODE, sample.stamp)

    def _load(self, command: Command, now: float) -> None:
        """Hand what the bridge commands to the controllers."""
        if command.motion is not None:
            self._robot.arm.follow(_trajectory(command.motion, self._contract.robot.joint_names), now)
        for name, opening in command.grippers.items():
            gripper = self._contract.robot.grippers[name]
            position = gripper.closed + opening * (gripper.open - gripper.closed)
            self._robot.gripper.start(GripperGoal(position, gripper.max_effort), now)

    def _infer(self, instruction: str, sequence: int) -> ActionChunk:
        observation = self._inputs.observe(instruction)
        context = self._prefixes.context(observation, InferenceContext(seed=sequence))
        chunk = self._policy.infer(observation, context)
        chunk = replace(chunk, episode_id=EPISODE, sequence=sequence, profile_hash=self._contract.hash)
        self._prefixes.publish(chunk)
        return chunk


def _trajectory(window: Reference, joint_names: tuple[str, ...]) -> JointTrajectory:
    points = tuple(
        TrajectoryPoint(float(time - window.start), window.positions[k], window.velocities[k], window.accelerations[k])
        for k, time in enumerate(window.times)
    )
    return JointTrajectory(window.start, joint_names, points)


def _progress(bridge: Bridge, now: float) -> ExecutionProgress:
    executor = bridge.executor
    continues = executor.reason is not None and executor.reason.recovery is Recovery.FRESH_CHUNK
    return ExecutionProgress(
        stamp=now,
        running=executor.phase is Phase.RUNNING,
        waiting=executor.phase in (Phase.HELD, Phase.BRAKING) and continues,
        chunk=None if executor.chunk is None else executor.chunk.sequence,
        remaining=executor.remaining(now),
        delay=executor.delay.value,
        lag=0.0 if executor.stitched is None else executor.stitched.lag,
        altered=executor.stitched is not None and executor.stitched.stretch > 1.0 + 1e-9,
    )


def _stuck(bridge: Bridge) -> bool:
    """Return whether the bridge is held for a reason that no chunk clears."""
    executor = bridge.executor
    if executor.phase is not Phase.HELD or executor.reason is None:
        return False
    return executor.reason.name != "START_POSE_REACHED" and executor.reason.recovery is not Recovery.FRESH_CHUNK
