"""One file for each kind of check: from what was measured to findings."""
