"""Whether single states are free in the scene of a running move_group."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from moveit_msgs.srv import GetStateValidity
from numpy.typing import NDArray
from rclpy.node import Node
from rclpy.task import Future

from steadyhand.drivers.move_group.names import resolve
from steadyhand.execution.exceptions import RefusedError
from steadyhand.execution.reasons import Reason
from steadyhand.profiles.contract import Contract

Array = NDArray[np.float64]
Answer = Callable[[str | RefusedError], None]


class StateValidity:
    """Calls check_state_validity: a `steadyhand.execution.inquiry.StateService`.

    Args:
        node: The node that asks.
        contract: The resolved deployment.
    """

    def __init__(self, node: Node, contract: Contract) -> None:
        robot = contract.robot
        assert robot.moveit is not None
        self.name = resolve(robot.moveit.namespace, "check_state_validity")
        self._node = node
        self._group = robot.moveit.group
        self._names = list(robot.joint_names)
        self._client = node.create_client(GetStateValidity, self.name)
        self._pending: set[Future[Any]] = set()

    @property
    def ready(self) -> bool:
        """True while the service is there."""
        return bool(self._client.service_is_ready())

    def ask(self, position: Array, answer: Answer) -> None:
        """Ask about positions of shape (n,) [rad or m]; see `StateService.ask`."""
        request = GetStateValidity.Request()
        request.group_name = self._group
        # Without it move_group would leave out what is attached to the arm.
        request.robot_state.is_diff = True
        request.robot_state.joint_state.name = self._names
        request.robot_state.joint_state.position = position.tolist()
        future = self._client.call_async(request)
        self._pending.add(future)
        future.add_done_callback(partial(self._on_answer, answer))

    def forget(self) -> None:
        """Want no answer any longer to what was asked."""
        for future in self._pending:
            self._client.remove_pending_request(future)
        self._pending.clear()

    def close(self) -> None:
        """Give up the connection."""
        self.forget()
        self._node.destroy_client(self._client)

    def _on_answer(self, answer: Answer, future: Future[Any]) -> None:
        if future not in self._pending:
            return
        self._pending.discard(future)
        response = future.result()
        if response is None:
            answer(RefusedError(Reason.SCENE_UNAVAILABLE, f"{self.name} gave no answer"))
        elif response.valid:
            answer("")
        elif response.contacts:
            contact = response.contacts[0]
            answer(f"{contact.contact_body_1} would touch {contact.contact_body_2}")
        else:
            answer(f"group {self._group} would touch something")
