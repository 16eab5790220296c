"""What is wrong with a machine is named, and this one can be looked at."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest

from steadyhand.doctor import machine_survey
from steadyhand.doctor.machine import EntryPoint, Machine, RosProcess

SPOILT = {
    "ROS_UNUSABLE": {"ros_error": "No module named 'rclpy'"},
    "PYTHON_MISMATCH": {"python": "3.12", "rclpy_python": "3.10"},
    "ENTRY_POINTS": {"entry_points": {"bridge": EntryPoint("/opt/bridge", True, "/gone/python3", "")}},
    "PACKAGE_MISSING": {"missing": frozenset({"onnxruntime"})},
    "CV_BRIDGE_BROKEN": {"cv_bridge": "_ARRAY_API not found", "numpy": "2.1"},
    "SHARED_MEMORY": {"memory_free": 10 << 20, "memory_size": 64 << 20},
    "SHARED_MEMORY_FOREIGN": {"memory_foreign": 3},
    "DISCOVERY_LOCALHOST": {"discovery": "LOCALHOST"},
    "DISK_LOW": {"disk_free": 1 << 30},
    "CPU_BUSY": {"load": 9.0},
    "CPU_FEW": {"cores": 2},
    "RT_PRIORITY": {"rt_priority": 0},
    "RMW_DIFFERS": {"processes": (RosProcess(7, "driver", "0", "rmw_cyclonedds_cpp"),)},
}


@pytest.mark.parametrize("code", SPOILT)
def test_what_is_spoilt_in_a_machine_is_named(code, graph, codes):
    assert codes(graph, machine=Machine(**SPOILT[code])) == [code]


def test_an_entry_point_of_another_python_is_named(graph, codes):
    point = EntryPoint("/opt/bridge", True, "/usr/bin/python3", "3.12")
    machine = Machine(python="3.10", rclpy_python="3.10", entry_points={"bridge": point})
    assert codes(graph, machine=machine) == ["PYTHON_MISMATCH"]


def test_a_deployment_that_asks_for_cv_bridge_needs_it(graph, codes, contract):
    asking = replace(contract, deployment=contract.deployment.model_copy(update={"decoder": "cv_bridge"}))
    for state, expected in (("absent", ["CV_BRIDGE_UNUSABLE"]), ("it crashes", ["CV_BRIDGE_UNUSABLE"]), ("works", [])):
        assert codes(graph, machine=Machine(cv_bridge=state), contract=asking) == expected


def test_shared_memory_does_not_concern_other_middleware(graph, codes):
    assert codes(graph, machine=Machine(memory_free=0, rmw="rmw_zenoh_cpp")) == []


def test_the_interpreter_of_an_executable_is_found(tmp_path):
    script = tmp_path / "lib" / "steadyhand" / "bridge"
    script.parent.mkdir(parents=True)
    folder = 'prefix=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)'
    script.write_text(f"#!/bin/sh\n{folder}\npython='/usr/bin/python9'\n")
    assert machine_survey._interpreter(script) == "/usr/bin/python9"
    own = tmp_path / "bin" / "python3"
    own.parent.mkdir()
    own.write_text("")
    own.chmod(0o755)
    assert machine_survey._interpreter(script) == str(own)
    script.write_text("#!/opt/venv/bin/python\n")
    assert machine_survey._interpreter(script) == "/opt/venv/bin/python"


def test_this_machine_can_be_looked_at(monkeypatch):
    monkeypatch.setenv("ROS_DOMAIN_ID", "17")
    monkeypatch.setenv("ROS_LOCALHOST_ONLY", "1")
    machine = machine_survey.look_at_machine()
    assert machine.python == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert machine.domain == "17"
    assert machine.discovery == "LOCALHOST"
    assert machine.cores == len(os.sched_getaffinity(0))
    assert "numpy" not in machine.missing
    assert machine.disk_free > 0
