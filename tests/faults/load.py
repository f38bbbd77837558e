"""Events at a steady rate, and when each was sent."""

import asyncio
from typing import Final

import aiohttp
import orjson

__all__ = ["Load"]

# How often a batch goes out, in seconds.
_PERIOD: Final = 0.02


class Load:
    """Sends events at a steady rate.

    Attributes:
        sent: How many there were.
    """

    def __init__(self, url: str, rate: int, size: int) -> None:
        """Send to ``url`` so many events a second, with so many characters each."""
        self.sent = 0
        self._url = f"{url}/v1/events"
        self._batch = max(1, round(rate * _PERIOD))
        self._data = {"tool": "Bash", "description": "x" * size}
        self._moments: list[float] = []

    def moment(self, identity: str) -> float:
        """When the event with an id was sent, on the clock of the event loop."""
        return self._moments[int(identity)]

    async def run(self, seconds: float) -> float:
        """Send for so many seconds; gives the rate at which events were accepted."""
        loop = asyncio.get_running_loop()
        begin, first = loop.time(), self.sent
        async with aiohttp.ClientSession() as http:
            due = begin
            while due < begin + seconds:
                await asyncio.sleep(due - loop.time())
                await self._send(http)
                due += _PERIOD
        return (self.sent - first) / (loop.time() - begin)

    async def _send(self, http: aiohttp.ClientSession) -> None:
        now = asyncio.get_running_loop().time()
        events = [
            {"type": "tool_start", "source": "/load", "id": f"{self.sent + number}", "data": self._data}
            for number in range(self._batch)
        ]
        self._moments += [now] * self._batch
        headers = {"Content-Type": "application/json"}
        async with http.post(self._url, data=orjson.dumps(events), headers=headers) as response:
            assert response.status == 202
            assert (await response.json())["accepted"] == self._batch
        self.sent += self._batch
