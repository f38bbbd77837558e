"""The groups of settings: what belongs together, as one table of the configuration."""

from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "DeliverySettings",
    "JournalSettings",
    "JwtSettings",
    "LimitSettings",
    "PluginSelection",
    "RedactionSettings",
    "RetentionSettings",
    "ValidationSettings",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtSettings:
    """How JSON Web Tokens are checked, if any are let in.

    Attributes:
        secret: The secret that is shared with whoever makes them; empty when there is none. Never shown.
        public_key: File with the public key of whoever makes them, in PEM; empty when there is none.
        audience: What they must be for; empty for anything.
        issuer: Who must have made them; empty for anybody.
    """

    secret: str = field(default="", repr=False)
    public_key: str = ""
    audience: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """What single clients may, on average; 0 for no bound.

    Attributes:
        events_per_second: Events that one sender may send.
        bytes_per_second: Bytes of requests that one sender may send.
        connections_per_minute: Socket.IO connections that one address may open.
        burst: Seconds for which may be saved up what is not used.
    """

    events_per_second: float = 0
    bytes_per_second: float = 0
    connections_per_minute: float = 0
    burst: float = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationSettings:
    """How events are checked.

    Attributes:
        engine: JSON Schema engine; ``auto`` takes jsonschema-rs where it is installed.
        max_depth: Levels of nesting in one event.
        max_nodes: JSON values in one event.
    """

    engine: Literal["auto", "jsonschema", "jsonschema-rs"] = "auto"
    max_depth: int = 64
    max_nodes: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionSettings:
    """What is taken out of events before they are kept or sent.

    Attributes:
        enabled: Whether anything is.
        patterns: Regular expressions for secrets besides those that are known.
        members: Names of members whose text is secret, besides those that are known.
    """

    enabled: bool = True
    patterns: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """How events reach clients.

    Attributes:
        max_lag_bytes: Bytes that may wait in memory for one slow client before it has to catch up from the journal.
        max_lag_frames: Frames that may wait for one slow client; whichever bound is reached first counts.
        stall_timeout: Seconds after which a client that takes or acknowledges nothing is closed.
        replay_events: Events that one client is given of what it missed; the newest ones.
        replay_bytes: Bytes of events that one client is given of what it missed.
        max_replays: Clients that are given a page of what they missed at the same time; the others wait their turn.
    """

    max_lag_bytes: int = 1_048_576
    max_lag_frames: int = 8192
    stall_timeout: float = 30
    replay_events: int = 100_000
    replay_bytes: int = 134_217_728
    max_replays: int = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSettings:
    """How events are kept.

    Attributes:
        durability: What an accepted event survives: ``full`` a power failure, ``process`` a crash of the server,
            ``memory`` nothing.
        max_bytes: Bytes of events that are kept in all.
        max_age: Seconds that an event is kept; 0 for no bound.
        queue_events: Events that may wait for the disk; more are refused for the moment.
        queue_bytes: Bytes of events that may wait for the disk.
    """

    durability: Literal["full", "process", "memory"] = "full"
    max_bytes: int = 268_435_456
    max_age: float = 0
    queue_events: int = 20_000
    queue_bytes: int = 67_108_864


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """How much is kept of one event type; ``None`` for what the type's own policy says.

    Attributes:
        events: So many events.
        bytes: So many bytes of events.
        age: For so many seconds.
    """

    events: int | None = None
    bytes: int | None = None
    age: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSelection:
    """Which installed plugins are loaded, and what happens when one fails.

    Attributes:
        disable: Names of plugins that are not loaded.
        only: Names of the only plugins that are loaded; empty means all.
        required: Names of plugins without which the server does not start.
        third_party: Whether plugins of other distributions than Eventyard's own are loaded.
        max_failures: Failures in a row after which a hook takes its plugin out of all stages.
    """

    disable: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    third_party: bool = True
    max_failures: int = 10
