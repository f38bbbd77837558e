"""An event as a signed HTTP message, as Standard Webhooks 1.0 has it."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Self

from eventyard import Event

__all__ = ["Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """An event on its way to an endpoint.

    Attributes:
        id: The same for the same event, however often it is posted: receivers know repeats by it.
        type: Name of the event type.
        body: The event as CloudEvents JSON.
    """

    id: str
    type: str
    body: bytes

    @classmethod
    def of(cls, event: Event) -> Self:
        """The message for ``event``."""
        identity = hashlib.sha256(f"{event.source} {event.id}".encode()).hexdigest()[:32]
        body = json.dumps(event.to_dict(), ensure_ascii=False, separators=(",", ":")).encode()
        return cls(f"msg_{identity}", event.type, body)

    def headers(self, secret: str | None) -> dict[str, str]:
        """The headers of an attempt at this moment, signed when there is a ``secret``."""
        now = str(int(time.time()))
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "webhook-id": self.id,
            "webhook-timestamp": now,
        }
        if secret is not None:
            key = base64.b64decode(secret.removeprefix("whsec_"))
            signed = b".".join((self.id.encode(), now.encode(), self.body))
            digest = hmac.digest(key, signed, "sha256")
            headers["webhook-signature"] = "v1," + base64.b64encode(digest).decode()
        return headers
