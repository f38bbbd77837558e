"""What receivers get, and what a receiver that fails costs."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
import socketio
from aiohttp import web
from eventyard import AsyncServer

Listen = Callable[..., AbstractAsyncContextManager[None]]
Receiver = Any
StartServer = Callable[..., Awaitable[AsyncServer]]

SECRET = "whsec_LkdQXd4qKzNxoWc0Rg3ch3fMBY+cx9LGsrVNXBe2IbA="

_numbers = count(1)


def error(name: str, **attributes: Any) -> dict[str, Any]:
    """An ``error`` event with the id ``name``."""
    data = {"kind": "tool_failed", "message": f"Grüße {next(_numbers)}"}
    return {"type": "error", "source": "/test", "id": name, "data": data} | attributes


async def told(server: AsyncServer) -> list[str]:
    """What the plugin itself has told on ``/errors``."""
    async with aiohttp.ClientSession(server.url) as http, http.get("/v1/streams/errors/events") as response:
        events = (await response.json())["events"]
    return [event["data"]["message"] for event in events if event["data"]["kind"] == "webhook_failed"]


async def test_an_event_of_a_type_that_is_asked_for_arrives_as_clients_get_it(
    start_server: StartServer, receiver: Receiver
) -> None:
    server = await start_server(endpoints=[{"url": receiver.url}])
    tool = {"type": "tool_start", "source": "/test", "data": {"tool": "Bash"}}
    await server.publish(tool, error("e1", session="s1"))
    await receiver.wait(1)
    async with socketio.AsyncSimpleClient() as client:
        await client.connect(server.url, namespace="/errors", auth={"resume": "earliest"})
        await client.receive()
        _, event = await client.receive()
    assert receiver.events == [event]
    (headers, _), *_ = receiver.requests
    assert headers["Content-Type"] == "application/cloudevents+json; charset=utf-8"
    assert "webhook-signature" not in headers


async def test_a_star_stands_for_all_types(start_server: StartServer, receiver: Receiver) -> None:
    server = await start_server(endpoints=[{"url": receiver.url, "types": ["*"]}])
    await server.publish({"type": "tool_start", "source": "/test", "id": "t1", "data": {"tool": "Bash"}}, error("e1"))
    while not {"t1", "e1"} <= set(receiver.ids):
        await receiver.wait(len(receiver.requests) + 1)


async def test_a_message_is_signed_so_that_its_receiver_can_tell_where_it_comes_from(
    start_server: StartServer, receiver: Receiver
) -> None:
    """The signature is that of Standard Webhooks: of id, timestamp and body."""
    server = await start_server(endpoints=[{"url": receiver.url, "secret": SECRET}])
    await server.publish(error("e1"))
    await receiver.wait(1)
    ((headers, body),) = receiver.requests
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(SECRET.partition("_")[2])
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"


@pytest.mark.parametrize("status", [500, 503, 408, 425, 429])
async def test_a_message_that_is_not_taken_for_the_moment_is_posted_again_before_all_others(
    start_server: StartServer, receiver: Receiver, status: int
) -> None:
    """Its id is the same, so that a receiver that did take it knows the repeat."""
    receiver.answers += [web.Response(status=status), web.Response(status=status)]
    server = await start_server(endpoints=[{"url": receiver.url}])
    await server.publish(error("e1"), error("e2"))
    await receiver.wait(4)
    assert receiver.ids == ["e1", "e1", "e1", "e2"]
    ids = [headers["webhook-id"] for headers, _ in receiver.requests]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert await told(server) == []


@pytest.mark.parametrize("retry_after", ["0", "Sat, 31 Jan 2026 12:00:00 GMT"])
async def test_a_receiver_may_say_when(start_server: StartServer, receiver: Receiver, retry_after: str) -> None:
    """Without it, the second attempt would come in an hour."""
    receiver.answers.append(web.Response(status=429, headers={"Retry-After": retry_after}))
    server = await start_server(endpoints=[{"url": receiver.url}], retry={"first_delay": 3600, "longest_delay": 3600})
    await server.publish(error("e1"))
    await receiver.wait(2)


async def test_a_receiver_may_not_say_any_time(start_server: StartServer, receiver: Receiver) -> None:
    """Longer than the longest delay nobody waits, and what is no time is ignored."""
    receiver.answers += [
        web.Response(status=503, headers={"Retry-After": "999999999999999999999"}),
        web.Response(status=503, headers={"Retry-After": "soon"}),
    ]
    server = await start_server(endpoints=[{"url": receiver.url}])
    await server.publish(error("e1"))
    await receiver.wait(3)


async def test_a_receiver_that_is_not_there_yet_gets_what_it_missed(
    start_server: StartServer, make_receiver: Callable[[], Receiver], listen: Listen
) -> None:
    late = make_receiver()
    late.gate.set()
    async with listen(late):
        port = urlsplit(late.url).port
    server = await start_server(endpoints=[{"url": late.url}], retry={"attempts": 100, "longest_delay": 0.2})
    await server.publish(error("e1"))
    async with listen(late, port):
        await late.wait(1)
    assert late.ids == ["e1"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (web.Response(status=400), "it answered 400"),
        (web.Response(status=307, headers={"Location": "/elsewhere"}), "it answered 307"),
    ],
    ids=["refused", "redirected"],
)
async def test_a_message_that_is_refused_is_lost_at_once(
    start_server: StartServer, receiver: Receiver, answer: web.Response, why: str
) -> None:
    receiver.answers.append(answer)
    server = await start_server(endpoints=[{"url": receiver.url}])
    await server.publish(error("e1"), error("e2"))
    await receiver.wait(2)
    assert receiver.ids == ["e1", "e2"]
    (message,) = await told(server)
    assert message == f"Messages to {receiver.url.removesuffix('/hook')} are lost: {why}."


async def test_an_outage_is_told_once_and_its_report_is_posted_to_nobody(
    start_server: StartServer, receiver: Receiver
) -> None:
    """A report that was posted would fail, be reported, be posted, and so on."""
    receiver.answers += [web.Response(status=500) for _ in range(6)]
    server = await start_server(endpoints=[{"url": receiver.url}], retry={"attempts": 2})
    await server.publish(*(error(f"e{number}") for number in range(1, 5)))
    await receiver.wait(7)
    assert receiver.ids == ["e1", "e1", "e2", "e2", "e3", "e3", "e4"]
    assert len(await told(server)) == 1
    receiver.answers.append(web.Response(status=400))
    await server.publish(error("e5"), error("e6"))
    await receiver.wait(9)
    assert receiver.ids[7:] == ["e5", "e6"]
    assert len(await told(server)) == 2


async def test_a_receiver_that_does_not_answer_holds_up_no_other(
    start_server: StartServer, receiver: Receiver, other: Receiver
) -> None:
    receiver.gate.clear()
    server = await start_server(endpoints=[{"url": receiver.url}, {"url": other.url}])
    await server.publish(error("e1"), error("e2"))
    await other.wait(2)
    assert receiver.ids == ["e1"]


async def test_a_receiver_that_does_not_answer_in_time_is_asked_again(
    start_server: StartServer, receiver: Receiver
) -> None:
    receiver.gate.clear()
    server = await start_server(endpoints=[{"url": receiver.url}], timeout=0.05, retry={"attempts": 2})
    await server.publish(error("e1"))
    while not (messages := await told(server)):
        await asyncio.sleep(0.01)
    assert "it did not answer in time" in messages[0]
    receiver.gate.set()
    await server.publish(error("e2"))
    await receiver.wait(3)
    assert receiver.ids == ["e1", "e1", "e2"]


async def test_what_finds_no_room_to_wait_is_dropped_and_told(
    start_server: StartServer, receiver: Receiver, other: Receiver
) -> None:
    """However many events there are, the memory is bounded."""
    receiver.gate.clear()
    endpoints = [{"url": receiver.url}, {"url": other.url, "types": ["session_end"]}]
    server = await start_server(endpoints=endpoints, queue_limit=2)
    await server.publish(error("e1"))
    await receiver.wait(1)
    last = {"type": "session_end", "source": "/test", "session": "s1", "data": {"reason": "other"}}
    await server.publish(*(error(f"e{number}") for number in range(2, 10)), last)
    await other.wait(1)
    receiver.gate.set()
    await receiver.wait(3)
    assert receiver.ids == ["e1", "e2", "e3"]
    (message,) = await told(server)
    assert "6 messages found no room to wait" in message


async def test_what_waits_is_posted_when_the_server_stops(start_server: StartServer, receiver: Receiver) -> None:
    """Without the waits between attempts, for which there is no time."""
    receiver.answers.append(web.Response(status=503))
    server = await start_server(endpoints=[{"url": receiver.url}], retry={"first_delay": 3600, "longest_delay": 3600})
    await server.publish(error("e1"), error("e2"), error("e3"))
    await receiver.wait(1)
    await server.stop()
    assert receiver.ids == ["e1", "e1", "e2", "e3"]


async def test_a_receiver_that_does_not_answer_does_not_keep_the_server_from_stopping(
    start_server: StartServer, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.gate.clear()
    server = await start_server(endpoints=[{"url": receiver.url}], drain_seconds=0.01)
    await server.publish(error("e1"), error("e2"))
    await receiver.wait(1)
    await server.stop()
    assert "2 messages to http://localhost:" in caplog.text
    assert server.metrics.to_json()["eventyard_hook_errors"]["samples"] == []


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ({"endpoints": [{}]}, 'plugin.webhook.endpoints.0: the field "url" is required'),
        ({"endpoints": [{"url": "ftp://x"}]}, "plugin.webhook.endpoints.0.url: "),
        ({"endpoints": [{"url": "http://x", "secret": "short"}]}, "plugin.webhook.endpoints.0.secret: "),
        ({"endpoints": [{"url": "http://x", "type": []}]}, "plugin.webhook.endpoints.0.type is no setting"),
        ({"retry": {"attempts": 0}}, "plugin.webhook.retry.attempts: "),
        ({"drain_seconds": 60}, "plugin.webhook.drain_seconds: "),
    ],
)
async def test_a_wrong_setting_takes_the_plugin_out_and_is_told_with_its_place(
    start_server: StartServer, table: dict[str, Any], reason: str
) -> None:
    server = await start_server(**table)
    (plugin,) = server.plugins.quarantined
    assert plugin.reason is not None
    assert plugin.reason.startswith(reason)
    assert "short" not in plugin.reason


async def test_without_an_endpoint_no_event_is_looked_at(start_server: StartServer) -> None:
    server = await start_server()
    assert [chain.emit for chain in server.plugins.chains.values() if chain.emit] == []
