"""Clients that come back."""

import json
from collections.abc import Awaitable, Callable

import pytest

pytest.importorskip("uvloop")

from eventyard import AsyncServer

from benchmarks.load.events import ToolEvents
from benchmarks.load.http import streams
from benchmarks.load.returning import come_back

StartServer = Callable[..., Awaitable[AsyncServer]]


async def filled(start_server: StartServer, kept: int) -> tuple[AsyncServer, tuple[str, int]]:
    """A server that was sent 300 events, and its address."""
    server = await start_server(max_buffer_size=kept)
    await server.publish(*map(json.loads, ToolEvents().take(300)))
    return server, ("127.0.0.1", int(server.url.rpartition(":")[2]))


async def epoch_of(address: tuple[str, int]) -> str:
    epoch: str = (await streams(address))["epoch"]
    return epoch


async def test_clients_that_are_given_all_they_missed_have_no_problems(start_server: StartServer) -> None:
    _, address = await filled(start_server, 300)
    outcome = await come_back(address, 3, {"epoch": await epoch_of(address), "offset": 0}, 300)
    assert outcome["problems"] == []
    assert outcome["seconds"] > 0


async def test_clients_that_are_given_less_are_found(start_server: StartServer) -> None:
    """Here, half of it is not kept any more."""
    _, address = await filled(start_server, 75)
    outcome = await come_back(address, 2, {"epoch": await epoch_of(address), "offset": 0}, 150)
    assert any("the server sent gap" in problem for problem in outcome["problems"])
    assert any("did not get each of 150 events" in problem for problem in outcome["problems"])
