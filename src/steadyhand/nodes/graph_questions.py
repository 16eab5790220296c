"""What a graph's nodes are asked while it is listened to: parameters, states, controllers, action servers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from control_msgs.action import FollowJointTrajectory, GripperCommand
from lifecycle_msgs.srv import GetState
from rcl_interfaces.srv import GetParameters
from rclpy.action import ActionClient
from rclpy.node import Node
from rclpy.parameter import parameter_value_to_python

from steadyhand.doctor.needs import action_servers
from steadyhand.doctor.survey import ArmController, SeenController
from steadyhand.drivers.controller_probe import ControllerProbe
from steadyhand.drivers.servo_settings import PARAMETERS, ServoSettings
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.nodes.endpoints import hidden
from steadyhand.profiles.binding import arm_joints
from steadyhand.profiles.contract import Contract
from steadyhand.profiles.robot import RobotProfile

_PARAMETERS = "rcl_interfaces/srv/GetParameters"
_STATE = "lifecycle_msgs/srv/GetState"
_MANAGER = "controller_manager_msgs/srv/ListControllers"
_NODES = 100
"""Nodes that are asked; a graph of more is asked for its first ones."""


class GraphQuestions:
    """Asks everything once, each as soon as who has to answer is met; never waits.

    Attributes:
        use_sim_time: That parameter by the node's full name, of those that answered.
        lifecycle: Label of the lifecycle state by the node's full name.
        controllers: Controllers by name with namespace; None where no manager answered.
    """

    def __init__(self, node: Node, contract: Contract | None) -> None:
        """Find out who can be asked.

        Args:
            node: The node that asks.
            contract: The deployment whose controllers are probed; none: they are only listed.
        """
        self.use_sim_time: dict[str, bool] = {}
        self.lifecycle: dict[str, str] = {}
        self.controllers: dict[str, SeenController] | None = None
        self._node = node
        self._waiting: list[tuple[Any, Any, Callable[[Any], None]]] = []
        self._clients: list[Any] = []
        self._pending: list[Any] = []
        services = node.get_service_names_and_types()
        for service, types in services:
            owner = service.rpartition("/")[0]
            if hidden(owner.rpartition("/")[2]):
                continue
            if _PARAMETERS in types and len(self._waiting) < _NODES:
                request = GetParameters.Request(names=["use_sim_time"])
                self._prepare(GetParameters, service, request, self._hear_sim_time(owner))
            elif _STATE in types:
                self._prepare(GetState, service, GetState.Request(), self._hear_state(owner))
            elif _MANAGER in types:
                self._prepare_manager(service)
        self._servos: dict[str, ArmController] = {}
        if contract is not None:
            self._prepare_servos(contract, {name for name, _ in services})
        self._probes = {} if contract is None else _probes(node, contract)
        self._servers = {} if contract is None else _action_clients(node, contract)

    def ask(self) -> None:
        """Ask those that have been met since."""
        for question in [one for one in self._waiting if one[0].service_is_ready()]:
            self._waiting.remove(question)
            client, request, answer = question
            future = client.call_async(request)
            self._pending.append(future)
            future.add_done_callback(
                lambda future, answer=answer: answer(future.result()) if future.exception() is None else None
            )

    @property
    def settled(self) -> bool:
        """True where everybody has answered."""
        answered = not self._waiting and all(future.done() for future in self._pending)
        return answered and all(probe.settled for probe in self._probes.values())

    @property
    def servers(self) -> dict[str, bool]:
        """Whether the server is there of each action that the deployment needs."""
        return {name: bool(client.server_is_ready()) for name, client in self._servers.items()}

    @property
    def arms(self) -> dict[str, ArmController]:
        """What the probe of each arm's controller says, or its Servo, by the controller."""
        return self._servos | {name: _told(probe) for name, probe in self._probes.items()}

    def close(self) -> None:
        """Give every connection up."""
        for probe in self._probes.values():
            probe.close()
        for action in self._servers.values():
            action.destroy()
        for client in self._clients:
            self._node.destroy_client(client)

    def _prepare(self, kind: Any, service: str, request: Any, answer: Callable[[Any], None]) -> None:
        client = self._node.create_client(kind, service)
        self._clients.append(client)
        self._waiting.append((client, request, answer))

    def _prepare_manager(self, service: str) -> None:
        try:
            from controller_manager_msgs.srv import ListControllers
        except ImportError:
            return
        space = service.rpartition("/controller_manager/")[0].strip("/")
        self._prepare(ListControllers, service, ListControllers.Request(), self._hear_controllers(space))

    def _prepare_servos(self, contract: Contract, services: set[str]) -> None:
        for profile in contract.robot.each_arm.values():
            node = profile.arm.servo.node
            service = f"{node}/get_parameters"
            # One that is not there would be waited for.
            if profile.arm.driver == "servo" and service in services:
                request = GetParameters.Request(names=list(PARAMETERS))
                fit = f"{node}/switch_command_type" in services
                self._prepare(GetParameters, service, request, self._hear_servo(profile, fit=fit))

    def _hear_servo(self, profile: RobotProfile, *, fit: bool) -> Callable[[Any], None]:
        node, controller = profile.arm.servo.node, profile.arm.controller.strip("/")

        def hear(answer: Any) -> None:
            # A node that lacks one of them may answer nothing at all.
            values = [parameter_value_to_python(value) for value in answer.values]
            try:
                settings = ServoSettings.read(node, dict(zip(PARAMETERS, values, strict=False)))
                topic = settings.command_topic(profile.arm.servo.command)
                self._servos[controller] = ArmController(topic=topic)
                settings.check(profile, node)
            except RefusedError as refusal:
                said = replace(self._servos.get(controller, ArmController()), refusal=str(refusal.reason))
                self._servos[controller] = replace(said, complaint=str(refusal))
            if not fit and not self._servos[controller].refusal:
                words = f"{node} has no service switch_command_type: MoveIt Servo of Jazzy or newer is needed"
                self._servos[controller] = ArmController(str(Reason.CONTROLLER_MISMATCH), words)

        return hear

    def _hear_sim_time(self, node: str) -> Callable[[Any], None]:
        def hear(answer: Any) -> None:
            value = parameter_value_to_python(answer.values[0]) if answer.values else None
            if isinstance(value, bool):
                self.use_sim_time[node] = value

        return hear

    def _hear_state(self, node: str) -> Callable[[Any], None]:
        def hear(answer: Any) -> None:
            self.lifecycle[node] = answer.current_state.label

        return hear

    def _hear_controllers(self, space: str) -> Callable[[Any], None]:
        def hear(answer: Any) -> None:
            self.controllers = self.controllers or {}
            for one in answer.controller:
                name = f"{space}/{one.name}".strip("/")
                self.controllers[name] = SeenController(one.state, one.type, tuple(one.claimed_interfaces))

        return hear


def _probes(node: Node, contract: Contract) -> dict[str, ControllerProbe]:
    deployment = contract.deployment
    profiles = [profile for profile in contract.robot.each_arm.values() if profile.arm.driver != "servo"]
    return {
        profile.arm.controller.strip("/"): ControllerProbe(node, profile, arm_joints(profile, deployment))
        for profile in profiles
    }


def _told(probe: ControllerProbe) -> ArmController:
    try:
        probe.check()
    except RefusedError as refusal:
        return ArmController(str(refusal.reason), str(refusal), probe.findings.advice)
    return ArmController(advice=probe.findings.advice, silent=not probe.answered)


def _action_clients(node: Node, contract: Contract) -> dict[str, ActionClient]:
    clients = {}
    for name, driver in action_servers(contract.robot).items():
        if driver == "parallel_gripper_command":
            # Older control_msgs lack it.
            from control_msgs.action import ParallelGripperCommand

            clients[name] = ActionClient(node, ParallelGripperCommand, name)
        else:
            kind = GripperCommand if driver == "gripper_command" else FollowJointTrajectory
            clients[name] = ActionClient(node, kind, name)
    return clients
