"""How much of each event type is kept, and what senders and clients are told about the rest."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Settings
from eventyard.errors import SettingsError

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


async def page(server: AsyncServer, stream: str = "tools", **query: Any) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession(server.url) as http,
        http.get(f"/v1/streams/{stream}/events", params={"limit": 1000} | query) as response,
    ):
        body: dict[str, Any] = await response.json()
        return body


def offsets(body: dict[str, Any]) -> list[int]:
    return [int(event["sequence"]) for event in body["events"]]


async def test_the_user_says_how_much_of_a_type_is_kept(start_server: StartServer, make_event: MakeEvent) -> None:
    server = await start_server(retention={"tool_start": {"events": 3}, "error": {"bytes": 1}})
    await server.publish(*(make_event() for _ in range(5)), *(make_event("error") for _ in range(5)))
    assert (offsets(await page(server)), offsets(await page(server, "errors"))) == ([3, 4, 5], [5])


async def test_what_has_become_too_old_goes_by_itself(start_server: StartServer, make_event: MakeEvent) -> None:
    server = await start_server(retention={"tool_start": {"age": 0.1}})
    await server.publish(make_event(), make_event("tool_stop"))
    while (body := await page(server))["oldest"] == 1:
        await asyncio.sleep(0.05)
    assert offsets(body) == [2]


async def test_retention_of_a_type_that_nobody_owns_is_an_error_that_names_the_nearest(tmp_path: Path) -> None:
    settings = Settings().with_changes(port=0, data_dir=tmp_path, retention={"tool_strat": {"events": 3}})
    with pytest.raises(SettingsError, match=r"retention\.tool_strat: no installed plugin owns .* mean 'tool_start'\?"):
        AsyncServer(settings)


async def test_a_batch_that_is_sent_again_after_a_restart_keeps_its_places_though_most_of_it_was_trimmed(
    start_server: StartServer, make_event: MakeEvent, tmp_path: Path
) -> None:
    """Its sender never got the answer; what comes back is what the answer would have said."""
    options = {"data_dir": str(tmp_path), "max_buffer_size": 10}
    batch = [make_event(id=f"e{number}") for number in range(500)]
    server = await start_server(**options)
    first = await server.publish(*batch)
    await server.stop()
    server = await start_server(**options)
    again = await server.publish(*batch)
    assert {outcome.status for outcome in again} == {"duplicate"}
    assert [outcome.offset for outcome in again] == [outcome.offset for outcome in first] == list(range(1, 501))
    assert offsets(await page(server)) == list(range(491, 501))


async def test_all_that_is_kept_is_known_to_the_duplicate_check_however_small_its_window(
    start_server: StartServer, make_event: MakeEvent, tmp_path: Path
) -> None:
    options = {"data_dir": str(tmp_path), "max_buffer_size": 3000, "duplicate_window": 10}
    batch = [make_event(id=f"e{number}") for number in range(3000)]
    server = await start_server(**options)
    await server.publish(*batch)
    await server.stop()
    server = await start_server(**options)
    assert {outcome.status for outcome in await server.publish(*batch)} == {"duplicate"}


async def test_history_of_a_type_has_no_gap_where_only_others_were_trimmed(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    server = await start_server(retention={"tool_start": {"events": 1}})
    await server.publish(make_event("tool_stop"), *(make_event() for _ in range(5)), make_event("tool_stop"))
    body = await page(server, type="tool_stop")
    assert (offsets(body), body["gap"], body["next"]) == ([1, 7], None, 7)
    body = await page(server, type="tool_start")
    assert (offsets(body), body["gap"]["count"]) == ([6], 4)


async def test_a_client_that_wants_some_types_is_not_told_of_gaps_among_the_others(
    start_server: StartServer, make_event: MakeEvent, connect: Connect
) -> None:
    server = await start_server(retention={"tool_start": {"events": 1}})
    client = await connect(server, "/tools", auth={"types": ["tool_stop"]})
    await server.publish(make_event("tool_stop"))
    (event,) = await client.wait("tool_stop")
    cursor = {"epoch": client.named("ready")[0]["epoch"], "offset": int(event["sequence"])}
    await client.close()
    await server.publish(*(make_event() for _ in range(5)), make_event("tool_stop"))
    client = await connect(server, "/tools", auth={"types": ["tool_stop"], "resume": cursor})
    (event,) = await client.wait("tool_stop")
    ready = client.named("ready")[0]
    assert (ready["recovered"], ready["reason"], client.named("gap")) == (True, "ok", [])
    assert int(event["sequence"]) == 7


async def test_the_gap_of_a_history_is_that_of_the_live_protocol(
    start_server: StartServer, make_event: MakeEvent
) -> None:
    server = await start_server(max_buffer_size=3)
    await server.publish(*(make_event() for _ in range(10)))
    body = await page(server)
    epoch = body["epoch"]
    assert body["gap"] == {"epoch": epoch, "after": 0, "resume_at": 8, "reason": "trimmed", "count": 7}
    body = await page(server, epoch="another", after=5)
    assert body["gap"] == {"epoch": epoch, "after": 5, "resume_at": 8, "reason": "epoch_changed", "count": None}
