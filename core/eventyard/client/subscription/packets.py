"""Socket.IO packets as text (Socket.IO protocol 5)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

__all__ = ["Packet", "PacketKind", "connect_packet", "event_packet", "read_packet"]


class PacketKind(StrEnum):
    """What a packet is, by its digit; those with binary attachments are left out, since events are JSON."""

    CONNECT = "0"
    DISCONNECT = "1"
    EVENT = "2"
    ACK = "3"
    CONNECT_ERROR = "4"


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet.

    Attributes:
        kind: What it is.
        namespace: Which namespace it is for.
        number: What pairs an event and its acknowledgement; ``None`` for an event that wants none.
        body: The JSON value; ``None`` when there is none. That of an event is its name with the arguments, that of an
            acknowledgement the arguments.
    """

    kind: PacketKind
    namespace: str
    number: int | None
    body: Any


def read_packet(text: str) -> Packet:
    """The packet that ``text`` says.

    Raises:
        ValueError: It says none.
    """
    kind = PacketKind(text[:1])
    place, namespace = 1, "/"
    if text.startswith("/", place):
        end = text.find(",", place)
        end = len(text) if end < 0 else end
        namespace, place = text[place:end], end + 1
    digits = place
    while text[digits : digits + 1].isdecimal():
        digits += 1
    number = int(text[place:digits]) if digits > place else None
    body = orjson.loads(text[digits:]) if len(text) > digits else None
    return Packet(kind, namespace, number, body)


def connect_packet(namespace: str, auth: dict[str, Any]) -> str:
    """The request to join ``namespace``."""
    return f"{PacketKind.CONNECT}{namespace},{orjson.dumps(auth).decode()}"


def event_packet(namespace: str, name: str, argument: Any, number: int | None = None) -> str:
    """An event for the server, with a ``number`` when its acknowledgement is wanted."""
    body = orjson.dumps([name] if argument is None else [name, argument]).decode()
    return f"{PacketKind.EVENT}{namespace},{'' if number is None else number}{body}"
