"""The instruction node: what a person types, or a topic says, becomes a goal of the pilot."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial

from rclpy.action import ActionClient
from rclpy.action.client import ClientGoalHandle
from rclpy.node import Node
from rclpy.task import Future
from std_msgs.msg import String

from steadyhand.action import RunInstruction
from steadyhand.episodes.phase import Outcome, Phase
from steadyhand.episodes.request import MODES
from steadyhand.nodes.conversions import to_duration
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.terminal import Terminal

_WAIT = 10.0
"""Time that a line waits for a pilot [s]."""


class InstructionNode(Node):  # type: ignore[misc]
    """Sends goals, one after the other, and shows what becomes of them.

    Lines of standard input are carried out in turn. At their end the node leaves, unless there were none, as where
    it is started without an input: it then serves the topic ``instruct`` alone.
    """

    def __init__(self) -> None:
        """Connect, and begin to read."""
        super().__init__("instruction")
        declare(
            self,
            "timeout",
            0.0,
            "longest duration of an episode [s]; 0 for the deployment's own",
            low=0.0,
            high=86400.0,
            read_only=False,
        )
        declare(self, "speed", 0.0, "speed override; 0 for the deployment's own", low=0.0, high=1.0, read_only=False)
        self._mode = declare(self, "mode", "", "mode; empty for the deployment's own", choices=("", *MODES))
        self._seed = declare(self, "seed", 0, "seed of the policy's sampling noise", low=0, high=2**31 - 1)
        reads = declare(self, "terminal", True, "read instructions from standard input as well")
        self._client = ActionClient(self, RunInstruction, "run_instruction")
        self._terminal = Terminal()
        self._goal: ClientGoalHandle | None = None
        self._done: Future | None = None
        self.create_subscription(String, "instruct", self._on_instruct, 10)
        if reads:
            threading.Thread(target=self._read, name="terminal", daemon=True).start()

    async def wind_down(self) -> None:
        """Cancel the goal that runs, and wait for its outcome."""
        if self._goal is not None and self._done is not None:
            self._terminal.say("cancelling")
            await self._goal.cancel_goal_async()
            await self._done

    def destroy_node(self) -> None:
        """Leave the terminal as it was."""
        self._terminal.close()
        super().destroy_node()

    def _read(self) -> None:
        while (lines := self._terminal.lines()) is not None:
            for line in lines:
                if not self._client.wait_for_server(timeout_sec=_WAIT):
                    self._terminal.say("no pilot offers run_instruction: see that it runs")
                    continue
                self._send(line).wait()
        if self._terminal.interactive or self._terminal.read_any:
            os.kill(os.getpid(), signal.SIGINT)

    def _on_instruct(self, message: String) -> None:
        if self._client.server_is_ready():
            self._send(message.data)
        else:
            self._terminal.say(f"'{message.data}': no pilot offers run_instruction: see that it runs")

    def _send(self, instruction: str) -> threading.Event:
        """Send a goal; return what is set when it is over."""
        goal = RunInstruction.Goal(
            instruction=instruction,
            timeout=to_duration(self.get_parameter("timeout").value),
            speed=self.get_parameter("speed").value,
            mode=self._mode,
            seed=self._seed,
        )
        sent = self._client.send_goal_async(goal, feedback_callback=self._on_feedback)
        over = threading.Event()
        sent.add_done_callback(partial(self._on_response, instruction, over))
        return over

    def _on_response(self, instruction: str, over: threading.Event, sent: Future) -> None:
        goal = sent.result()
        if goal is None or not goal.accepted:
            self._terminal.say(f"'{instruction}': rejected by the pilot; its log says why")
            over.set()
            return
        self._goal = goal
        self._done = Future(executor=self.executor)
        goal.get_result_async().add_done_callback(partial(self._on_result, instruction, over))

    def _on_feedback(self, message: RunInstruction.Impl.FeedbackMessage) -> None:
        feedback = message.feedback
        text = Phase(feedback.phase).name.lower()
        if self._terminal.interactive:
            text += f"  {feedback.elapsed:5.1f} s  {feedback.chunks} chunks"
            text += f"  inference {feedback.policy_latency * 1e3:.0f} ms" if feedback.chunks else ""
        text += f"  {feedback.hold_code}: {feedback.hold_message}" if feedback.hold_code else ""
        self._terminal.progress(text)

    def _on_result(self, instruction: str, over: threading.Event, answered: Future) -> None:
        result = answered.result().result
        outcome = Outcome(result.outcome).name.lower().replace("_", " ")
        why = ": ".join(part for part in (result.code, result.message) if part)
        text = f"'{instruction}': {outcome} after {result.elapsed:.1f} s, {result.chunks} chunks"
        self._terminal.say(f"{text}; {why}" if why else text)
        self._goal = None
        if self._done is not None:
            self._done.set_result(None)
        over.set()


def main(args: Sequence[str] | None = None) -> None:
    """Run the instruction node."""
    sys.exit(run(InstructionNode, args))


if __name__ == "__main__":
    main()
