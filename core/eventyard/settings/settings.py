"""The settings of a server, as one immutable object."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs

from eventyard.settings.check import check
from eventyard.settings.flattening import Collected, flatten
from eventyard.settings.groups import (
    DeliverySettings,
    JournalSettings,
    JwtSettings,
    LimitSettings,
    PluginSelection,
    RedactionSettings,
    RetentionSettings,
    ValidationSettings,
)
from eventyard.settings.origin import Layer, Origin
from eventyard.settings.problem import InvalidSettings

__all__ = ["Settings"]


def _default_data_dir() -> str:
    return platformdirs.user_data_dir("eventyard", appauthor=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a server; ``Settings()`` has the defaults.

    The constructor checks nothing; :func:`load_settings` and :meth:`with_changes` do.

    Attributes:
        host: Address to bind.
        port: TCP port to bind; 0 takes any free port.
        cors_origins: Origins whose web pages may connect; ``"*"`` lets any origin try.
        heartbeat_interval: Seconds between two ``heartbeat`` events.
        max_buffer_size: Events that are kept of each event type without a capacity of its own.
        connection_timeout: Seconds that a connection may be in no namespace.
        max_clients: Socket.IO clients at the same time.
        max_event_size: Bytes of one event as JSON.
        debug: Whether the answer to a request at which the server failed has the traceback.
        log_level: The least severe log record that is written.
        max_body_size: Bytes of one request body.
        max_batch: Events of one request.
        duplicate_window: Latest events among which duplicates are recognised.
        dead_letter_capacity: Refused events that are kept.
        dead_letter_bytes: Bytes that they may take.
        allowed_hosts: Names that a ``Host`` header may carry besides loopback and the bound address.
        token: Credential of clients; empty when there is none. Never shown.
        data_dir: Directory of the server's state.
        loop: Event loop to run on; ``auto`` takes uvloop where it is installed.
        validation: How events are checked.
        jwt: How JSON Web Tokens are checked.
        limits: What single clients may.
        redaction: What is taken out of events.
        journal: How events are kept.
        delivery: How events reach clients.
        plugins: Which plugins are loaded.
        retention: How much is kept of single event types, by type; goes before what their policies say.
        plugin: The plugins' own tables, by plugin; each plugin checks its own.
    """

    host: str = "localhost"
    port: int = 8765
    cors_origins: str | tuple[str, ...] = "*"
    heartbeat_interval: float = 60
    max_buffer_size: int = 1000
    connection_timeout: float = 30
    max_clients: int = 100
    max_event_size: int = 1_048_576
    debug: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = "INFO"
    max_body_size: int = 16_777_216
    max_batch: int = 10_000
    duplicate_window: int = 65_536
    dead_letter_capacity: int = 1000
    dead_letter_bytes: int = 67_108_864
    allowed_hosts: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    data_dir: str = field(default_factory=_default_data_dir)
    loop: Literal["auto", "asyncio", "uvloop"] = "auto"
    validation: ValidationSettings = field(default_factory=ValidationSettings)
    jwt: JwtSettings = field(default_factory=JwtSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    redaction: RedactionSettings = field(default_factory=RedactionSettings)
    journal: JournalSettings = field(default_factory=JournalSettings)
    delivery: DeliverySettings = field(default_factory=DeliverySettings)
    plugins: PluginSelection = field(default_factory=PluginSelection)
    retention: Mapping[str, RetentionSettings] = field(default_factory=dict)
    plugin: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    def with_changes(self, **changes: Any) -> Self:
        """A copy with some settings changed.

        Groups are given as a mapping or with a dot: ``with_changes(port=0, **{"validation.engine": "jsonschema"})``.

        Raises:
            InvalidSettings: A key is unknown, or a value is not what its setting expects.
        """
        collected = Collected(self.to_flat())
        flatten(collected, changes, lambda key: Origin(Layer.ARGUMENT, key), plugin_tables=True)
        return self.from_collected(collected)

    def to_flat(self) -> dict[str, Any]:
        """All values as JSON by key: ``port``, ``validation.engine``, ``plugin.<name>.<setting>``; secrets in clear."""
        flat: dict[str, Any] = {}
        for name in (own.name for own in fields(self)):
            value = getattr(self, name)
            if name == "plugin":
                flat.update(
                    (f"plugin.{owner}.{key}", item) for owner, table in value.items() for key, item in table.items()
                )
            elif name == "retention":
                flat.update(
                    (f"retention.{type_name}.{own.name}", getattr(limits, own.name))
                    for type_name, limits in value.items()
                    for own in fields(limits)
                    if getattr(limits, own.name) is not None
                )
            elif name in _GROUPS:
                flat.update((f"{name}.{own.name}", _as_json(getattr(value, own.name))) for own in fields(value))
            else:
                flat[name] = _as_json(value)
        return flat

    @classmethod
    def from_collected(cls, collected: Collected) -> Self:
        """The settings that ``collected`` says, with the defaults for what it does not.

        Raises:
            InvalidSettings: With all problems, those that were collected and those of the check.
        """
        problems = [*collected.problems, *check(collected)]
        if problems:
            raise InvalidSettings(problems)
        own: dict[str, Any] = {}
        groups: dict[str, dict[str, Any]] = {name: {} for name in _GROUPS}
        plugin: dict[str, dict[str, Any]] = {}
        retention: dict[str, dict[str, Any]] = {}
        for key, value in collected.values.items():
            head, _, rest = key.partition(".")
            if head == "plugin":
                name, _, setting = rest.partition(".")
                plugin.setdefault(name, {})[setting] = value
            elif head == "retention":
                name, _, limit = rest.rpartition(".")
                retention.setdefault(name, {})[limit] = value
            elif rest:
                groups[head][rest] = tuple(value) if isinstance(value, list) else value
            else:
                own[key] = tuple(value) if isinstance(value, list) else value
        if "data_dir" in own:
            own["data_dir"] = str(Path(own["data_dir"]).expanduser())
        return cls(
            **own,
            **{name: _GROUPS[name](**group) for name, group in groups.items()},
            retention={name: RetentionSettings(**limits) for name, limits in retention.items()},
            plugin=plugin,
        )


_GROUPS: dict[str, Any] = {
    "jwt": JwtSettings,
    "validation": ValidationSettings,
    "limits": LimitSettings,
    "redaction": RedactionSettings,
    "journal": JournalSettings,
    "delivery": DeliverySettings,
    "plugins": PluginSelection,
}


def _as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
