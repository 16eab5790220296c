"""The instruction node: what a person types, or a topic says, becomes a goal of the pilot."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from rclpy.action import ActionClient
from rclpy.action.client import ClientGoalHandle
from rclpy.callback_groups import ReentrantCallbackGroup
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.task import Future
from std_msgs.msg import String
from std_srvs.srv import Trigger

from steadyhand.action import RunInstruction
from steadyhand.episodes.agenda import read_agenda, summary
from steadyhand.episodes.phase import Outcome, Phase
from steadyhand.episodes.request import MODES
from steadyhand.msg import PilotStatus
from steadyhand.nodes.conversions import to_duration
from steadyhand.nodes.exceptions import StartError
from steadyhand.nodes.instruction_goal import REJECTED
from steadyhand.nodes.keys import Keys
from steadyhand.nodes.parameters import declare
from steadyhand.nodes.process import run
from steadyhand.nodes.qos import LATCHED
from steadyhand.nodes.terminal import Terminal
from steadyhand.speech.microphone import record
from steadyhand.speech.recogniser import PocketsphinxRecogniser
from steadyhand.srv import Instruct

_WAIT = 10.0
"""Time that a line waits for a pilot [s]."""
_REASON = 1.0
"""Time that the pilot has to say why it rejected a goal [s]."""
_POLL = 0.05
"""Time between two looks at the keyboard [s]."""


class InstructionNode(Node):  # type: ignore[misc]
    """Sends goals, one after the other, and shows what becomes of them.

    Lines of standard input are carried out in turn. At their end the node leaves, unless there were none, as where
    it is started without an input: it then serves the topic ``instruct`` alone. With a file of instructions it carries
    these out instead, and leaves.
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
        file = declare(self, "file", "", "file of instructions to carry out one after the other, '10x pick up ...'")
        self._summary = declare(self, "summary", "", "JSON file for what came of the instructions of 'file'")
        self._agenda = read_agenda(Path(file)) if file else []
        self._episodes: list[dict[str, Any]] = []
        reads = declare(self, "terminal", True, "read instructions from standard input as well")
        self._client = ActionClient(self, RunInstruction, "run_instruction")
        self._terminal = Terminal(self._make_listener())
        self._goal: ClientGoalHandle | None = None
        self._done: Future | None = None
        self._why = ""
        self._said: Future | None = None
        self.create_subscription(PilotStatus, "pilot/status", self._on_pilot, LATCHED)
        self.create_subscription(String, "instruct", self._on_instruct, 10)
        # What it waits for comes through callbacks of the node's own group, which would wait for it in turn.
        self.create_service(Instruct, "~/instruct", self._on_request, callback_group=ReentrantCallbackGroup())
        self._verdicts = {
            "s": self.create_client(Trigger, "pilot/succeeded"),
            "f": self.create_client(Trigger, "pilot/failed"),
        }
        if self._agenda:
            threading.Thread(target=self._carry_out, name="agenda", daemon=True).start()
        elif reads:
            threading.Thread(target=self._read, name="terminal", daemon=True).start()

    def _make_listener(self) -> Callable[[Callable[[], object]], str] | None:
        """Return what records and recognises, where that is asked for."""
        wanted = declare(self, "speech", False, "an empty line at the terminal listens to a spoken instruction")
        grammar = declare(self, "speech_grammar", "", "JSGF file of what may be said; empty for any English")
        if not wanted:
            return None
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise StartError("speech needs a terminal, where what was heard is confirmed; run the node from one")
        recogniser = PocketsphinxRecogniser(Path(grammar) if grammar else None)
        return lambda until: recogniser.hear(record(until))

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
                self._watch(self._send(line))
        if self._terminal.interactive or self._terminal.read_any:
            os.kill(os.getpid(), signal.SIGINT)

    def _carry_out(self) -> None:
        """Carry out the instructions of the file, each as often as it says; then write what came of them, and leave."""
        for number, instruction in enumerate(item.instruction for item in self._agenda for _ in range(item.count)):
            if not self._client.wait_for_server(timeout_sec=_WAIT):
                self._terminal.say("no pilot offers run_instruction: see that it runs")
                break
            # The same seed for each would be the same episode again.
            self._watch(self._send(instruction, seed=self._seed + number))
        found = summary(self._episodes)
        if self._summary:
            Path(self._summary).write_text(json.dumps(found, indent=2) + "\n")
        outcomes = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in found["outcomes"].items())
        self._terminal.say(f"{found['episodes']} episodes: {outcomes or 'none'}")
        os.kill(os.getpid(), signal.SIGINT)

    def _watch(self, over: threading.Event) -> None:
        """Wait for the end of a goal; meanwhile the keys s and f are the operator's verdict."""
        with Keys() as keys:
            while not over.wait(_POLL):
                verdict = self._verdicts.get(keys.pressed())
                if verdict is not None and verdict.service_is_ready():
                    verdict.call_async(Trigger.Request()).add_done_callback(self._on_verdict)

    def _on_verdict(self, answered: Future) -> None:
        if not answered.result().success:
            self._terminal.say(answered.result().message)

    def _on_instruct(self, message: String) -> None:
        if self._client.server_is_ready():
            self._send(message.data)
        else:
            self._terminal.say(f"'{message.data}': no pilot offers run_instruction: see that it runs")

    async def _on_request(self, request: Instruct.Request, response: Instruct.Response) -> Instruct.Response:
        if not self._client.server_is_ready():
            response.message = "no pilot offers run_instruction: see that it runs"
            return response
        goal = await self._begin(request.instruction, self._seed)[0]
        response.accepted = bool(goal is not None and goal.accepted)
        response.message = "" if response.accepted else f"rejected by the pilot: {await self._reason()}"
        return response

    async def _reason(self) -> str:
        """Wait for what the pilot says of the goal that it has just rejected."""
        if not self._why:
            self._said = Future(executor=self.executor)
            late = self.create_timer(_REASON, self._on_silence, clock=Clock(clock_type=ClockType.STEADY_TIME))
            await self._said
            self.destroy_timer(late)
        return self._why or "its log says why"

    def _on_pilot(self, message: PilotStatus) -> None:
        if message.last_outcome == REJECTED:
            self._why = message.last_message
            self._on_silence()

    def _on_silence(self) -> None:
        if self._said is not None and not self._said.done():
            self._said.set_result(None)

    def _send(self, instruction: str, *, seed: int | None = None) -> threading.Event:
        """Send a goal; return what is set when it is over."""
        return self._begin(instruction, self._seed if seed is None else seed)[1]

    def _begin(self, instruction: str, seed: int) -> tuple[Future, threading.Event]:
        """Send a goal; return what becomes its handle, and what is set when it is over."""
        goal = RunInstruction.Goal(
            instruction=instruction,
            timeout=to_duration(self.get_parameter("timeout").value),
            speed=self.get_parameter("speed").value,
            mode=self._mode,
            seed=seed,
        )
        self._why = ""
        sent = self._client.send_goal_async(goal, feedback_callback=self._on_feedback)
        over = threading.Event()
        sent.add_done_callback(partial(self._on_response, instruction, over))
        return sent, over

    def _on_response(self, instruction: str, over: threading.Event, sent: Future) -> None:
        goal = sent.result()
        if goal is None or not goal.accepted:
            why = self._why or "its status and its log say why"
            self._terminal.say(f"'{instruction}': rejected by the pilot: {why}")
            self._episodes.append({"instruction": instruction, "outcome": REJECTED})
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
        self._episodes.append(
            {
                "instruction": instruction,
                "outcome": Outcome(result.outcome).name.lower(),
                "code": result.code,
                "message": result.message,
                "success_source": result.success_source,
                "episode_id": result.episode_id,
                "elapsed": result.elapsed,
                "chunks": result.chunks,
                "holds": result.holds,
            }
        )
        self._goal = None
        if self._done is not None:
            self._done.set_result(None)
        over.set()


def main(args: Sequence[str] | None = None) -> None:
    """Run the instruction node."""
    sys.exit(run(InstructionNode, args))


if __name__ == "__main__":
    main()
