"""What the demo command does: processes, progress, the run itself, and its result."""
