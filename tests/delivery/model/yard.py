"""The server of the model, and those who send to it."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
from eventyard import AsyncServer, Settings
from eventyard.delivery.engine.direct_socket import DirectSocket

from tests.delivery.board import SIGNAL, STREAM, Board

from .ledger import Entry, Ledger

__all__ = ["MOST_MEMOS", "MOST_NOTES", "MOST_REPLAYED", "Yard"]

MOST_NOTES = 60
MOST_MEMOS = 15
MOST_REPLAYED = 25


class Yard:
    """A server that keeps little and gives little, so that everything that can happen happens soon.

    Attributes:
        ledger: What senders were told.
        url: Where it answers.
        epoch: The epoch of its store.
    """

    def __init__(self, data_dir: Path) -> None:
        self.ledger = Ledger()
        self.url = ""
        self.epoch = ""
        self._number = 0
        self._settings = Settings().with_changes(
            port=0,
            data_dir=str(data_dir),
            max_buffer_size=MOST_NOTES,
            journal={"durability": "process"},
            retention={"memo": {"events": MOST_MEMOS}},
            delivery={"max_lag_bytes": 60_000, "replay_events": MOST_REPLAYED, "max_replays": 2},
            plugins={"only": ("system",)},
        )

    async def start(self) -> None:
        """Start, with what is in the data directory."""
        self._server = AsyncServer(self._settings, {"board": Board()})
        await self._server.start()
        self.url = self._server.url
        self._http = aiohttp.ClientSession(self.url)
        self.epoch = (await self.history())["epoch"]

    async def stop(self) -> None:
        """Stop."""
        await self._http.close()
        await self._server.stop()

    def shrink_send_buffers(self) -> None:
        """Have the kernel keep little for clients that do not read."""
        for connection in self._server._parts.hub.connections.values():
            assert isinstance(connection.socket, DirectSocket)
            transport = connection.socket._open_transport()
            if transport is not None:
                own = transport.get_extra_info("socket")
                own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)

    async def publish(self, events: Sequence[tuple[str, str, int]]) -> None:
        """Send events of these types, sessions and sizes in one request, and write down the answer."""
        if not events:
            return
        entries, body = [], []
        for event_type, session, size in events:
            self._number += 1
            entry = Entry(f"e{self._number}", event_type, session)
            entries.append(entry)
            data: dict[str, Any] = {"text": "x" * size}
            if event_type == SIGNAL:
                data["number"] = len(self.ledger.signals)
                self.ledger.signals.append(entry)
            body.append({"id": entry.id, "source": "/model", "type": event_type, "session": session, "data": data})
        async with self._http.post("/v1/events", json=body) as response:
            assert response.status == 202, await response.text()
            answer = await response.json()
        for entry, result in zip(entries, answer["results"], strict=True):
            if entry.type != SIGNAL:
                assert result["offset"] not in self.ledger.entries
                self.ledger.entries[result["offset"]] = entry

    async def history(self) -> dict[str, Any]:
        """All that is kept, as ``GET /v1/streams/{name}/events`` gives it."""
        async with self._http.get(f"/v1/streams/{STREAM}/events", params={"limit": 1000}) as response:
            page: dict[str, Any] = await response.json()
        assert page["next"] == page["head"]
        return page
