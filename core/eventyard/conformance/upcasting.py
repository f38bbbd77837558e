"""Data of every earlier version becomes data of the current one."""

from collections.abc import AsyncIterator

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.difference import told
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import owned
from eventyard.conformance.values import demands_of, variants
from eventyard.plugins import UpcastError

__all__ = ["upcasting"]


async def upcasting(candidate: Candidate) -> AsyncIterator[Objection]:
    """Up-cast the examples of earlier versions, and what stands at the edges of what those allow."""
    plugins = candidate.load([])
    for each in owned(candidate, plugins):
        for version in each.versions[1:]:
            schema = demands_of(version.schema, plugins.store.shared.values())
            for data in (variant for example in version.examples for variant in (example, *variants(schema, example))):
                if not version.validator.is_valid(data):
                    continue
                try:
                    version.upcast(data)
                except UpcastError as error:
                    yield Objection(f"{each.type.name} {version.version}", f"{error}, for {told(data)}")
                    break
