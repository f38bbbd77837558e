"""One endpoint: what waits for it, and the posting of it, one message after the other."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from eventyard_webhook.backoff import Backoff
from eventyard_webhook.message import Message

__all__ = ["Endpoint"]

log = logging.getLogger(__name__)

#: What says that the receiver may take the same message later.
_TRANSIENT: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of an attempt: taken, or why not, whether another may help, and when."""

    problem: str | None = None
    transient: bool = False
    retry_after: str | None = None


class Endpoint:
    """One endpoint.

    Attributes:
        types: Names of the event types that are posted to it; ``*`` stands for all.
        name: How it is called in logs: its host and port. The rest of its URL may be a secret.
    """

    def __init__(
        self, table: Mapping[str, Any], backoff: Backoff, limit: int, report: Callable[[str], Awaitable[None]]
    ) -> None:
        """Make an endpoint, to which nothing is posted yet.

        Args:
            table: Its settings.
            backoff: When a message is posted again.
            limit: How many messages may wait.
            report: Told when messages begin to be lost.
        """
        self.types = frozenset(table["types"])
        address = urlsplit(table["url"])
        self.name = f"{address.scheme}://{address.hostname}" + (f":{address.port}" if address.port else "")
        self._url: str = table["url"]
        self._secret: str | None = table.get("secret")
        self._backoff = backoff
        self._report = report
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(limit)
        self._closing = asyncio.Event()
        self._is_posting = False
        self._works = True
        self._dropped = 0

    def wants(self, event_type: str) -> bool:
        """Whether events of ``event_type`` are posted to it."""
        return event_type in self.types or "*" in self.types

    def put(self, message: Message) -> None:
        """Have ``message`` posted; never waits, but drops what is too much."""
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            self._dropped += 1

    async def run(self, http: aiohttp.ClientSession) -> None:
        """Post what waits, for ever, in order."""
        while True:
            message = await self._waiting.get()
            self._is_posting = True
            problem = await self._deliver(http, message)
            self._is_posting = False
            self._waiting.task_done()
            if problem is not None:
                log.warning("%s did not take a message of type %s: %s", self.name, message.type, problem)
            await self._tell(problem)

    async def drain(self) -> None:
        """Wait until all that waits was posted, once each."""
        self._closing.set()
        await self._waiting.join()

    @property
    def waiting(self) -> int:
        """How many messages were not taken yet."""
        return self._waiting.qsize() + self._is_posting

    async def _deliver(self, http: aiohttp.ClientSession, message: Message) -> str | None:
        """Post ``message`` until it is taken; give why it was not, if so."""
        attempt = 1
        while True:
            answer = await self._post(http, message)
            if not answer.transient or attempt >= self._backoff.attempts or self._closing.is_set():
                return answer.problem
            delay = self._backoff.delay(attempt, answer.retry_after)
            with contextlib.suppress(TimeoutError):
                # When the server stops there is time for one more attempt, and not for the wait before it.
                await asyncio.wait_for(self._closing.wait(), delay)
            attempt += 1

    async def _post(self, http: aiohttp.ClientSession, message: Message) -> _Answer:
        headers = message.headers(self._secret)
        try:
            # A redirect would take the message, and its signature, to somebody whom nobody has named.
            async with http.post(self._url, data=message.body, headers=headers, allow_redirects=False) as response:
                status = response.status
                if 200 <= status < 300:
                    return _Answer()
                transient = status >= 500 or status in _TRANSIENT
                return _Answer(f"it answered {status}", transient, response.headers.get("Retry-After"))
        except TimeoutError:
            return _Answer("it did not answer in time", transient=True)
        except aiohttp.ClientConnectorError as error:
            return _Answer(f"no connection: {error.os_error.strerror or error.os_error}", transient=True)
        except aiohttp.ClientError as error:
            # Its text may have the whole URL.
            return _Answer(f"no answer: {type(error).__name__}", transient=True)

    async def _tell(self, problem: str | None) -> None:
        """Report the first message of a row that is lost, so that an outage is one report, however long it lasts."""
        lost = f"{self._dropped} messages found no room to wait" if self._dropped else None
        self._dropped = 0
        if (problem or lost) and self._works:
            await self._report(f"Messages to {self.name} are lost: {problem or lost}.")
        self._works = problem is None and lost is None
