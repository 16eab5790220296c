"""One demonstration from the start of its processes to its outcome."""

from __future__ import annotations

import time

from steadyhand.cli.demonstration.display import Display
from steadyhand.cli.demonstration.exceptions import DemonstrationError, NotReadyError
from steadyhand.cli.demonstration.interruption import Interruption
from steadyhand.cli.demonstration.processes import Processes
from steadyhand.cli.demonstration.request import DemonstrationRequest
from steadyhand.cli.demonstration.result import DemonstrationResult
from steadyhand.evaluation.episode_record import EpisodeRecord
from steadyhand.nodes.demonstration import Demonstration
from steadyhand.profiles.contract import Contract

READY_WITHIN = 120.0
"""Longest time until the graph is ready, on a slow machine under load [s]."""
LEAD = 0.07
"""How far the time may run ahead in lockstep: more than the nodes' reports are apart, less than data may be old [s]."""
NOT_UNDERSTOOD = "not_understood"
"""Outcome where the task of the simulator does not know the instruction, and nothing was sent."""

_POLL = 0.1
_JUDGE = 0.5
# The pilot ends an episode at its timeout; a pilot that does not is given up this much later.
_GRACE = 20.0
# In lockstep a busy machine may take this many times the simulated time.
_SLOWEST = 20.0


def start_graph(processes: Processes, request: DemonstrationRequest) -> None:
    """Start simulator, policy, bridge and pilot."""
    processes.start_node(
        "simulator",
        {
            "task": request.task,
            "seed": request.seed,
            "renderer": request.renderer,
            "viewer": request.viewer,
            "lockstep": request.lockstep,
            "lead": LEAD,
        },
    )
    for name in ("policy", "bridge", "pilot"):
        processes.start_node(name, {"deployment": request.deployment, "use_sim_time": request.lockstep})


def conduct(
    request: DemonstrationRequest,
    contract: Contract,
    processes: Processes,
    display: Display,
    interruption: Interruption,
) -> tuple[DemonstrationResult, EpisodeRecord]:
    """Run a demonstration; return its result and what was seen of it.

    Args:
        request: What to demonstrate.
        contract: The deployment.
        processes: Where to start the graph; the caller ends it.
        display: Where to show progress.
        interruption: What may end it early.

    Raises:
        KeyboardInterrupt: It was interrupted.
        DemonstrationError: A process died, or the graph did not come up.
        NodeError: The simulator or the pilot refused or did not answer.
    """
    begun = time.monotonic()
    start_graph(processes, request)
    client = Demonstration(contract, use_sim_time=request.lockstep)
    try:
        _await_graph(client, processes, display, interruption)
        ready = time.monotonic() - begun
        display.say(f"The graph is ready after {ready:.1f} s.")
        scene = client.reset(request.seed, request.task)
        display.say(f"Scene {request.seed}: {scene}")
        truth = client.judge(request.instruction)
        if not truth.understood:
            refused = DemonstrationResult(
                instruction=request.instruction,
                seed=request.seed,
                outcome=NOT_UNDERSTOOD,
                task_success=False,
                message=truth.message,
                seconds=time.monotonic() - begun,
                ready_seconds=ready,
                scene=scene,
                deployment=contract.deployment.name,
            )
            return refused, client.observer.finish()
        client.begin(request.instruction, request.seed, 0.0)
        longest = (contract.deployment.timeout + _GRACE) * (_SLOWEST if request.lockstep else 1.0)
        _watch(client, processes, display, interruption, request.instruction, longest)
        truth = client.judge(request.instruction)
        seconds = time.monotonic() - begun
        record = client.observer.finish()
    finally:
        client.cancel()
        client.close()
    episode = client.result
    assert episode is not None
    result = DemonstrationResult(
        instruction=request.instruction,
        seed=request.seed,
        outcome=episode.outcome.name.lower(),
        task_success=truth.success,
        message=episode.message or truth.message,
        seconds=seconds,
        ready_seconds=ready,
        scene=scene,
        deployment=contract.deployment.name,
        episode=episode,
        record=record.summary(),
    )
    return result, record


def _await_graph(client: Demonstration, processes: Processes, display: Display, interruption: Interruption) -> None:
    begun = time.monotonic()
    while True:
        interruption.check()
        processes.check()
        parts = client.readiness()
        seconds = time.monotonic() - begun
        display.waiting(parts, seconds)
        if all(parts.values()):
            return
        if seconds > READY_WITHIN:
            missing = [name for name, there in parts.items() if not there]
            raise NotReadyError(
                f"not ready after {READY_WITHIN:.0f} s: {', '.join(missing)}; see the logs in {processes.logs}"
            )
        time.sleep(_POLL)


def _watch(
    client: Demonstration,
    processes: Processes,
    display: Display,
    interruption: Interruption,
    instruction: str,
    longest: float,
) -> None:
    begun = time.monotonic()
    judged = -_JUDGE
    truth = ""
    while client.result is None:
        interruption.check()
        processes.check()
        now = time.monotonic() - begun
        if now - judged >= _JUDGE:
            judged = now
            truth = client.judge(instruction).message
        display.running(instruction, client.progress, truth)
        if now > longest:
            raise DemonstrationError(
                f"the pilot has not ended the episode after {longest:.0f} s; see its log in {processes.logs}"
            )
        time.sleep(_POLL)
