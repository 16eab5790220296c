"""Names of a move_group's services."""

from __future__ import annotations


def resolve(namespace: str, name: str) -> str:
    """Return the full name of a service or topic of a move_group in a namespace, "" for none."""
    return f"/{namespace.strip('/')}/{name}" if namespace.strip("/") else f"/{name}"
