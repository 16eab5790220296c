"""Errors of the episodes room."""

from __future__ import annotations

from steadyhand.exceptions import SteadyhandError


class RequestError(SteadyhandError):
    """A goal that cannot be carried out: it is rejected before anything is asked of anyone."""


class VocabularyError(RequestError):
    """An instruction that the deployment does not know."""


class AgendaError(SteadyhandError):
    """A file of instructions that cannot be carried out."""
