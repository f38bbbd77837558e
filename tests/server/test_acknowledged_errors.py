"""A client acknowledges an error; everybody learns of it, and it stays so after a restart."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from eventyard import AsyncServer

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


async def unresolved(client: Any) -> list[str]:
    state = await client.call("get_state")
    return [error["message"] for error in state["snapshot"]["errors"]]


async def test_an_acknowledged_error_is_resolved_for_everybody(
    start_server: StartServer, connect: Connect, make_event: MakeEvent, tmp_path: Path
) -> None:
    server = await start_server(data_dir=str(tmp_path))
    first, second = await connect(server, "/errors"), await connect(server, "/errors")
    await server.publish(
        make_event("error", id="e1", data={"message": "disk full", "kind": "tool_failed"}),
        make_event("error", id="e2", data={"message": "no route", "kind": "tool_failed"}),
    )
    assert await unresolved(second) == ["disk full", "no route"]
    assert (await first.call("acknowledge", {"source": "/test", "id": "e1", "by": "me"}))["ok"] is True
    (told,) = await second.wait("error_acknowledged")
    assert (told["data"]["error_id"], told["data"]["by"]) == ("e1", "me")
    assert await unresolved(second) == ["no route"]
    await server.stop()
    server = await start_server(data_dir=str(tmp_path))
    assert await unresolved(await connect(server, "/errors")) == ["no route"]


async def test_a_wrong_acknowledgement_is_answered_with_what_is_wrong(server: AsyncServer, connect: Connect) -> None:
    client = await connect(server, "/errors")
    for argument in (None, {}, {"source": "/test"}, {"source": "/test", "id": "unknown"}):
        answer = await client.call("acknowledge", argument)
        assert answer["ok"] is False
        assert answer["error"]
