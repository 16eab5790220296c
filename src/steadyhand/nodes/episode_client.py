"""The client of ``steadyhand run``: what of the graph is there, one goal, and the operator's words meanwhile."""

from __future__ import annotations

from typing import Any

from std_msgs.msg import Header
from std_srvs.srv import Trigger

from steadyhand.action import RunInstruction
from steadyhand.msg import ExecutionState
from steadyhand.nodes.conversions import to_duration
from steadyhand.nodes.instruction_goal import InstructionGoal
from steadyhand.nodes.own_node import OwnNode
from steadyhand.nodes.qos import EXECUTION_STATE, HEARTBEAT

NODES = ("policy", "bridge", "pilot")
WORDS = {
    "c": ("bridge/confirm", "confirm"),
    " ": ("bridge/stop", "stop"),
    "r": ("bridge/resume", "resume"),
    "s": ("pilot/succeeded", "succeeded"),
    "f": ("pilot/failed", "failed"),
}
"""Keys of an operator, to the service that each calls and what it says."""


class EpisodeClient:
    """A node that watches policy, bridge and pilot of a namespace, and sends one goal.

    Attributes:
        goal: What is sent to the pilot.
        answer: What the last word of the operator came to, empty before.
    """

    def __init__(self, namespace: str = "", *, use_sim_time: bool = False) -> None:
        """Connect."""
        self.answer = ""
        self._own = OwnNode("run", namespace=namespace, use_sim_time=use_sim_time)
        node = self._own.node
        self.goal = InstructionGoal(node)
        self._policy_heard = False
        self._bridge_state = ExecutionState.STATE_INACTIVE
        self._bridge_heard = False
        self._words = {key: node.create_client(Trigger, service) for key, (service, _) in WORDS.items()}
        node.create_subscription(Header, "policy/heartbeat", self._on_heartbeat, HEARTBEAT)
        node.create_subscription(ExecutionState, "execution_state", self._on_execution, EXECUTION_STATE)
        self._own.spin()

    def running(self) -> set[str]:
        """Return which of the nodes are in the graph, active or not: by their names, or by what they say.

        The graph tells names late at times, and a second node beside one that runs must not be started.
        """
        space = self._own.node.get_namespace()
        named = {name for name, found in self._own.node.get_node_names_and_namespaces() if found == space}
        heard = {
            "policy": self._policy_heard,
            "bridge": self._bridge_heard,
            "pilot": self.goal.pilot_phase is not None,
        }
        return {name for name in NODES if name in named or heard[name]}

    def readiness(self) -> dict[str, bool]:
        """Return what has to be there before a goal can be sent, and whether it is."""
        return {
            "policy": self._policy_heard,
            "bridge": self._bridge_state == ExecutionState.STATE_HELD,
            "pilot": self.goal.ready,
        }

    def begin(self, deployment: str, instruction: str, *, timeout: float, speed: float, mode: str, seed: int) -> None:
        """Send the goal; zero and empty stand for the deployment's own.

        Raises:
            NodeError: The pilot rejects it, or does not answer.
        """
        self.goal.send(
            RunInstruction.Goal(
                instruction=instruction,
                deployment=deployment,
                timeout=to_duration(timeout),
                speed=speed,
                mode=mode,
                seed=seed,
            )
        )

    def say(self, key: str) -> None:
        """Call what a key of `WORDS` stands for, without waiting; other keys do nothing."""
        if key not in WORDS:
            return
        word = WORDS[key][1]
        client = self._words[key]
        if not client.service_is_ready():
            self.answer = f"{word}: nobody serves it"
            return

        def answered(future: Any) -> None:
            response = future.result()
            self.answer = f"{word}: {'' if response.success else 'refused: '}{response.message or 'done'}"

        client.call_async(Trigger.Request()).add_done_callback(answered)

    def close(self) -> None:
        """Cancel what runs, and disconnect."""
        self.goal.cancel(timeout=5.0)
        if self._own.close():
            self.goal.close()

    def _on_heartbeat(self, _message: Header) -> None:
        self._policy_heard = True

    def _on_execution(self, message: ExecutionState) -> None:
        self._bridge_state, self._bridge_heard = message.state, True
