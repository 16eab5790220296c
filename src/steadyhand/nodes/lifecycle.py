"""A lifecycle node that starts itself, and whose failures say why."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from steadyhand.exceptions import SteadyhandError
from steadyhand.nodes.bond import Bond
from steadyhand.nodes.changes import Changes
from steadyhand.nodes.exceptions import StartError
from steadyhand.nodes.parameters import declare


class ManagedNode(LifecycleNode):  # type: ignore[misc]
    """A lifecycle node whose subclasses fill in ``configure``, ``activate``, ``deactivate`` and ``cleanup``.

    Each of the four raises a SteadyhandError where it cannot do its work: the transition then fails and the message
    is logged. Under the parameter ``autostart`` the node configures and activates itself as soon as it is spun, and
    a failure ends the process; without it an outside lifecycle manager drives the transitions.

    Attributes:
        active: True between the end of ``activate`` and the beginning of ``deactivate``.
        configured: True between the end of ``configure`` and the beginning of ``cleanup``.
        changes: What may change of the node's parameters while it runs.
        steady_clock: Clock for deadlines and liveness.
    """

    def __init__(self, name: str) -> None:
        """Create the node, unconfigured."""
        super().__init__(name)
        self.active = False
        self.configured = False
        self.changes = Changes(self)
        self.steady_clock = Clock(clock_type=ClockType.STEADY_TIME)
        self._failure: Exception | None = None
        self._starter = None
        self._bond: Bond | None = None
        self._bonded = declare(
            self, "bond", False, "keep a bond with nav2's lifecycle manager while active; needs the package bond"
        )
        if declare(self, "autostart", True, "configure and activate without an outside lifecycle manager"):
            self._starter = self.create_timer(0.001, self._start, clock=self.steady_clock)

    @property
    def now(self) -> float:
        """The time on the ROS clock [s]."""
        return float(self.get_clock().now().nanoseconds) * 1e-9

    def configure(self) -> None:
        """Read the deployment, create publishers, subscriptions and whatever needs time."""

    def activate(self) -> None:
        """Begin the work."""

    def deactivate(self) -> None:
        """End the work: brake first, where something moves."""

    def cleanup(self) -> None:
        """Undo ``configure``."""

    async def wind_down(self) -> None:
        """Leave cleanly before the process ends: deactivate, clean up, shut down."""
        if self.active:
            self.trigger_deactivate()
        self.trigger_shutdown()

    def let_before_configuring(self, name: str, attribute: str, choices: tuple[str, ...] = ()) -> None:
        """Let a parameter that ``configure`` reads from an attribute change while the node is unconfigured."""

        def refusal() -> str:
            return "is read when the node is configured: deactivate and clean it up first" if self.configured else ""

        self.changes.let(name, lambda value: setattr(self, attribute, value), refusal, choices)

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Handle the transition to inactive from unconfigured."""
        outcome = self._attempt("configure", self.configure, super().on_configure, state)
        self.configured = bool(outcome == TransitionCallbackReturn.SUCCESS)
        return outcome

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Handle the transition to active."""
        outcome = self._attempt("activate", self._activate_bonded, super().on_activate, state)
        self.active = bool(outcome == TransitionCallbackReturn.SUCCESS)
        return outcome

    def _activate_bonded(self) -> None:
        # The first, since it may fail: nothing is active by then.
        bond = Bond(self) if self._bonded else None
        try:
            self.activate()
        except Exception:
            if bond is not None:
                bond.close()
            raise
        self._bond = bond

    def _deactivate_bonded(self) -> None:
        try:
            self.deactivate()
        finally:
            self._unbind()

    def _unbind(self) -> None:
        if self._bond is not None:
            self._bond.close()
            self._bond = None

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Handle the transition to inactive from active."""
        self.active = False
        return self._attempt("deactivate", self._deactivate_bonded, super().on_deactivate, state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Handle the transition to unconfigured."""
        self.configured = False
        return self._attempt("clean up", self.cleanup, super().on_cleanup, state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Handle the transition to finalized, from any state."""

        def leave() -> None:
            if self.active:
                self.active = False
                self._deactivate_bonded()
            if state.label != "unconfigured":
                self.cleanup()

        return self._attempt("shut down", leave, super().on_shutdown, state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Handle an unforeseen exception in a transition: give everything up, back to unconfigured."""
        self.active = self.configured = False
        self._unbind()
        return self._attempt("clean up after an error", self.cleanup, super().on_error, state)

    def _attempt(
        self,
        verb: str,
        work: Callable[[], None],
        entities: Callable[[LifecycleState], TransitionCallbackReturn],
        state: LifecycleState,
    ) -> TransitionCallbackReturn:
        self._failure = None
        try:
            work()
        except SteadyhandError as error:
            self._failure = error
            self.get_logger().error(f"cannot {verb}: {error}")
            return TransitionCallbackReturn.FAILURE
        except Exception as error:
            self._failure = error
            self.get_logger().error(f"cannot {verb}: {type(error).__name__}: {error}")
            return TransitionCallbackReturn.ERROR
        return entities(state)

    def _start(self) -> None:
        if self._starter is not None:
            self._starter.cancel()
            self.destroy_timer(self._starter)
            self._starter = None
        for transition in (self.trigger_configure, self.trigger_activate):
            if transition() != TransitionCallbackReturn.SUCCESS:
                raise StartError(f"node '{self.get_name()}' could not start: {self._failure}") from self._failure
