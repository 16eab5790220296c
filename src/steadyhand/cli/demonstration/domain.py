"""A ROS domain of our own, so that nothing else on the machine hears us."""

from __future__ import annotations

import fcntl
import os
import random
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from steadyhand.cli.demonstration.exceptions import DemonstrationError

DOMAINS = range(1, 102)
"""Domains whose ports lie below Linux's ephemeral ones."""


@contextmanager
def own_domain(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give environment variables for a domain that no other demonstration on this machine is in.

    Args:
        environment: The user's environment; its ROS_DOMAIN_ID is left as it is.

    Yields:
        Variables to set.

    Raises:
        DemonstrationError: Every domain is taken.
    """
    if environment.get("ROS_DOMAIN_ID"):
        yield {}
        return
    # Neither seeded nor shared: two runs with equal seeds must not meet.
    domains = random.SystemRandom().sample(DOMAINS, len(DOMAINS))
    for domain in domains:
        lock = _lock(Path(tempfile.gettempdir()) / f"steadyhand-{os.getuid()}-domain-{domain}.lock")
        if lock is None:
            continue
        try:
            yield {"ROS_DOMAIN_ID": str(domain)}
        finally:
            os.close(lock)
        return
    raise DemonstrationError("every ROS domain is taken by a demonstration: end one, or set ROS_DOMAIN_ID")


def _lock(path: Path) -> int | None:
    """Return a descriptor that holds the lock until it is closed, None where somebody else holds it."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
