"""Where the command line begins: a word to the bridge goes at once, all else the way of the commands."""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec

AT_ONCE = ("stop", "resume")
"""Without options these do not wait until everything that commands need is imported."""


def main() -> None:
    """Run the command line."""
    if len(sys.argv) == 2 and sys.argv[1] in AT_ONCE and find_spec("rclpy") is not None:
        # Nothing that is imported from here on is ever thrown away.
        gc.disable()
        from steadyhand.cli.operating.answer import say

        say(sys.argv[1])
        return
    from steadyhand.cli.main import main as commands

    commands()
