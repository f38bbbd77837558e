"""Who owns which event type and namespace; nobody can take what another has."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from eventyard.errors import OwnershipError, PluginError
from eventyard.events import EventType
from eventyard.plugins.distribution import Distribution
from eventyard.plugins.installed import InstalledPlugin

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
    """An event type with its owner and its loaded schema.

    Attributes:
        type: What the plugin declared.
        plugin: Name of the plugin.
        owner: The distribution of the plugin.
        schema: The schema of ``data``.
        schema_id: The schema's ``$id``; the ``dataschema`` of its events.
        version: ``major.minor.patch`` of the schema.
    """

    type: EventType
    plugin: str
    owner: Distribution
    schema: Mapping[str, Any]
    schema_id: str
    version: str

    def to_json(self) -> dict[str, object]:
        """The type as a JSON object: schema, version, owner, policy and examples."""
        policy = self.type.policy
        return {
            "type": self.type.name,
            "description": self.description,
            "version": self.version,
            "owner": {"distribution": self.owner.name, "version": self.owner.version, "plugin": self.plugin},
            "namespace": self.type.namespace,
            "policy": {"mode": policy.mode.value, "capacity": policy.capacity},
            "schema": dict(self.schema),
            "examples": self.examples,
        }

    @property
    def description(self) -> str:
        """One sentence for people."""
        return self.type.description or str(self.schema.get("description", ""))

    @property
    def examples(self) -> list[Any]:
        """Examples of ``data``: the type's own, else those of the schema."""
        return list(self.type.examples or self.schema.get("examples", ()))


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
