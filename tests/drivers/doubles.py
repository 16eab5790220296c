"""A node, an action client and a publisher that a test answers for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class Future:
    def __init__(self) -> None:
        self._callbacks: list[Any] = []
        self._result: Any = None

    def add_done_callback(self, callback: Any) -> None:
        self._callbacks.append(callback)

    def result(self) -> Any:
        return self._result

    def resolve(self, result: Any) -> None:
        self._result = result
        for callback in self._callbacks:
            callback(self)


class Handle:
    def __init__(self, accepted: bool) -> None:
        self.accepted = accepted
        self.outcome = Future()
        self.cancelled = False

    def get_result_async(self) -> Future:
        return self.outcome

    def cancel_goal_async(self) -> None:
        self.cancelled = True

    def end(self, status: int, **result: Any) -> None:
        self.outcome.resolve(SimpleNamespace(status=status, result=SimpleNamespace(**result)))


class FakeActionClient:
    """Keeps the goals that were sent; ``answer`` takes or refuses the oldest that has none."""

    made: list[FakeActionClient]

    def __init__(self, _node: Any, kind: Any, name: str) -> None:
        self.kind, self.name = kind, name
        self.goals: list[Any] = []
        self.ready = True
        self._futures: list[Future] = []

    def server_is_ready(self) -> bool:
        return self.ready

    def send_goal_async(self, goal: Any) -> Future:
        self.goals.append(goal)
        self._futures.append(Future())
        return self._futures[-1]

    def answer(self, accepted: bool = True) -> Handle:
        handle = Handle(accepted)
        self._futures.pop(0).resolve(handle)
        return handle

    def destroy(self) -> None:
        self.ready = False


class FakePublisher:
    topic_name = "/commands"

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.subscribers = 1
        self.acknowledged = True
        self.waited: list[float] = []

    def publish(self, message: Any) -> None:
        self.messages.append(message)

    def get_subscription_count(self) -> int:
        return self.subscribers

    def wait_for_all_acked(self, timeout: Any) -> bool:
        self.waited.append(1e-9 * timeout.nanoseconds)
        return self.acknowledged


class FakeNode:
    """A node with a clock that a test sets.

    Attributes:
        now: ROS clock [s].
        publisher: The only one.
    """

    def __init__(self) -> None:
        self.now = 10.0
        self.publisher = FakePublisher()
        self.warnings: list[str] = []
        self.destroyed: list[Any] = []

    def get_clock(self) -> Any:
        return SimpleNamespace(now=lambda: SimpleNamespace(nanoseconds=round(self.now * 1e9)))

    def get_logger(self) -> Any:
        return SimpleNamespace(error=lambda _text: None, warning=self.warnings.append)

    def create_publisher(self, *_arguments: Any) -> FakePublisher:
        return self.publisher

    def create_timer(self, _period: float, callback: Any, **_options: Any) -> Any:
        self.tick = callback
        return callback

    def destroy_timer(self, _timer: Any) -> None:
        pass

    def destroy_publisher(self, publisher: Any) -> None:
        self.destroyed.append(publisher)
