"""The root of every error that steadyhand raises on purpose."""


class SteadyhandError(Exception):
    """An error with the offending value, where it came from, and the remedy in its message."""


class CompiledLibraryError(SteadyhandError):
    """The compiled part of steadyhand is not installed, or cannot be loaded."""
