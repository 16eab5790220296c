"""Can this Python run the deployment?"""

from __future__ import annotations

from collections.abc import Iterator

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.machine import Machine
from steadyhand.doctor.packages import packages_of
from steadyhand.doctor.survey import Survey
from steadyhand.profiles.contract import Contract


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield interpreters that do not fit together, packages that are missing, and a broken cv_bridge."""
    machine = survey.machine
    yield from _ros(machine)
    yield from _entry_points(machine)
    for package in packages_of(contract):
        if package.module in machine.missing:
            yield Finding(
                Code.PACKAGE_MISSING,
                package.module,
                f"the Python package {package.module} is missing; {package.why}",
                f"{package.remedy}, for {machine.interpreter or 'this Python'}.",
            )
    yield from _bridge(machine, contract is not None and contract.deployment.decoder == "cv_bridge")


def _ros(machine: Machine) -> Iterator[Finding]:
    if machine.rclpy_python and machine.rclpy_python != machine.python:
        yield Finding(
            Code.PYTHON_MISMATCH,
            machine.interpreter,
            f"this is Python {machine.python}, rclpy is made for {machine.rclpy_python}",
            f"Make the virtual environment with the system's Python: python{machine.rclpy_python} -m venv "
            "--system-site-packages .venv",
            machine.python,
        )
    elif machine.ros_error:
        sourced = f"ROS {machine.ros_distribution} is sourced" if machine.ros_distribution else "no ROS is sourced"
        yield Finding(
            Code.ROS_UNUSABLE,
            machine.interpreter,
            f"ROS cannot be used: {machine.ros_error}; {sourced}",
            "Source /opt/ros/DISTRIBUTION/setup.bash and the workspace's install/setup.bash; without a distribution, "
            "'make setup' takes ROS from wheels.",
        )


def _entry_points(machine: Machine) -> Iterator[Finding]:
    for name, point in sorted(machine.entry_points.items()):
        if not point.executable or not point.version:
            yield Finding(
                Code.ENTRY_POINTS,
                point.path,
                f"{name} cannot be started with {point.python or 'any interpreter'}",
                "Build the package again with the Python that it is to run with.",
            )
        elif machine.rclpy_python and point.version != machine.rclpy_python:
            yield Finding(
                Code.PYTHON_MISMATCH,
                point.path,
                f"{name} starts Python {point.version} ({point.python}), rclpy is made for {machine.rclpy_python}",
                "Build the package with the Python of the ROS distribution, or make a virtual environment of it.",
                point.version,
            )


def _bridge(machine: Machine, wanted: bool) -> Iterator[Finding]:
    state = machine.cv_bridge
    if state == "works" or (state == "absent" and not wanted):
        return
    advice = "Write decoder: own, which needs no cv_bridge"
    if wanted:
        yield Finding(
            Code.CV_BRIDGE_UNUSABLE,
            "decoder",
            f"the deployment asks for cv_bridge, which is {'not installed' if state == 'absent' else 'broken'}"
            + ("" if state == "absent" else f" with NumPy {machine.numpy}: {state}"),
            f"{advice}; or install ros-$ROS_DISTRO-cv-bridge and the NumPy that it was built with (numpy<2 on Jazzy).",
            state,
        )
    else:
        yield Finding(
            Code.CV_BRIDGE_BROKEN,
            "cv_bridge",
            f"cv_bridge is installed and cannot be imported with NumPy {machine.numpy}: {state}",
            "Nothing to do here: decoder own does not use it. Other programs of this environment may crash.",
            state,
        )
