"""Which columns of a row belong to which term of a policy's actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from steadyhand.profiles.action import ActionTerm
from steadyhand.profiles.policy import PolicyProfile


class TermColumns(NamedTuple):
    """A term of the actions and its columns."""

    term: ActionTerm
    columns: slice


def term_columns(policy: PolicyProfile) -> Iterator[TermColumns]:
    """Give each term of a policy profile's actions with its columns, in order."""
    start = 0
    for term in policy.action:
        end = start + len(term.names)
        yield TermColumns(term, slice(start, end))
        start = end
