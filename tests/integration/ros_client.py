"""The test's own node: it listens, calls and commands, and waits for conditions instead of sleeping."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import rclpy
from action_msgs.msg import GoalStatus
from rclpy.action import ActionClient
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile
from rclpy.signals import SignalHandlerOptions

T = TypeVar("T")
ANSWER = 10.0
"""Time after which a request is sent again [s]: a server that has not yet met the client cannot answer the first."""
PATIENCE = float(os.environ.get("STEADYHAND_TEST_PATIENCE", "60"))
"""Longest wait for anything [s] on the steady clock; slow machines need it, and fast ones do not use it."""


class Inbox:
    """Messages of a topic, in the order in which they came.

    Attributes:
        messages: The newest, up to the depth.
        arrivals: Steady time of each [s].
        count: Messages received in all.
    """

    def __init__(self, client: Client, topic: str, depth: int) -> None:
        self.messages: deque[Any] = deque(maxlen=depth)
        self.arrivals: deque[float] = deque(maxlen=depth)
        self.count = 0
        self._client = client
        self._topic = topic

    def __call__(self, message: Any) -> None:
        self.messages.append(message)
        self.arrivals.append(time.monotonic())
        self.count += 1

    @property
    def latest(self) -> Any:
        return self.messages[-1]

    def clear(self) -> None:
        self.messages.clear()
        self.arrivals.clear()

    def next(self, condition: Callable[[Any], bool] = lambda _message: True, timeout: float = PATIENCE) -> Any:
        """Wait for a message that comes from now on and fulfils a condition, and return it."""
        seen = self.count

        def found() -> Any:
            fresh = min(self.count - seen, len(self.messages))
            newest = list(self.messages)[len(self.messages) - fresh :]
            return next(([message] for message in newest if condition(message)), None)

        return self._client.wait_for(found, timeout, f"no such message on {self._topic}")[0]

    def collect(self, number: int, timeout: float = PATIENCE) -> list[Any]:
        """Wait for a number of further messages and return them; the depth has to hold them."""
        seen = self.count
        self._client.wait_for(lambda: self.count >= seen + number, timeout, f"too few messages on {self._topic}")
        fresh = self.count - seen
        return list(self.messages)[-fresh:][:number]


class GoalRun:
    """A goal that was sent to an action server.

    Attributes:
        accepted: The server took it.
        feedback: Everything it has sent.
    """

    def __init__(self, client: Client, handle: Any, feedback: list[Any]) -> None:
        self.accepted = bool(handle.accepted)
        self.feedback = feedback
        self._client = client
        self._handle = handle
        self._result = handle.get_result_async() if self.accepted else None

    @property
    def done(self) -> bool:
        return self._result is not None and self._result.done()

    def result(self, timeout: float = PATIENCE) -> Any:
        """Wait for the end and return the result."""
        assert self._result is not None, "the goal was rejected"
        return self._client.wait_for(self._outcome, timeout, "the goal did not end").result

    def status(self, timeout: float = PATIENCE) -> int:
        """Wait for the end and return the status, one of action_msgs/GoalStatus."""
        assert self._result is not None, "the goal was rejected"
        return int(self._client.wait_for(self._outcome, timeout, "the goal did not end").status)

    def cancel(self, timeout: float = PATIENCE) -> bool:
        """Ask for cancellation, and return True where the server agreed."""
        future = self._handle.cancel_goal_async()
        answer = self._client.wait_for(lambda: future.done() and future.result(), timeout, "no answer to the cancel")
        return bool(answer.goals_canceling)

    def _outcome(self) -> Any:
        return self._result.done() and self._result.result()


class Client:
    """A node in a context of its own, spun by whoever waits.

    Args:
        check: Called while waiting; raises where waiting has become pointless.
        use_sim_time: Follow /clock.
    """

    STATUS = GoalStatus

    def __init__(self, check: Callable[[], None], *, name: str = "tester", use_sim_time: bool = False) -> None:
        self._check = check
        self.context = Context()
        rclpy.init(args=[], context=self.context, signal_handler_options=SignalHandlerOptions.NO)
        self.node = Node(
            name,
            context=self.context,
            start_parameter_services=False,
            enable_rosout=False,
            parameter_overrides=[Parameter("use_sim_time", value=use_sim_time)],
        )
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)
        self._clients: dict[tuple[str, str], Any] = {}
        self._entities: list[Callable[[], Any]] = []

    def forget(self) -> None:
        """Give up every subscription and publisher; clients of services and actions stay."""
        for destroy in self._entities:
            destroy()
        self._entities.clear()

    def close(self) -> None:
        self._executor.shutdown(timeout_sec=1.0)
        self.node.destroy_node()
        self.context.try_shutdown()

    @property
    def now(self) -> float:
        """Time on the ROS clock [s]."""
        return float(self.node.get_clock().now().nanoseconds) * 1e-9

    def wait_for(self, condition: Callable[[], T], timeout: float = PATIENCE, message: str = "") -> T:
        """Spin until a condition returns something true, and return that."""
        deadline = time.monotonic() + timeout
        while True:
            found = condition()
            if found:
                return found
            self._check()
            if time.monotonic() > deadline:
                raise AssertionError(f"{message or 'the condition did not come true'} within {timeout:g} s")
            self._executor.spin_once(timeout_sec=0.1)

    def spin(self, seconds: float) -> None:
        """Listen for a time on the steady clock: to show that something does not happen, never to wait for it."""
        deadline = time.monotonic() + seconds
        while (remaining := deadline - time.monotonic()) > 0.0:
            self._check()
            self._executor.spin_once(timeout_sec=min(0.1, remaining))

    def listen(self, kind: Any, topic: str, qos: QoSProfile | int = 10, depth: int = 1000) -> Inbox:
        """Subscribe, and keep the newest messages."""
        inbox = Inbox(self, topic, depth)
        subscription = self.node.create_subscription(kind, topic, inbox, qos)
        self._entities.append(partial(self.node.destroy_subscription, subscription))
        return inbox

    def publisher(self, kind: Any, topic: str, qos: QoSProfile | int = 10, *, subscribers: int = 1) -> Any:
        """Return a publisher that has met a number of subscribers."""
        publisher = self.node.create_publisher(kind, topic, qos)
        self._entities.append(partial(self.node.destroy_publisher, publisher))
        self.wait_for(
            lambda: publisher.get_subscription_count() >= subscribers, message=f"nobody subscribes to {topic}"
        )
        return publisher

    def call(self, kind: Any, name: str, request: Any, timeout: float = PATIENCE) -> Any:
        """Call a service as soon as it is there, and return the response."""
        key = ("service", name)
        if key not in self._clients:
            self._clients[key] = self.node.create_client(kind, name)
        client = self._clients[key]
        self.wait_for(client.service_is_ready, timeout, f"no service {name}")
        futures: list[Any] = []
        sent = float("-inf")

        def answer() -> Any:
            nonlocal sent
            if time.monotonic() - sent > ANSWER:
                sent = time.monotonic()
                futures.append(client.call_async(request))
            return next((future.result() for future in futures if future.done()), None)

        return self.wait_for(answer, timeout, f"no answer from {name}")

    def send_goal(self, kind: Any, name: str, goal: Any, timeout: float = PATIENCE) -> GoalRun:
        """Send a goal as soon as the action is there, and wait until the server has taken or rejected it."""
        key = ("action", name)
        if key not in self._clients:
            self._clients[key] = ActionClient(self.node, kind, name)
        client = self._clients[key]
        self.wait_for(client.server_is_ready, timeout, f"no action {name}")
        feedback: list[Any] = []
        future = client.send_goal_async(goal, feedback_callback=lambda message: feedback.append(message.feedback))
        handle = self.wait_for(lambda: future.done() and future.result(), timeout, f"no answer from {name}")
        return GoalRun(self, handle, feedback)

    def set_parameter(self, node: str, name: str, value: Any) -> None:
        """Set a parameter of another node."""
        from rcl_interfaces.srv import SetParameters

        request = SetParameters.Request(parameters=[Parameter(name, value=value).to_parameter_msg()])
        (result,) = self.call(SetParameters, f"{node}/set_parameters", request).results
        assert result.successful, result.reason
