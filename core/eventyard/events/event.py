"""The event: one immutable fact in a CloudEvents 1.0 envelope."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Self

__all__ = ["Event"]


class Event(Mapping[str, Any]):
    """One immutable fact, as a read-only mapping of its CloudEvents 1.0 attributes.

    ``event["session"]`` and ``event.session`` are the same; the properties answer ``None`` for what is absent.
    Plugins receive events and make new ones with :meth:`create`; they must not change one. What is nested in ``data``
    is not guarded against it: a copy for each plugin would cost as much as all stages together.

    ``data`` is the payload, an object; all other attributes are scalars (CloudEvents 1.0 §3.1).
    """

    __slots__ = ("_attributes",)

    def __init__(self, attributes: dict[str, Any]) -> None:
        """Wrap ``attributes`` without a copy: the caller gives the dictionary away."""
        self._attributes = attributes

    @classmethod
    def create(
        cls,
        type: str,  # noqa: A002 - the name of the CloudEvents attribute
        *,
        source: str,
        data: Mapping[str, Any],
        **attributes: str | int | bool | None,
    ) -> Self:
        """Make a new event, to be published or given back by ``decode``.

        Args:
            type: Name of the event type.
            source: URI reference of who says it, for example ``/claude-code/<session>``.
            data: The payload; it must satisfy the schema of the type.
            attributes: Further envelope attributes: ``id``, ``time``, ``session``, ``agent``, … . ``None`` counts as
                absent. The server fills a missing ``id`` and ``time``.
        """
        body: dict[str, Any] = {"specversion": "1.0", "type": type, "source": source}
        body |= {name: value for name, value in attributes.items() if value is not None}
        body["data"] = dict(data)
        return cls(body)

    def __getitem__(self, name: str) -> Any:
        return self._attributes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._attributes)

    def __len__(self) -> int:
        return len(self._attributes)

    # What Mapping has of these two goes by way of exceptions, which takes five times as long.
    def __contains__(self, name: object) -> bool:
        return name in self._attributes

    def get(self, name: str, default: Any = None) -> Any:
        """The attribute ``name``, or ``default`` where it is absent."""
        return self._attributes.get(name, default)

    def __repr__(self) -> str:
        # The payload stays out: reprs end in logs.
        return f"<Event {self.get('type')} {self.get('source')} {self.get('id')}>"

    def to_dict(self) -> dict[str, Any]:
        """The envelope as a new dictionary, in which ``data`` is the event's own and must not be changed."""
        return self._attributes.copy()

    @property
    def id(self) -> str:
        """Identity within ``source``; events with equal (``source``, ``id``) are duplicates."""
        value: str = self._attributes["id"]
        return value

    @property
    def source(self) -> str:
        """URI reference of the sender."""
        value: str = self._attributes["source"]
        return value

    @property
    def type(self) -> str:
        """Name of the event type, for example ``tool_start``."""
        value: str = self._attributes["type"]
        return value

    @property
    def time(self) -> str:
        """When it happened, RFC 3339; the server fills in its own time where the sender gave none."""
        value: str = self._attributes["time"]
        return value

    @property
    def data(self) -> Mapping[str, Any]:
        """The payload, read-only; what is nested in it is the event's own and must not be changed."""
        return MappingProxyType(self._attributes["data"])

    @property
    def session(self) -> str | None:
        """The agent session that the event belongs to."""
        return self._attributes.get("session")

    @property
    def agent(self) -> str | None:
        """The subagent that the event belongs to; ``None`` for the session's main agent."""
        return self._attributes.get("agent")

    @property
    def parentagent(self) -> str | None:
        """The agent that started :attr:`agent`."""
        return self._attributes.get("parentagent")

    @property
    def correlationid(self) -> str | None:
        """What pairs the events of one activity: the tool use id for ``tool_start`` and ``tool_stop``."""
        return self._attributes.get("correlationid")

    @property
    def causationid(self) -> str | None:
        """The ``id`` of the event that caused this one."""
        return self._attributes.get("causationid")

    @property
    def subject(self) -> str | None:
        """What the event is about: the tool's name, the agent's id, the file's path."""
        return self._attributes.get("subject")

    @property
    def project(self) -> str | None:
        """The project that the session works on."""
        return self._attributes.get("project")

    @property
    def host(self) -> str | None:
        """The machine that the session runs on."""
        return self._attributes.get("host")
