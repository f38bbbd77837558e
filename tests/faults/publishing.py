"""A sender that lets nothing be lost: it sends a batch until it is answered."""

import asyncio
import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final, NamedTuple

import aiohttp
import orjson
from eventyard import client

__all__ = ["LibraryPublisher", "Place", "Publisher"]

# What each stream is sent: types that are kept whoever listens.
_DATA: Final[dict[str, dict[str, Any]]] = {
    "tool_start": {"tool": "Bash", "description": "x" * 200},
    "tool_stop": {"tool": "Bash", "outcome": "success"},
    "error": {"message": "it broke", "kind": "tool_failed"},
    "user_prompt": {"prompt": "go on"},
    "subagent_start": {"agent_type": "general-purpose"},
}

_JSON: Final = {"Content-Type": "application/json"}


class Place(NamedTuple):
    """Where a server says that it has put an event of a type."""

    stream: str
    offset: int
    type: str


class Publisher:
    """Sends batches of events one after the other, each until it has been answered with 202.

    Attributes:
        source: What tells its events from those of others.
        answered: The place of each event that was answered, by id, in the order in which they were sent.
        answers: What was answered, by status: 202, 503, …; 0 for no answer.
        repeated: How many events were told to be duplicates: their answer had been lost.
    """

    def __init__(self, url: str, source: str, random: Random, *, most: int, pause: float) -> None:
        """Send to ``url`` up to ``most`` events at a time, with a pause of about ``pause`` seconds in between."""
        self.source = source
        self.answered: dict[str, Place] = {}
        self.answers: dict[int, int] = {}
        self.repeated = 0
        self._url = url
        self._random = random
        self._most = most
        self._pause = pause
        self._stopping = False

    def stop(self) -> None:
        """Have :meth:`run` end with the batch that is under way."""
        self._stopping = True

    async def run(self) -> None:
        """Send until :meth:`stop`."""
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            while not self._stopping:
                await self._send(http, self._batch())
                await self._rest()

    async def _rest(self) -> None:
        await asyncio.sleep(self._pause * self._random.uniform(0, 2))

    def _batch(self) -> list[dict[str, Any]]:
        first = len(self.answered)
        return [
            {"type": name, "source": self.source, "id": f"{first + number}", "data": _DATA[name]}
            for number in range(self._random.randint(1, self._most))
            for name in [self._random.choice(list(_DATA))]
        ]

    async def _send(self, http: aiohttp.ClientSession, batch: list[dict[str, Any]]) -> None:
        body = orjson.dumps(batch)
        while True:
            status, answer = 0, b""
            try:
                async with http.post(
                    f"{self._url}/v1/events", data=body, headers={"Content-Type": "application/json"}
                ) as response:
                    answer = await response.read()
                    status = response.status
            except (aiohttp.ClientError, TimeoutError):
                await asyncio.sleep(0.02)
            self.answers[status] = self.answers.get(status, 0) + 1
            if status == 202:
                break
            if status not in {0, 503}:
                message = f"a batch of valid events was answered with {status}: {answer.decode()}"
                raise AssertionError(message)
        results = orjson.loads(answer)["results"]
        self._note(batch, [(result["id"], result["status"], result["stream"], result["offset"]) for result in results])

    def _note(self, batch: Sequence[Mapping[str, Any]], results: Sequence[tuple[str | None, str, str, int]]) -> None:
        """Take note of what became of a batch: of each event id, status, stream and offset."""
        for event, (identity, status, stream, offset) in zip(batch, results, strict=True):
            assert identity == event["id"]
            assert status in {"accepted", "duplicate"}, status
            self.repeated += status == "duplicate"
            self.answered[event["id"]] = Place(stream, offset, event["type"])


class LibraryPublisher(Publisher):
    """Does the same with the client library."""

    async def run(self) -> None:
        """Send until :meth:`stop`."""
        async with client.Publisher(self._url, patience=math.inf) as publisher:
            while not self._stopping:
                batch = self._batch()
                outcomes = await publisher.publish(*batch)
                self._note(batch, [(each.id, each.status, each.stream or "", each.offset or 0) for each in outcomes])
                await self._rest()
