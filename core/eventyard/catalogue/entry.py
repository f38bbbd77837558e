"""What is installed: the event types with all their schema documents, the envelope, and the shared definitions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from eventyard.events import BufferPolicy
from eventyard.plugins import Distribution, OwnedType, PluginManager
from eventyard.schemas import SchemaIdentity

__all__ = ["Catalogue", "CataloguedType", "SchemaDocument"]


@dataclass(frozen=True, slots=True)
class SchemaDocument:
    """The schema of one version of an event type.

    Attributes:
        identity: Its ``$id``, taken apart.
        schema: The schema of ``data``.
        examples: Examples of ``data``.
    """

    identity: SchemaIdentity
    schema: Mapping[str, Any]
    examples: Sequence[Any]

    @property
    def version(self) -> str:
        """``major.minor.patch``."""
        return self.identity.version


@dataclass(frozen=True, slots=True)
class CataloguedType:
    """An event type.

    Attributes:
        name: Its name.
        title: What people call it.
        description: One sentence for people.
        owner: The distribution of its plugin.
        plugin: The name of its plugin.
        namespace: The Socket.IO namespace that its events go to.
        policy: What happens to its events with and without clients.
        documents: The schemas of its versions, the current one first.
    """

    name: str
    title: str
    description: str
    owner: Distribution
    plugin: str
    namespace: str
    policy: BufferPolicy
    documents: tuple[SchemaDocument, ...]

    @property
    def current(self) -> SchemaDocument:
        """The version that accepted events have."""
        return self.documents[0]

    @classmethod
    def of(cls, owned: OwnedType) -> Self:
        """The entry of an installed type."""
        return cls(
            name=owned.type.name,
            title=str(owned.schema.get("title") or owned.type.name),
            description=owned.description,
            owner=owned.owner,
            plugin=owned.plugin,
            namespace=owned.type.namespace,
            policy=owned.type.policy,
            documents=tuple(SchemaDocument(each.identity, each.schema, each.examples) for each in owned.versions),
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that is installed.

    Attributes:
        types: The event types, by name.
        envelope: The schema of the envelope.
        shared: The schemas that those of types may refer to, the envelope among them.
    """

    types: tuple[CataloguedType, ...]
    envelope: Mapping[str, Any]
    shared: tuple[Mapping[str, Any], ...]

    @classmethod
    def of(cls, plugins: PluginManager) -> Self:
        """What ``plugins`` own."""
        return cls(
            types=tuple(CataloguedType.of(owned) for _, owned in sorted(plugins.types.items())),
            envelope=plugins.store.envelope_schema,
            shared=tuple(plugins.store.shared.values()),
        )

    @property
    def namespaces(self) -> list[str]:
        """The namespaces that events go to, sorted."""
        return sorted({each.namespace for each in self.types})
