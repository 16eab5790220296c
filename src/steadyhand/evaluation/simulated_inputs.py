"""What a policy sees of the simulated world: the newest capture, and the steps of its history before that."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from steadyhand.chunks.arm import arm_models
from steadyhand.observation.composition import stacked
from steadyhand.observation.fitting import fit
from steadyhand.observation.joints import Bracket, joint_parts
from steadyhand.observation.joints import JointSample as Joints
from steadyhand.observation.observation import Observation
from steadyhand.observation.state import StateLayout
from steadyhand.observation.streams import Sample
from steadyhand.profiles.contract import Contract
from steadyhand.simulation.rendering import Renderer
from steadyhand.simulation.robot import PERIOD, Capture, JointSample
from steadyhand.simulation.world import World

# As in the graph: steps that are whole periods apart are.
_SAME_TIME = 1e-3


class SimulatedInputs:
    """Keeps captures and joints as far back as the policy looks, and makes observations of them.

    As in the graph a step of the history has the newest images captured at or before it, and interpolated joints.

    Args:
        contract: The resolved deployment.
        world: Where.
        renderer: Draws the cameras' images at the cameras' own size.
    """

    def __init__(self, contract: Contract, world: World, renderer: Renderer) -> None:
        self._contract = contract
        self._renderer = renderer
        self._offsets = contract.policy.history_offsets
        self.joint_names = tuple(name for names in joint_parts(contract).values() for name in names)
        self._columns = [world.joint_names.index(name) for name in self.joint_names]
        self._layout = StateLayout(contract, self.joint_names, arm_models(contract))
        self._captures: deque[Capture] = deque()
        self._joints: deque[Sample[Joints]] = deque()

    def clear(self) -> None:
        """Forget everything: another episode begins."""
        self._captures.clear()
        self._joints.clear()

    def hear(self, sample: JointSample, capture: Capture | None) -> None:
        """Take the joints of a control period, and the capture that was made in it."""
        joints = Joints(sample.positions[self._columns], sample.velocities[self._columns])
        self._joints.append(Sample(sample.stamp, joints))
        if capture is not None:
            self._captures.append(capture)
            oldest = capture.stamp + self._offsets[0] + _SAME_TIME
            while len(self._captures) > 1 and self._captures[1].stamp <= oldest:
                self._captures.popleft()
            while len(self._joints) > 1 and self._joints[1].stamp <= self._captures[0].stamp:
                self._joints.popleft()

    @property
    def reach_back(self) -> bool:
        """True where every step of the newest capture's history is there."""
        oldest = self._captures[-1].stamp + self._offsets[0]
        return self._captures[0].stamp <= oldest + _SAME_TIME and self._joints[0].stamp <= oldest + PERIOD

    def observe(self, instruction: str) -> Observation:
        """Return the observation of the newest capture, whose joints are those of its configuration."""
        capture, newest = self._captures[-1], self._joints[-1].value
        positions = capture.configuration[self._columns]
        now = Joints(positions, newest.velocities)
        steps = [self._at(capture.stamp + offset) for offset in self._offsets[:-1]] + [(capture, now)]
        return Observation(
            stamp=capture.stamp,
            images={key: stacked([self._image(key, one) for one, _ in steps]) for key in self._contract.policy.images},
            state=stacked([self._layout.vector(joints) for _, joints in steps]),
            instruction=instruction,
            joint_names=self.joint_names,
            joint_positions=positions,
            inputs={"state": capture.stamp},
        )

    def _at(self, stamp: float) -> tuple[Capture, Joints]:
        """Return the newest capture at or before a time, and the joints at it."""
        capture = next(one for one in reversed(self._captures) if one.stamp <= stamp + _SAME_TIME)
        index = next((k for k, one in enumerate(self._joints) if one.stamp > stamp), len(self._joints))
        before = self._joints[max(0, index - 1)]
        after = self._joints[index] if 0 < index < len(self._joints) else None
        return capture, Bracket(before, after).at(stamp)

    def _image(self, key: str, capture: Capture) -> NDArray[np.uint8]:
        camera = self._contract.deployment.images[key].camera
        return fit(self._renderer.render(capture.configuration, camera), self._contract.policy.images[key])
