"""One episode of ``steadyhand run``, from what is missing of the graph to the outcome."""

from __future__ import annotations

import time
from dataclasses import dataclass

from steadyhand.cli.demonstration.display import Display
from steadyhand.cli.demonstration.exceptions import NotReadyError
from steadyhand.cli.demonstration.interruption import Interruption
from steadyhand.cli.demonstration.processes import Processes
from steadyhand.execution.reasons import Reason
from steadyhand.nodes.episode_client import NODES, EpisodeClient
from steadyhand.nodes.exceptions import NodeError
from steadyhand.nodes.keys import Keys

_DISCOVERY = 2.0
"""Time to see whether anything runs already [s]."""
_REST = 5.0
"""Time after which what is still missing of a graph that runs is not only late to be seen [s]."""
_POLL = 0.05
_ABANDONED = 5.0
"""Time after which a pilot that has gone, or knows of no goal, will not say how it ended [s]."""
KEYS = "keys: c confirm, space stop, r resume, s succeeded, f failed, Ctrl-C cancel"


@dataclass(frozen=True)
class RunRequest:
    """What to run.

    Attributes:
        deployment: Name or path of the deployment.
        name: Its name: nodes that run another one refuse.
        instruction: What to do, in words.
        namespace: Of the nodes.
        timeout: Longest episode [s], 0 for the deployment's own.
        speed: Speed override, 0 for the deployment's own.
        mode: Mode, empty for the deployment's own.
        seed: Of the policy's sampling noise.
        use_sim_time: Take the time from /clock.
        ready_within: Longest time until the nodes are ready [s].
    """

    deployment: str
    name: str
    instruction: str
    namespace: str
    timeout: float
    speed: float
    mode: str
    seed: int
    use_sim_time: bool
    ready_within: float


def conduct(
    request: RunRequest, client: EpisodeClient, processes: Processes, display: Display, interruption: Interruption
) -> None:
    """Start the nodes that are missing, send the goal, and watch until it is decided: ``client.goal.result``.

    Raises:
        KeyboardInterrupt: It was interrupted.
        DemonstrationError: A process died, or the nodes did not become ready.
        NodeError: The pilot rejected the goal, did not answer, or has gone.
    """
    _complete(request, client, processes, display, interruption)
    client.begin(
        request.name,
        request.instruction,
        timeout=request.timeout,
        speed=request.speed,
        mode=request.mode,
        seed=request.seed,
    )
    with Keys() as keys:
        if keys.there:
            display.say(KEYS)
        shown = answer = ""
        attended = time.monotonic()
        while client.goal.result is None:
            interruption.check()
            processes.check()
            if not client.goal.abandoned:
                attended = time.monotonic()
            elif time.monotonic() - attended > _ABANDONED:
                raise NodeError(
                    "the pilot has gone, or was started anew, and will not say how the goal ended: look at the arm and "
                    "at steadyhand status; the bridge brakes where it hears no pilot"
                )
            client.say(keys.pressed())
            progress = client.goal.progress
            display.running(request.instruction, progress)
            if progress.hold_code == Reason.CONFIRMATION_AWAITED and progress.hold_message != shown:
                shown = progress.hold_message
                display.say(f"to be confirmed: {shown}")
            if client.answer != answer:
                answer = client.answer
                display.say(answer)
            time.sleep(_POLL)


def _complete(
    request: RunRequest, client: EpisodeClient, processes: Processes, display: Display, interruption: Interruption
) -> None:
    """Start what is missing, and wait until all of it is ready."""
    begun = time.monotonic()
    running = client.running()
    while len(running) < len(NODES) and time.monotonic() - begun < (_REST if running else _DISCOVERY):
        interruption.check()
        time.sleep(_POLL)
        running = client.running()
    missing = [name for name in NODES if name not in running]
    if running:
        display.say(f"joining what runs: {', '.join(sorted(running))}")
    for name in missing:
        parameters: dict[str, str | int | float | bool] = {
            "deployment": request.deployment,
            "use_sim_time": request.use_sim_time,
        }
        processes.start_node(name, parameters, request.namespace)
    while not all((parts := client.readiness()).values()):
        interruption.check()
        processes.check()
        seconds = time.monotonic() - begun
        display.waiting(parts, seconds)
        if seconds > request.ready_within:
            late = ", ".join(name for name, there in parts.items() if not there)
            raise NotReadyError(
                f"not ready after {seconds:.0f} s: {late}; see {processes.logs}, steadyhand status, and whether the "
                "robot's joint states come"
            )
        time.sleep(_POLL)
