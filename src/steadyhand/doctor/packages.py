"""Python packages that a deployment needs where its nodes run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from steadyhand.profiles.contract import Contract


@dataclass(frozen=True)
class Package:
    """A package.

    Attributes:
        module: What is imported.
        why: What needs it.
        remedy: How it is installed, a sentence without its full stop.
    """

    module: str
    why: str
    remedy: str


_CORE = ("numpy", "scipy", "pydantic", "yaml", "cv2", "rich", "xacro")
_KINEMATICS = "Install the extra: pip install 'steadyhand[kinematics]'"
_BACKENDS = {
    "onnx": (Package("onnxruntime", "the policy's backend is onnx", "pip install onnxruntime"),),
    "torch": (Package("torch", "the policy's backend is torch", "Install the extra: pip install 'steadyhand[train]'"),),
}
_SIMULATION = Package(
    "mujoco", "the simulator says whether the task succeeded", "Install the extra: pip install 'steadyhand[simulation]'"
)


def packages_of(contract: Contract | None) -> Iterator[Package]:
    """Yield the packages of a deployment, those of every installation first."""
    for module in _CORE:
        yield Package(module, "every command needs it", "Install steadyhand with its dependencies: pip install .")
    if contract is None:
        return
    yield Package("pinocchio", "the bridge computes kinematics with it", _KINEMATICS)
    yield Package("coal", "the bridge checks collisions with it", _KINEMATICS)
    yield Package("ruckig", "the bridge moves to the start pose with it", _KINEMATICS)
    yield from _BACKENDS.get(contract.policy.backend, ())
    robot = contract.robot
    if "moveit_py" in (robot.scene.check, robot.start.planner, *(one.arm.driver for one in robot.each_arm.values())):
        yield Package("moveit", "the robot profile asks for moveit_py", "apt install ros-$ROS_DISTRO-moveit-py")
    if any(signal.kind == "ur_safety_mode" for signal in robot.safety_state.values()):
        yield Package("ur_dashboard_msgs", "a safety signal is UR's", "apt install ros-$ROS_DISTRO-ur-dashboard-msgs")
    if contract.deployment.success == "simulator":
        yield _SIMULATION


KNOWN = frozenset(
    {*_CORE, "pinocchio", "coal", "ruckig", "onnxruntime", "torch", "moveit", "mujoco", "ur_dashboard_msgs"}
)
"""Every module that may be asked for."""
