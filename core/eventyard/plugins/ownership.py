"""Who owns which event type and namespace; nobody can take what another has."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from eventyard.errors import OwnershipError, PluginError
from eventyard.events import EventType, Issue
from eventyard.plugins.distribution import Distribution
from eventyard.plugins.installed import InstalledPlugin
from eventyard.plugins.type_version import TypeVersion
from eventyard.plugins.upcasting import UpcastError
from eventyard.schemas import SchemaIdentity, SchemaStore

__all__ = ["RESERVED_NAMES", "Claims", "OwnedType", "check_namespace_name", "check_type_name"]

#: Event names that the live protocol or Socket.IO clients use themselves.
RESERVED_NAMES: Final = frozenset(
    {
        "ack",
        "connect",
        "connect_error",
        "disconnect",
        "disconnecting",
        "drain",
        "events",
        "gap",
        "get_state",
        "newlistener",
        "publish",
        "ready",
        "removelistener",
        "resume",
    }
)

#: Namespaces of the core.
RESERVED_NAMESPACES: Final = frozenset({"/", "/ingest"})

_TYPE_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_NAMESPACE: Final = re.compile(r"/[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class OwnedType:
    """An event type with its owner and its versions.

    Attributes:
        type: What the plugin declared.
        plugin: Name of the plugin.
        owner: The distribution of the plugin.
        versions: Its versions, newest first; the first is the current one, which all accepted events have.
    """

    type: EventType
    plugin: str
    owner: Distribution
    versions: tuple[TypeVersion, ...]

    def version_of(self, dataschema: str) -> TypeVersion | None:
        """The version that events with this ``dataschema`` are taken for; ``None`` when there is none of its major.

        A version that is not installed counts as the newest installed one of its major: versions of one major are
        compatible in both directions.
        """
        for version in self.versions:
            if version.id == dataschema:
                return version
        try:
            line = SchemaIdentity.parse(dataschema).line
        except ValueError:
            return None
        return next((version for version in self.versions if version.identity.line == line), None)

    def upcast(self, dataschema: str, data: dict[str, Any]) -> dict[str, Any]:
        """``data`` of the version that ``dataschema`` names as data of the current one; ``data`` itself stays as it is.

        Raises:
            UpcastError: The version is unknown, the data does not satisfy it, or an up-caster of the plugin fails.
        """
        version = self.version_of(dataschema)
        if version is None:
            installed = ", ".join(each.id for each in self.versions)
            text = f"no version of {self.type.name} of this major is installed; installed: {installed}"
            issue = Issue("dataschema", "/dataschema", text, self.schema_id, str(self.owner))
            raise UpcastError(text, [issue], is_fault=False)
        if not version.validator.is_valid(data):
            issues = version.validator.issues(data, "/data")
            if version.id != dataschema:
                text = f"this version is not installed; the data was checked against {version.version}"
                issues.insert(0, Issue("dataschema", "/dataschema", text, version.id))
            text = f"the data does not satisfy {version.id}"
            raise UpcastError(text, [replace(issue, owner=str(self.owner)) for issue in issues], is_fault=False)
        return version.upcast(data)

    def numbered(self, version: str) -> TypeVersion | None:
        """The installed version ``major.minor.patch``."""
        return next((each for each in self.versions if each.version == version), None)

    def leave(self, store: SchemaStore) -> None:
        """Take the schemas of all versions out of ``store``."""
        for version in self.versions:
            store.remove(version.id)

    def to_json(self, version: TypeVersion | None = None) -> dict[str, object]:
        """The type as a JSON object, with schema and examples of ``version``, or of the current one when omitted."""
        policy = self.type.policy
        shown = version or self.versions[0]
        return {
            "type": self.type.name,
            "description": self.description,
            "version": shown.version,
            "versions": [each.to_json() for each in self.versions],
            "owner": {"distribution": self.owner.name, "version": self.owner.version, "plugin": self.plugin},
            "namespace": self.type.namespace,
            "policy": {"mode": policy.mode.value, "capacity": policy.capacity},
            "schema": dict(shown.schema),
            "examples": list(shown.examples),
        }

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of ``data``."""
        return self.versions[0].schema

    @property
    def schema_id(self) -> str:
        """The schema's ``$id``; the ``dataschema`` of its events."""
        return self.versions[0].id

    @property
    def version(self) -> str:
        """``major.minor.patch`` of the schema."""
        return self.versions[0].version

    @property
    def description(self) -> str:
        """One sentence for people."""
        return self.type.description or str(self.schema.get("description", ""))

    @property
    def examples(self) -> list[Any]:
        """Examples of ``data``: the type's own, else those of the schema."""
        return list(self.versions[0].examples)


class Claims:
    """A register in which each name has one owner."""

    def __init__(self, kind: str) -> None:
        """Keep names of ``kind``, which is how errors call them: ``event type``, ``namespace``."""
        self._kind = kind
        self._owners: dict[str, InstalledPlugin] = {}

    def claim(self, name: str, plugin: InstalledPlugin) -> None:
        """Give ``name`` to ``plugin``.

        Raises:
            OwnershipError: Another plugin has it already.
        """
        first = self._owners.setdefault(name, plugin)
        if first is plugin:
            return
        message = (
            f"{self._kind} {name!r} has two owners: plugin {first.name!r} of {first.distribution} and plugin "
            f"{plugin.name!r} of {plugin.distribution}; disable or uninstall one of them"
        )
        raise OwnershipError(message)

    def release(self, plugin: InstalledPlugin) -> None:
        """Give up all that ``plugin`` has."""
        self._owners = {name: owner for name, owner in self._owners.items() if owner is not plugin}


def check_type_name(name: object) -> None:
    """Check the name of an event type.

    Raises:
        PluginError: It is no name, or one that the protocol needs itself.
    """
    if not isinstance(name, str) or not _TYPE_NAME.fullmatch(name) or len(name) > 128:
        message = f"event type {name!r}: expected at most 128 characters of the form tool_start or git.commit"
        raise PluginError(message)
    if name in RESERVED_NAMES:
        message = f"event type {name!r}: the live protocol uses this name itself"
        raise PluginError(message)


def check_namespace_name(name: object) -> None:
    """Check the name of a namespace.

    Raises:
        PluginError: It is no name, or one of the core's.
    """
    if not isinstance(name, str) or not _NAMESPACE.fullmatch(name) or len(name) > 64:
        message = f"namespace {name!r}: expected at most 64 characters of the form /tools"
        raise PluginError(message)
    if name in RESERVED_NAMESPACES:
        message = f"namespace {name!r} belongs to the core"
        raise PluginError(message)
