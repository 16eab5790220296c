"""Policy, bridge and pilot in one process, each with an executor and a thread of its own.

    stack [NODE ...] --ros-args ...

All of them where none is named. They share one interpreter: while the policy computes in Python, the bridge waits
for it. docs/lifecycle.md says why that is not recommended.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rclpy.parameter import Parameter
from rclpy.utilities import remove_ros_args

from steadyhand.nodes.bridge import BridgeNode
from steadyhand.nodes.pilot import PilotNode
from steadyhand.nodes.policy import PolicyNode
from steadyhand.nodes.process import Member, run_together


class ComposedBridge(BridgeNode):
    """A bridge among others: the real-time class would take the policy's threads along."""

    def __init__(self) -> None:
        """As a bridge whose process goes before no other."""
        super().__init__()
        self.set_parameters([Parameter("scheduling", value="ordinary")])
        self.changes.let(
            "scheduling", lambda _value: None, lambda: "a bridge among other nodes has no place of its own"
        )


# The pilot leaves first: it ends the episode, for which it needs the others.
MEMBERS = {
    "bridge": Member(ComposedBridge, events=True),
    "policy": Member(PolicyNode, events=True),
    "pilot": Member(PilotNode),
}


def main(args: Sequence[str] | None = None) -> None:
    """Run the nodes that are named on the command line."""
    given = list(sys.argv if args is None else args)
    named = remove_ros_args(given)[1:]
    unknown = [name for name in named if name not in MEMBERS]
    if unknown:
        print(f"error: no node {', '.join(unknown)}; choose of {', '.join(MEMBERS)}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    sys.exit(run_together([member for name, member in MEMBERS.items() if name in (named or MEMBERS)], given))


if __name__ == "__main__":
    main()
