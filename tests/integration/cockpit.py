"""A pilot process, and everything around it in the test's own node."""

from ros_client import Client
from std_msgs.msg import String
from std_srvs.srv import Trigger
from steadyhand.action import RunInstruction
from steadyhand.msg import ExecutionState, PilotStatus
from stub_nodes import END, RUN, START, StubNodes

from steadyhand.nodes.qos import LATCHED

Result = RunInstruction.Result
PICK = "pick up the red cube"
WHOLE = [("policy", START), ("bridge", START), ("bridge", RUN), ("policy", RUN), ("bridge", END), ("policy", END)]
"""What an episode asks of whom, from its beginning to its end."""


class Cockpit:
    """A pilot, the stubs that it talks to, and a client of its action.

    Attributes:
        client: The test's node.
        stubs: Bridge, policy and simulator.
        status: What the pilot reports.
        instruction: What it says is being executed.
        process: The pilot.
    """

    def __init__(self, graph, **parameters):
        self.graph = graph
        self.client = Client(graph.check, name="cockpit")
        self.stubs = StubNodes(self.client)
        self.status = self.client.listen(PilotStatus, "pilot/status", LATCHED)
        self.instruction = self.client.listen(String, "instruction", LATCHED)
        self.process = graph.start("pilot", **parameters)

    def goal(self, instruction=PICK, **fields):
        return self.client.send_goal(
            RunInstruction, "run_instruction", RunInstruction.Goal(instruction=instruction, **fields)
        )

    def running(self, **fields):
        """Send a goal and wait until the policy acts."""
        goal = self.goal(**fields)
        assert goal.accepted
        self.until_phase(PilotStatus.PHASE_RUNNING)
        self.client.wait_for(lambda: self.stubs.state == ExecutionState.STATE_RUNNING)
        return goal

    def until_phase(self, phase):
        self.client.wait_for(
            lambda: self.status.messages and self.status.latest.phase == phase,
            message=f"the pilot is not in phase {phase}",
        )

    def settle(self):
        """Wait until nothing runs, and forget what the test has set."""
        self.until_phase(PilotStatus.PHASE_IDLE)
        self.stubs.reset()

    def trigger(self, name):
        return self.client.call(Trigger, name, Trigger.Request())
