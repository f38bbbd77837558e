"""The schemas of one server, by ``$id``, with their owners."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from eventyard_schemas import read_schema

import eventyard
from eventyard.errors import OwnershipError, SchemaError
from eventyard.schemas.attributes import AttributeValidator
from eventyard.schemas.document import name_of, plain_document
from eventyard.schemas.engine import Engine, Validator
from eventyard.schemas.finding import Finding
from eventyard.schemas.identity import SchemaIdentity
from eventyard.schemas.profile import check_schema

__all__ = ["SHARED", "SchemaEntry", "SchemaStore"]

#: The core's own schemas, which those of plugins may refer to.
SHARED: Final = ("envelope/1.0.0", "common/1.0.0")


@dataclass(frozen=True, slots=True)
class SchemaEntry:
    """A schema with its owner.

    Attributes:
        identity: Its ``$id``, taken apart.
        owner: Whose it is, as ``distribution version``.
        schema: The schema.
        warnings: Where it leaves the soft rules of the profile.
    """

    identity: SchemaIdentity
    owner: str
    schema: dict[str, Any]
    warnings: tuple[Finding, ...]

    @property
    def id(self) -> str:
        """The ``$id``."""
        return self.identity.id

    @property
    def type(self) -> str:
        """The event type that it names."""
        return self.identity.type

    @property
    def version(self) -> str:
        """``major.minor.patch``."""
        return self.identity.version


class SchemaStore:
    """The schemas of one server, by ``$id``: each has one owner and keeps to the profile.

    Attributes:
        shared: The core's own schemas, by name and version: the envelope, and what schemas of types may refer to.
        envelope_schema: The schema of the envelope.
        envelope: Checks envelopes.
        additions: Checks attributes that are added to a valid envelope: the same rules, but none must be there.
    """

    def __init__(self, engine: Engine) -> None:
        """Hold the core's own schemas, and compile with ``engine``."""
        self._engine = engine
        self.shared = {name: read_schema(name) for name in SHARED}
        self._shared = list(self.shared.values())
        owner = f"eventyard {eventyard.__version__}"
        self._entries = {
            each["$id"]: SchemaEntry(SchemaIdentity.parse(each["$id"]), owner, each, ()) for each in self._shared
        }
        self._validators: dict[str, Validator] = {}
        self.envelope_schema = self._shared[0]
        self.envelope = AttributeValidator(engine, self.envelope_schema, self._shared[1:])
        # Each rule of the envelope is about one attribute, so that added ones can be checked without the others.
        self.additions = AttributeValidator(engine, self.envelope_schema | {"required": []}, self._shared[1:])

    def add(self, schema: Mapping[str, Any], owner: str) -> SchemaEntry:
        """Take a schema in.

        Args:
            schema: The schema; later changes to it have no effect.
            owner: Whose it is, as ``distribution version``.

        Raises:
            OwnershipError: Its ``$id`` is taken.
            SchemaError: It leaves the profile, or the engine cannot use it.
        """
        findings = check_schema(schema, self._shared)
        if broken := [str(finding) for finding in findings if not finding.warning]:
            message = f"{name_of(schema)} of {owner} leaves the schema profile: {'; '.join(broken)}"
            raise SchemaError(message)
        document = plain_document(schema)
        entry = SchemaEntry(SchemaIdentity.parse(document["$id"]), owner, document, tuple(findings))
        first = self._entries.get(entry.id)
        if first is not None:
            message = f"schema {entry.id!r} has two owners: {first.owner} and {owner}; uninstall one of them"
            raise OwnershipError(message)
        self._validators[entry.id] = self._engine.compile(document, self._shared)
        self._entries[entry.id] = entry
        return entry

    def remove(self, schema_id: str) -> None:
        """Forget the schema ``schema_id``."""
        del self._entries[schema_id]
        self._validators.pop(schema_id, None)

    def compile(self, schema_id: str) -> Validator:
        """What checks values against the schema ``schema_id``, compiled once.

        Raises:
            KeyError: There is no such schema.
        """
        if schema_id not in self._validators:
            self._validators[schema_id] = self._engine.compile(self._entries[schema_id].schema, self._shared)
        return self._validators[schema_id]
