"""Is there anything at all, and is it in our domain?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from steadyhand.doctor.codes import Code
from steadyhand.doctor.finding import Finding
from steadyhand.doctor.machine import Machine
from steadyhand.doctor.survey import Survey
from steadyhand.profiles.contract import Contract


def judge(survey: Survey, contract: Contract | None) -> Iterator[Finding]:
    """Yield that nothing runs, and where else ROS programs of this machine are."""
    graph, machine = survey.graph, survey.machine
    if graph is None:
        return
    if graph.empty:
        where = f"domain {machine.domain}"
        what = f"no ROS node was heard in {graph.duration:.1f} s"
        if contract is None:
            yield Finding(
                Code.NOTHING_RUNNING,
                where,
                what,
                "Start the robot's driver and cameras, or try without a robot: 'steadyhand demo', or "
                "'ros2 launch steadyhand simulation.launch.py'. On another machine: compare ROS_DOMAIN_ID.",
            )
        else:
            yield Finding(
                Code.ROBOT_ABSENT,
                where,
                f"{what}: {contract.robot.name} is not there",
                f"Start its driver, the controller {', '.join(_controllers(contract))} and the cameras, then 'ros2 "
                f"launch steadyhand bringup.launch.py deployment:={contract.files[0] if contract.files else '...'}'. "
                "On another machine: compare ROS_DOMAIN_ID.",
            )
        yield from _elsewhere(machine)
    yield from _other_middleware(machine)


def _controllers(contract: Contract) -> list[str]:
    return [profile.arm.controller for profile in contract.robot.each_arm.values()]


def _elsewhere(machine: Machine) -> Iterator[Finding]:
    domains = Counter(process.domain for process in machine.processes if process.domain != machine.domain)
    if not domains:
        return
    examples = {process.domain: process.command for process in reversed(machine.processes)}
    told = [f"domain {domain} ({count}, such as {examples[domain]})" for domain, count in domains.most_common()]
    yield Finding(
        Code.DOMAIN_DIFFERS,
        f"domain {machine.domain}",
        f"ROS programs of this machine run in {', '.join(told)}; the doctor looked in domain {machine.domain}",
        f"If one of them is your robot: ROS_DOMAIN_ID={next(iter(domains))} steadyhand doctor ...",
        sorted(domains),
    )


def _other_middleware(machine: Machine) -> Iterator[Finding]:
    others = {
        process.rmw: process
        for process in machine.processes
        if process.domain == machine.domain and process.rmw and process.rmw != machine.rmw
    }
    for rmw, process in others.items():
        yield Finding(
            Code.RMW_DIFFERS,
            f"process {process.pid}",
            f"{process.command} uses {rmw}, the doctor {machine.rmw}: they do not reliably hear each other",
            "Set the same RMW_IMPLEMENTATION for all programs of a graph.",
            rmw,
        )
