"""Runs a policy in a thread of its own, one inference at a time, whatever the policy does."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import SimpleQueue
from threading import Lock, Thread

from steadyhand.chunks.chunk import ActionChunk
from steadyhand.exceptions import SteadyhandError
from steadyhand.observation.observation import Observation
from steadyhand.policies.exceptions import OutputError
from steadyhand.policies.policy import InferenceContext, Policy
from steadyhand.profiles.contract import Contract

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Inference:
    """One inference to make.

    Attributes:
        stamp: Capture time of the observation, ROS clock [s].
        observe: Gives the observation; called in the worker's thread, for decoding images takes time.
        context: What the policy may know besides.
        done: Told the chunk, or None and what went wrong; called in the worker's thread.
        episode_id: Episode that the chunk is computed for, empty outside of episodes.
        sequence: Of the chunk within it.
        reset: True where the policy is to forget everything first.
        commit: Completes the context once the observation is known, as a prefix needs; None: nothing to add.
    """

    stamp: float
    observe: Callable[[], Observation]
    context: InferenceContext
    done: Callable[[ActionChunk | None, str], None]
    episode_id: str = ""
    sequence: int = 0
    reset: bool = False
    commit: Callable[[Observation, InferenceContext], InferenceContext] | None = None


class InferenceWorker:
    """Makes inferences in the order they come, and fills in what every chunk of the deployment says.

    Chunks leave with ``state``, ``inputs``, ``policy``, ``profile_hash``, ``seed``, ``prefix_length``, ``latency``, and
    the episode and sequence of their inference. A policy that raises, or gives another shape than its profile says,
    costs its chunk and nothing else.
    """

    def __init__(self, policy: Policy, contract: Contract) -> None:
        """Start the thread."""
        self._policy = policy
        self._contract = contract
        self._lock = Lock()
        self._current: Inference | None = None
        self._orders: SimpleQueue[Inference | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="inference", daemon=True)
        self._thread.start()

    @property
    def stamp(self) -> float | None:
        """Capture time of the observation that is being worked on [s], None while there is none."""
        with self._lock:
            return None if self._current is None else self._current.stamp

    def begin(self, inference: Inference) -> bool:
        """Begin an inference, or return False where another has not ended."""
        with self._lock:
            if self._current is not None:
                return False
            self._current = inference
        self._orders.put(inference)
        return True

    def stop(self, timeout: float) -> bool:
        """End the thread; return False where the policy did not return within a time [s]: it is left behind."""
        self._orders.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (inference := self._orders.get()) is not None:
            chunk, complaint = self._make(inference)
            try:
                inference.done(chunk, complaint)
            except Exception:
                _LOG.exception("a chunk could not be handed over")
            finally:
                with self._lock:
                    self._current = None

    def _make(self, inference: Inference) -> tuple[ActionChunk | None, str]:
        try:
            if inference.reset:
                self._policy.reset()
            observation = inference.observe()
            context = inference.context
            if inference.commit is not None:
                context = inference.commit(observation, context)
            begin = time.monotonic()
            chunk = self._policy.infer(observation, context)
            latency = time.monotonic() - begin
            check_output(chunk, self._contract)
            return self._complete(chunk, inference, observation, context, latency), ""
        except SteadyhandError as error:
            return None, str(error)
        except Exception as error:
            # Whatever a policy raises must not end the node: the arm brakes for want of a chunk.
            return None, f"policy '{self._contract.policy.name}' raised {type(error).__name__}: {error}"

    def _complete(
        self,
        chunk: ActionChunk,
        inference: Inference,
        observation: Observation,
        context: InferenceContext,
        latency: float,
    ) -> ActionChunk:
        profile = self._contract.policy
        return replace(
            chunk,
            episode_id=inference.episode_id,
            sequence=inference.sequence,
            stamp=observation.stamp,
            dimension_names=profile.dimension_names,
            dt=profile.dt,
            first_row_offset=profile.first_row * profile.dt,
            state_names=observation.joint_names,
            state=observation.joint_positions,
            inputs=observation.inputs,
            policy=profile.name,
            profile_hash=self._contract.hash,
            prefix_length=0 if context.prefix is None else context.delay,
            seed=context.seed,
            latency=latency,
        )


def check_output(chunk: ActionChunk, contract: Contract) -> None:
    """Check that what a policy gave has the shape that its profile says.

    Raises:
        OutputError: It is no chunk, or has other rows or columns than the profile.
    """
    profile = contract.policy
    if not isinstance(chunk, ActionChunk):
        raise OutputError(f"policy '{profile.name}' gave {type(chunk).__name__} and not an action chunk")
    wanted = (profile.horizon, len(profile.dimension_names))
    if chunk.rows.shape != wanted:
        raise OutputError(
            f"policy '{profile.name}' gave actions of shape {chunk.rows.shape}, its profile says {wanted}: "
            "horizon x columns; correct the profile's action or horizon, or take the model that belongs to it"
        )
