"""An event that is sent for a test, and has to come back."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Final

import orjson

from eventyard.client import ClientError, Subscriber
from eventyard.client.http_client import Answer, HttpClient
from eventyard.events import Event, uuid7
from eventyard.hooks import Finding
from eventyard.settings import ServerAddress

__all__ = ["look_at_round_trip"]

#: The type of the event: people understand it, and without a session it changes no state.
_TYPE: Final = "notification"
_NAMESPACE: Final = "/sessions"

_PATIENCE: Final = 5.0


def look_at_round_trip(address: ServerAddress) -> Iterator[Finding]:
    """Post an event to the server at ``address``, and wait for it as a dashboard does."""
    event = Event.create(
        _TYPE, source="/eventyard/doctor", id=uuid7(), data={"message": "eventyard doctor tries whether events arrive"}
    )
    try:
        seconds = asyncio.run(_sent_and_received(address, event))
    except _Refused as error:
        yield Finding("problem", f"a test event was refused: {error}")
    except TimeoutError:
        text = f"a test event was accepted, and did not come back within {_PATIENCE:g} seconds"
        yield Finding("problem", text, "look into the server's log")
    except ClientError as error:
        yield Finding("problem", f"a test event could not be followed: {error}")
    else:
        yield Finding(
            "ok", f"a {_TYPE} was accepted, kept, and came back on {_NAMESPACE} after {seconds * 1000:.0f} ms"
        )


class _Refused(Exception):
    """The server did not take the event."""


async def _sent_and_received(address: ServerAddress, event: Event) -> float:
    subscriber = Subscriber(
        address.url, _NAMESPACE, types=_TYPE, token=address.token or None, resume="latest", patience=_PATIENCE
    )
    async with asyncio.timeout(2 * _PATIENCE), subscriber as events:
        begin = time.perf_counter()
        answer = await asyncio.to_thread(_post, address, event)
        if answer.status != 202:
            raise _Refused(answer.explanation)
        async with asyncio.timeout(_PATIENCE):
            async for each in events:
                if each.id == event.id:
                    break
        return time.perf_counter() - begin


def _post(address: ServerAddress, event: Event) -> Answer:
    with closing(HttpClient(address.url, address.token or None, timeout=_PATIENCE)) as client:
        return client.post("/v1/events", orjson.dumps(event.to_dict()), "application/json")
