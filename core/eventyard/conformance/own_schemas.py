"""The schemas keep to the portable profile, and are documented."""

from collections.abc import AsyncIterator

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.objection import Objection
from eventyard.conformance.samples import owned
from eventyard.schemas import check_document, load_engine

__all__ = ["own_schemas"]


async def own_schemas(candidate: Candidate) -> AsyncIterator[Objection]:
    """Check the schemas of all versions, as ``eventyard schema check`` does."""
    plugins = candidate.load([])
    shared, engine = list(plugins.store.shared.values()), load_engine(plugins.engine)
    for each in owned(candidate, plugins):
        for version in each.versions:
            for finding in check_document(version.schema, version.examples, shared, engine):
                subject = f"{each.type.name} {version.version}"
                text = f"{finding.pointer or '/'}: {finding.reason}, because {finding.why}"
                yield Objection(subject, text, finding.warning)
