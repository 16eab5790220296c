from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("rclpy")

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from steadyhand.msg import PilotStatus

from steadyhand.drivers.controller_findings import Findings
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.nodes.bridge_diagnosis import controller_status
from steadyhand.nodes.diagnosis import Diagnosis, status_name
from steadyhand.nodes.pilot_reports import pilot_status
from steadyhand.nodes.policy_reports import REMEDIES

ROOT = Path(__file__).parents[2]
PARTS = {
    "cameras": "camera front",
    "joint_states": "joint states",
    "policy": "policy",
    "bridge": "bridge",
    "controllers": "controller left/arm",
    "pilot": "pilot",
}


def values(status: DiagnosticStatus) -> dict[str, str]:
    return {entry.key: entry.value for entry in status.values}


def test_names_hold_the_namespace_and_no_slash() -> None:
    assert status_name("/", "bridge") == "steadyhand: bridge"
    assert status_name("/cell/left", "controller left/arm") == "steadyhand cell left: controller left arm"


@pytest.mark.parametrize("namespace", ["/", "/left", "/cell/left"])
def test_the_aggregator_puts_every_status_under_one_analyser(namespace: str) -> None:
    document = yaml.safe_load((ROOT / "config" / "diagnostics.yaml").read_text())
    analysers = {k: v for k, v in document["/**"]["ros__parameters"].items() if isinstance(v, dict)}
    assert set(analysers) == set(PARTS)
    for key, part in PARTS.items():
        name = status_name(namespace, part)
        found = [k for k, v in analysers.items() if any(re.fullmatch(pattern, name) for pattern in v["regex"])]
        assert found == [key]


def test_statuses_are_published_together_with_a_stamp(context: Any) -> None:
    node, heard = Node("bridge", namespace="left", context=context), []
    diagnosis = Diagnosis(node)
    node.create_subscription(DiagnosticArray, "/diagnostics", heard.append, 10)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)
    for _ in range(50):
        diagnosis.publish({"bridge": DiagnosticStatus(), "joint states": DiagnosticStatus()})
        executor.spin_once(timeout_sec=0.05)
        if heard:
            break
    assert [status.name for status in heard[0].status] == ["steadyhand left: bridge", "steadyhand left: joint states"]
    assert heard[0].header.stamp.sec > 0
    diagnosis.close()
    node.destroy_node()


class Probe:
    outcome = "active, joint_trajectory_controller/JointTrajectoryController"

    def __init__(self, refusal: RefusedError | None = None, advice: tuple[str, ...] = ()) -> None:
        self.refusal, self.findings = refusal, Findings(advice=advice)

    def check(self) -> None:
        if self.refusal is not None:
            raise self.refusal


@pytest.mark.parametrize(
    ("probe", "level", "remedy"),
    [
        (Probe(), DiagnosticStatus.OK, ""),
        (Probe(advice=("Set constraints.",)), DiagnosticStatus.WARN, "Set constraints."),
        (
            Probe(RefusedError(Reason.CONTROLLER_INACTIVE, "controller arm is inactive")),
            DiagnosticStatus.ERROR,
            Reason.CONTROLLER_INACTIVE.remedy,
        ),
    ],
)
def test_a_controller_says_whether_it_takes_motion(probe: Any, level: bytes, remedy: str) -> None:
    status = controller_status(probe, "arm")
    assert (status.level, status.hardware_id, values(status)["remedy"]) == (level, "arm", remedy)


def test_a_pilot_whose_last_episode_failed_warns_until_the_next() -> None:
    report = PilotStatus(last_outcome="failed", last_message="held", deployment="panda", episodes=1)
    status = pilot_status(report, True, Counter(failed=1), "COLLISION")
    assert (status.level, values(status)["remedy"]) == (DiagnosticStatus.WARN, Reason.COLLISION.remedy)
    assert values(status)["count failed"] == "1"
    report.phase, report.instruction = PilotStatus.PHASE_RUNNING, "pick"
    running = pilot_status(report, True, Counter(failed=1), "COLLISION")
    assert (running.level, running.message) == (DiagnosticStatus.OK, "'pick'")
    assert pilot_status(PilotStatus(), False, Counter(), "").message == "inactive"


def test_everything_that_an_observation_may_lack_has_a_remedy() -> None:
    source = (ROOT / "src" / "steadyhand" / "observation").rglob("*.py")
    raised = {code for path in source for code in re.findall(r'"([A-Z]{2,}(?:_[A-Z]+)+)"', path.read_text())}
    assert raised - {"BGR"} <= set(REMEDIES)
