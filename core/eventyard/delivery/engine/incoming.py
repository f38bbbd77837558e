"""What clients send, on its way to python-socketio."""

from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["UnreadablePacket", "closing"]

#: Takes a message of a session.
Take = Callable[[str, Any], Awaitable[object]]


class UnreadablePacket(ValueError):
    """What a client has sent is no packet, or one that is not taken here."""


def closing(take: Take, close: Callable[[str], object]) -> Take:
    """``take``, with ``close`` called with the session of each message that it cannot read, or that is no text."""

    async def receive(session: str, message: Any) -> None:
        # python-socketio takes bytes for a packet too, and an empty message for an event.
        if not isinstance(message, str) or not message:
            close(session)
            return
        try:
            await take(session, message)
        except UnreadablePacket:
            close(session)

    return receive
