"""Nothing that the plugin claims is claimed by another installed one."""

from collections.abc import AsyncIterator

from eventyard.conformance.candidate import Candidate, Unloadable
from eventyard.conformance.objection import Objection
from eventyard.errors import OwnershipError
from eventyard.plugins import discover

__all__ = ["ownership"]


async def ownership(candidate: Candidate) -> AsyncIterator[Objection]:
    """Load the plugin beside each other installed one."""
    candidate.load([])
    for other, _ in discover():
        if candidate.create is None and other.name == candidate.name:
            continue
        try:
            candidate.load([other.name])
        except Unloadable as error:
            if isinstance(error.__cause__, OwnershipError):
                yield Objection("", str(error))
