"""The Policy interface, and one file for each backend."""
