"""One client's connection to one namespace."""

from dataclasses import asdict, dataclass
from typing import Self

from eventyard import Event

__all__ = ["Connection"]


@dataclass(frozen=True, slots=True)
class Connection:
    """One client's connection to one namespace, as its latest change of state left it.

    Attributes:
        client: The Socket.IO id of the client.
        namespace: The Socket.IO namespace.
        state: One of the states of the live protocol.
        since: Time of the change.
        reason: Why it changed, where known.
        address: The client's network address, where known.
    """

    client: str
    namespace: str
    state: str
    since: str
    reason: str | None
    address: str | None

    @classmethod
    def read(cls, event: Event, before: Self | None) -> Self:
        """Read the connection from a ``connection_status`` event; ``before`` is what was known of it."""
        data = event.data
        return cls(
            client=data["client"],
            namespace=data["namespace"],
            state=data["state"],
            since=event.time,
            reason=data.get("reason"),
            address=data.get("address", before.address if before else None),
        )

    def to_json(self) -> dict[str, object]:
        """The connection as a JSON object."""
        return asdict(self)
