"""What all tests share."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# A busy machine must not fail a property by its clock, and a run must be the same on every machine.
settings.register_profile("steadyhand", deadline=None, derandomize=True)
settings.load_profile("steadyhand")
