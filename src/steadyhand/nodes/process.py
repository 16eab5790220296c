"""The process around a node: spinning, Ctrl-C, and a clean end."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import FrameType

import rclpy
from rclpy.executors import Executor, MultiThreadedExecutor, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from steadyhand.exceptions import SteadyhandError
from steadyhand.nodes.memory import keep_large_blocks

_ROUND = 1.0

WIND_DOWN = 5.0
"""Longest time that a node may take to leave [s]."""


class Spinner:
    """Spins an executor in a thread until it is told to stop, or a callback raises.

    Attributes:
        error: What a callback raised last, None where nothing did.
        forgiving: True where it goes on after a callback that raised.
    """

    def __init__(self, executor: Executor, on_end: Callable[[], None], *, forgiving: bool = False) -> None:
        """Begin to spin.

        Args:
            executor: What to spin.
            on_end: Called when the thread no longer does.
            forgiving: First value of the attribute.
        """
        self.error: BaseException | None = None
        self.forgiving = forgiving
        self._executor = executor
        self._on_end = on_end
        self._stopping = False
        self._thread = threading.Thread(target=self._spin, name="executor", daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Stop after the callback that is running; return False where it did not end within a time [s]."""
        self._stopping = True
        # Only work that is waiting lets a blocked executor return.
        self._executor.create_task(lambda: None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _spin(self) -> None:
        while not self._stopping:
            try:
                # Kilted's events executor does nothing at all where it may wait for ever.
                self._executor.spin_once(timeout_sec=_ROUND)
            except BaseException as error:
                self.error = error
                if not self.forgiving:
                    break
        self._on_end()


def run(
    make_node: Callable[[], Node],
    args: Sequence[str] | None = None,
    *,
    threads: int = 1,
    events: bool = False,
) -> int:
    """Run a node until Ctrl-C, SIGTERM, or an exception in one of its callbacks; return the exit code.

    The node keeps all its connections while it leaves: ``async def wind_down(self)``, where it has one, runs in its
    executor and may brake, publish, and await the answers of services, for at most 5 s. A second signal ends the
    process at once.

    Args:
        make_node: The node's class.
        args: Command line, with ROS arguments; that of the process where None.
        threads: Callbacks that may run at the same time; one costs the least.
        events: Let what happens wake the node, where this ROS has an executor for that, instead of asking everything
            it is connected to in each round. For nodes on the way from an image to a command.

    Returns:
        0 after Ctrl-C or SIGTERM, 1 where a callback raised, 2 where the node could not be made.
    """
    return run_together([Member(make_node, threads, events)], args)


@dataclass(frozen=True)
class Member:
    """One of the nodes of a process; see `run`."""

    make_node: Callable[[], Node]
    threads: int = 1
    events: bool = False


def run_together(members: Sequence[Member], args: Sequence[str] | None = None) -> int:
    """Run nodes in one process, each in an executor and a thread of its own, until one of them ends; see `run`.

    They leave one after the other, the last one first, while those before it still work.
    """
    keep_large_blocks()
    # Of all ways to wake a thread only this one may be used inside of a signal handler.
    news: SimpleQueue[str] = SimpleQueue()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        news.put("signal")

    previous = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    # rclpy's own handlers would close every connection before the node could brake.
    rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    running: list[_Running] = []
    try:
        try:
            nodes = [member.make_node() for member in members]
        except SteadyhandError as error:
            print(f"error: {error}", file=sys.stderr)  # noqa: T201
            return 2
        executors = [_make_executor(member.threads, member.events) for member in members]
        # The events executor has put handlers of its own in their place, which close every connection.
        for number in previous:
            signal.signal(number, on_signal)
        for member, node, executor in zip(members, nodes, executors, strict=True):
            running.append(_Running(node, executor, news, events=member.events))
        news.get()
        left = [one.leave() for one in reversed(running)]
        return 0 if all(left) else 1
    finally:
        rclpy.try_shutdown()
        for number, handler in previous.items():
            signal.signal(number, handler)


class _Running:
    """A node that is spun."""

    def __init__(self, node: Node, executor: Executor, news: SimpleQueue[str], *, events: bool) -> None:
        self._node, self._executor, self._news, self._events = node, executor, news, events
        executor.add_node(node)
        self._spinner = Spinner(executor, lambda: news.put("ended"))

    def leave(self) -> bool:
        """Let the node leave; return whether nothing had failed until then, nor meanwhile."""
        node, spinner = self._node, self._spinner
        failures = [spinner.error]
        if spinner.error is not None:
            _report(node, spinner.error)
        # The node may still have to brake, and what fails then must not keep it from that.
        if spinner.error is not None or self._events:
            if spinner.stop(timeout=1.0) and self._events:
                # An executor that asks what there is in each round gets along with connections that go away.
                self._executor.shutdown(timeout_sec=1.0)
                self._executor = SingleThreadedExecutor()
                self._executor.add_node(node)
            spinner = Spinner(self._executor, lambda: self._news.put("ended"), forgiving=True)
        else:
            spinner.forgiving = True
        failures.append(_wind_down(node, self._executor, self._news))
        if spinner.stop(timeout=1.0):
            self._executor.shutdown(timeout_sec=1.0)
            node.destroy_node()
        return failures == [None, None]


def _make_executor(threads: int, events: bool) -> Executor:
    if threads > 1:
        return MultiThreadedExecutor(num_threads=threads)
    if events:
        # Since Kilted.
        with suppress(ImportError):
            from rclpy.experimental import EventsExecutor

            return EventsExecutor()
    return SingleThreadedExecutor()


def _report(node: Node, error: BaseException) -> None:
    expected = isinstance(error, SteadyhandError)
    node.get_logger().fatal(str(error) if expected else "".join(traceback.format_exception(error)))


def _wind_down(node: Node, executor: Executor, news: SimpleQueue[str]) -> BaseException | None:
    """Let the node leave: until it has, a time is over, or a second signal comes; return what it raised."""
    work = getattr(node, "wind_down", None)
    if work is None:
        return None
    task = executor.create_task(work)
    task.add_done_callback(lambda _task: news.put("left"))
    try:
        # The end of the spinner that came before is no news.
        while news.get(timeout=WIND_DOWN) == "ended":
            pass
    except Empty:
        node.get_logger().error(f"did not leave within {WIND_DOWN:g} s")
    failure: BaseException | None = task.exception()
    if failure is not None:
        _report(node, failure)
    return failure
