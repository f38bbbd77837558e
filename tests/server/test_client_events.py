"""Client events of a plugin's namespace are answered, whatever its handler does."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest
from eventyard import AsyncServer, Namespace, Plugin, hookimpl

StartServer = Callable[..., Awaitable[AsyncServer]]
Connect = Callable[..., Awaitable[Any]]


class Board(Namespace):
    name = "/board"

    def on_set(self, sid: str, data: Any) -> Any:
        return {"one", "two"}

    def on_bytes(self, sid: str, data: Any) -> Any:
        return [b"one"]

    async def on_surrogate(self, sid: str, data: Any) -> Any:
        return {"text": "\ud800"}

    def on_some(self, sid: str, data: Any) -> Any:
        return "one", {"two"}

    def on_leave(self, sid: str, data: Any) -> Any:
        raise SystemExit(1)

    async def on_leave_later(self, sid: str, data: Any) -> Any:
        await asyncio.sleep(0)
        raise SystemExit(1)

    async def on_stay(self, sid: str, data: Any) -> None:
        await asyncio.Event().wait()

    def on_pass_on(self, sid: str, data: Any) -> Awaitable[Any]:
        return asyncio.sleep(0, data)

    def on_two(self, sid: str, data: Any) -> tuple[Any, ...]:
        return data, {"more": data}

    def on_nothing(self, sid: str, data: Any) -> None:
        pass


class Boards(Plugin):
    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        return [Board]


def failures(server: AsyncServer, method: str) -> float | None:
    return server.metrics.value("eventyard_hook_errors_total", plugin="boards", hook=method)


async def check_failure(server: AsyncServer, connect: Connect, name: str) -> None:
    """The client is told, and the plugin's failure counted."""
    client = await connect(server, "/board")
    assert await client.call(name, 1) == {"ok": False, "error": f"/board failed to handle {name}"}
    assert failures(server, f"on_{name}") == 1


@pytest.mark.parametrize("name", ["set", "bytes", "surrogate", "some"])
async def test_an_answer_that_json_cannot_express_is_a_failure_of_the_plugin(
    start_server: StartServer, connect: Connect, name: str
) -> None:
    await check_failure(await start_server({"boards": Boards()}), connect, name)


@pytest.mark.parametrize("name", ["leave", "leave_later"])
async def test_a_handler_that_would_end_the_process_ends_its_call_alone(
    start_server: StartServer, connect: Connect, name: str
) -> None:
    await check_failure(await start_server({"boards": Boards()}), connect, name)


async def test_answers_are_none_one_or_several_values(start_server: StartServer, connect: Connect) -> None:
    """As python-socketio has it."""
    client = await connect(await start_server({"boards": Boards()}), "/board")
    assert await client.call("nothing", 1) is None
    assert await client.call("two", 1) == (1, {"more": 1})


async def test_a_plain_handler_may_give_what_is_to_be_awaited(start_server: StartServer, connect: Connect) -> None:
    client = await connect(await start_server({"boards": Boards()}), "/board")
    assert await client.call("pass_on", [1]) == [1]


async def test_a_handler_that_does_not_end_holds_up_the_client_for_a_time_only(
    start_server: StartServer, connect: Connect
) -> None:
    """The client's further events wait for it, those of the core too."""
    server = await start_server({"boards": Boards()})
    client = await connect(server, "/board")
    staying = client.socket.call("stay", 1, namespace="/board", timeout=30)
    state = client.socket.call("get_state", namespace="/board", timeout=30)
    answer, told = await asyncio.gather(staying, state)
    assert answer == {"ok": False, "error": "/board failed to handle stay"}
    assert told["snapshot"] == {}
    assert failures(server, "on_stay") == 1
