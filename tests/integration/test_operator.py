"""The operator on a running graph: modes, consent, speed, a joystick's button, and the commands of the terminal."""

import json
import sys
from functools import partial

import numpy as np
import pytest
from rclpy.clock import Clock, ClockType
from sensor_msgs.msg import Joy
from stage import Stage, write_deployment
from steadyhand.action import RunInstruction
from steadyhand.msg import ExecutionState, PilotStatus
from steadyhand.srv import Instruct

from steadyhand.nodes.conversions import to_seconds

Result = RunInstruction.Result
BUTTON = 4


class OperatedStage(Stage):
    """A stage whose operator holds the button until told otherwise, and has the commands of a terminal."""

    def __init__(self, graph, deployment):
        super().__init__(graph, deployment)
        self.held = True
        publisher = self.client.node.create_publisher(Joy, "/joy", 10)
        self.client.node.create_timer(
            0.1,
            lambda: publisher.publish(Joy(buttons=[0] * BUTTON + [int(self.held)])),
            clock=Clock(clock_type=ClockType.STEADY_TIME),
        )

    def reset(self):
        self.held = True
        self.client.set_parameter("/bridge", "mode", "run")
        self.client.set_parameter("/bridge", "speed", 1.0)
        super().reset()

    def command(self, *arguments):
        """Start a command of the terminal; return its process and the file of its complaints."""
        return self.graph.command(*arguments)

    def finish(self, command):
        """Wait for a command; return its exit code, what it printed, and its complaints."""
        process, complaints = command
        self.client.wait_for(lambda: not process.alive, message="the command does not end")
        return process.code, process.log, complaints.read_text()

    def confirmed(self):
        """Confirm what is offered as soon as it has been there to read, and return the report of the offer."""
        offer = self.until_held("CONFIRMATION_AWAITED")
        self.client.wait_for(lambda: self.trigger("bridge/confirm").success)
        return offer

    def mode_in_force(self):
        return self.states.latest.mode


@pytest.fixture(scope="module")
def stage(shared_graph, tmp_path_factory):
    enable = {"topic": "/joy", "kind": "joy", "button": BUTTON, "age": 5.0}
    deployment = write_deployment(
        tmp_path_factory.mktemp("operated"), {"enable": enable}, timeout=600.0, vocabulary=["pick up the \\w+ cube"]
    )
    stage = OperatedStage(shared_graph, deployment)
    # In real time where the machine allows it: commands of the terminal need some of it, and of the processors.
    stage.start_node("simulator", speed=1.0)
    for name in ("policy", "bridge"):
        stage.start_node(name)
    stage.start_node("pilot", hold_limit=600.0)
    stage.wait_until_ready()
    yield stage
    stage.close()


@pytest.fixture(autouse=True)
def scene(stage):
    stage.reset()
    yield
    print(stage.graph.logs())


def test_in_shadow_nothing_moves_and_after_the_change_to_run_only_a_resume_does(stage):
    goal = stage.goal(mode="shadow")
    stage.until(lambda report: report.state == ExecutionState.STATE_RUNNING)
    stage.assert_still(stage.client.now, 0.5)
    stage.client.set_parameter("/bridge", "mode", "run")
    held = stage.until_held("MODE_CHANGED")
    assert held.mode == ExecutionState.MODE_RUN
    stage.assert_still(stage.client.now, 0.5)
    stage.resume()
    stage.until_moving()
    assert not goal.done
    stage.record.check()


def test_each_chunk_waits_for_consent_runs_to_its_end_and_holds(stage):
    goal = stage.goal(mode="confirm")
    first = stage.until_held("CONFIRMATION_AWAITED")
    assert "panda_joint" in first.hold_message and "the tool goes" in first.hold_message
    stage.assert_still(stage.client.now, 1.0)
    code, said, complained = stage.finish(stage.command("confirm", "--json"))
    assert code == 0, complained
    assert json.loads(said)["done"]
    second = stage.until_held("CONFIRMATION_AWAITED")
    assert second.hold_message != first.hold_message
    moved = np.abs(np.array(second.positions) - first.positions).max()
    assert moved > 0.01
    stage.assert_still(stage.client.now, 0.5)
    assert not goal.done
    stage.record.check()


def test_a_change_to_confirm_brakes_first_and_then_offers(stage):
    stage.moving_goal()
    stage.client.set_parameter("/bridge", "mode", "confirm")
    assert stage.braking_since(stage.client.now - 0.1).hold_code == "MODE_CHANGED"
    offer = stage.until_held("CONFIRMATION_AWAITED")
    assert offer.mode == ExecutionState.MODE_CONFIRM
    stage.assert_still(stage.client.now, 0.5)
    stage.record.check()


def test_the_speed_changes_smoothly_and_zero_holds(stage):
    goal = stage.moving_goal()
    stage.client.set_parameter("/bridge", "speed", 0.3)
    since = stage.client.now + 0.6
    stage.until(lambda report: to_seconds(report.header.stamp) > since + 0.5)
    assert stage.states.latest.speed == pytest.approx(0.3)
    assert stage.record.speed(since) < 0.4 * float(stage.robot.velocity.max())
    stage.client.set_parameter("/bridge", "speed", 0.0)
    stage.until_held("SPEED_ZERO")
    stage.assert_still(stage.client.now + 0.1, 0.5)
    stage.client.set_parameter("/bridge", "speed", 1.0)
    stage.until_moving()
    assert not goal.done
    stage.record.check()


def test_a_released_button_brakes_and_status_says_so(stage):
    stage.moving_goal()
    stage.held = False
    stage.until_held("ENABLE_LOST")
    process = stage.command("status", "--json", "--svg", str(stage.graph.folder / "status.svg"))
    code, said, complained = stage.finish(process)
    assert code == 0, complained
    document = json.loads(said)
    assert document["nodes"] == {"policy": "active", "bridge": "active", "pilot": "active"}
    assert document["bridge"]["hold_code"] == "ENABLE_LOST"
    assert "enable switch" in document["bridge"]["remedy"]
    assert document["streams"]["/joint_states"]["rate"] > 0.0
    assert document["policy"]["chunks"] >= 0
    assert "ENABLE_LOST" in (stage.graph.folder / "status.svg").read_text()


def test_stop_and_resume_from_the_terminal_within_an_episode_that_run_has_begun(stage):
    run = stage.command("run", stage.deployment, "pick up the red cube", "--sim-time", "--json")
    stage.until(lambda report: report.state == ExecutionState.STATE_RUNNING)
    # Slowly, so that the command finds the arm on its way on a busy machine too.
    stage.client.set_parameter("/bridge", "speed", 0.05)
    code, _, complained = stage.finish(stage.command("stop"))
    assert code == 0, complained
    stage.until_held("STOPPED")
    stage.assert_still(stage.client.now, 0.3)
    assert stage.finish(stage.command("resume"))[0] == 0
    assert stage.finish(stage.command("speed", "1"))[0] == 0
    code, said, complained = stage.finish(run)
    assert code == 0, complained
    assert json.loads(said)["outcome"] == "succeeded"
    assert "joining what runs: bridge, pilot, policy" in complained


def test_an_instruction_outside_of_the_vocabulary_begins_no_episode(stage):
    code, said, complained = stage.finish(stage.command("run", stage.deployment, "dance", "--sim-time", "--json"))
    assert code == 2
    assert "NOT_IN_VOCABULARY" in complained and "pick up the \\w+ cube" in complained
    assert json.loads(said)["outcome"] == "error"
    assert stage.pilot.latest.last_outcome == "rejected"


def test_stop_says_plainly_that_no_bridge_answers(stage):
    command = [sys.executable, "-m", "steadyhand", "stop", "--namespace", "nowhere"]
    process = stage.graph.run("stop", command)
    process.expected_to_end = True
    stage.client.wait_for(lambda: not process.alive, message="the command does not end")
    assert process.code == 3
    assert "/nowhere/bridge/stop" in process.log and "a bridge is in /: say so" in process.log


def test_the_instruct_service_begins_an_episode_or_says_why_not(stage):
    stage.graph.start("instruction", terminal=False)
    ask = partial(stage.client.call, Instruct, "instruction/instruct")
    answers = []
    # A node that has just come says that there is no pilot until it has heard it.
    stage.client.wait_for(
        lambda: answers.append(ask(Instruct.Request(instruction="dance"))) or "no pilot" not in answers[-1].message,
        message="the instruction node hears no pilot",
    )
    refused = answers[-1]
    assert not refused.accepted
    assert "NOT_IN_VOCABULARY" in refused.message and "pick up the \\w+ cube" in refused.message
    taken = ask(Instruct.Request(instruction="pick up the red cube"))
    assert taken.accepted, taken.message
    stage.until_moving()
    second = ask(Instruct.Request(instruction="pick up the green cube"))
    assert not second.accepted and second.message.startswith("rejected by the pilot: ")
    assert stage.graph.processes["instruction"].interrupt() == 0
    stage.pilot.next(lambda status: status.phase == PilotStatus.PHASE_IDLE and status.last_outcome == "cancelled")


def test_a_file_of_instructions_is_carried_out_as_often_as_it_says_and_summed_up(stage):
    folder = stage.graph.folder
    (folder / "agenda.txt").write_text("# none of these is known\n2x dance\nsing\n")
    node = stage.graph.start("instruction", file=str(folder / "agenda.txt"), summary=str(folder / "agenda.json"))
    node.expected_to_end = True
    stage.client.wait_for(lambda: not node.alive, message="the instruction node does not leave")
    assert node.code == 0, node.log
    found = json.loads((folder / "agenda.json").read_text())
    assert found["instructions"] == {"dance": {"rejected": 2}, "sing": {"rejected": 1}}
    assert "3 episodes: 3 rejected" in node.log
