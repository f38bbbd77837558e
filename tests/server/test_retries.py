"""A dead letter is tried again: the way that it came, once more."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, BufferPolicy, Event, EventType, Issue, MalformedBody, Plugin, hookimpl

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


class Notes(Plugin):
    """Owns ``note``, whose text has at most so many characters; and what it is told to object to is not valid."""

    def __init__(self, longest: int = 100, version: str = "1.0.0", objection: str = "") -> None:
        self.longest = longest
        self.version = version
        self.objection = objection

    @hookimpl
    def event_types(self) -> list[EventType]:
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:eventyard:note/{self.version}",
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string", "maxLength": self.longest}},
        }
        policy = BufferPolicy.buffer_if_no_clients()
        return [EventType(name="note", schema=schema, namespace="/notes", policy=policy)]

    @hookimpl
    def validate(self, event: Event) -> list[Issue]:
        return [Issue("taste", "/data/text", self.objection)] if self.objection else []


class Relay(Plugin):
    """Decodes ``["text", …]`` to notes; ``understands`` nothing else, and perhaps not even that."""

    def __init__(self, *, understands: bool = True) -> None:
        self.understands = understands
        self.seen: list[Mapping[str, str]] = []

    @hookimpl
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> Sequence[Event] | None:
        if source != "relay":
            return None
        self.seen.append(headers)
        if not self.understands:
            raise MalformedBody("this is all Greek")
        return [Event.create("note", source="/relay", id=text, data={"text": text}) for text in body]


def note(text: str, **attributes: Any) -> dict[str, Any]:
    return {"type": "note", "source": "/test", "id": text, "data": {"text": text}} | attributes


async def kept(server: AsyncServer, stream: str = "notes") -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(server.url) as http, http.get(f"/v1/streams/{stream}/events") as response:
        events: list[dict[str, Any]] = (await response.json())["events"]
        return events


async def letters(server: AsyncServer) -> list[dict[str, Any]]:
    async with aiohttp.ClientSession(server.url) as http, http.get("/v1/dead-letters?limit=1000") as response:
        found: list[dict[str, Any]] = (await response.json())["dead_letters"]
        return found


async def retry(server: AsyncServer, number: int) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession(server.url) as http,
        http.post(f"/v1/dead-letters/{number}/retry") as response,
    ):
        return response.status, await response.json()


async def retry_many(server: AsyncServer, **which: Any) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession(server.url) as http,
        http.post("/v1/dead-letters/retry", json=which) as response,
    ):
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


def statuses(answer: Mapping[str, Any]) -> dict[int, str]:
    return {result["number"]: result["status"] for result in answer["results"]}


@pytest.mark.parametrize("strict", [Notes(longest=2), Notes(objection="not today")], ids=["schema", "validate"])
async def test_after_the_plugin_was_mended_the_event_is_accepted(
    start_server: StartServer, tmp_path: Path, strict: Notes
) -> None:
    """It keeps its identity and the time at which it was sent; the letter is removed."""
    server = await start_server({"notes": strict}, data_dir=str(tmp_path))
    await server.publish(note("abc"))
    (letter,) = await letters(server)
    await server.stop()
    server = await start_server({"notes": Notes(version="1.0.1")}, data_dir=str(tmp_path))
    status, answer = await retry(server, 1)
    assert (status, answer["number"], answer["status"], answer["issues"]) == (200, 1, "accepted", [])
    (place,) = answer["events"]
    assert (place["id"], place["status"], place["stream"], place["offset"]) == ("abc", "accepted", "notes", 1)
    (event,) = await kept(server)
    assert (event["time"], event["dataschema"]) == (letter["body"]["time"], "urn:eventyard:note/1.0.1")
    assert await letters(server) == []


async def test_an_event_whose_plugin_was_missing_is_accepted_once_it_is_there(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = await start_server(data_dir=str(tmp_path))
    await server.publish(note("a"))
    await server.stop()
    server = await start_server({"notes": Notes()}, data_dir=str(tmp_path))
    assert (await retry(server, 1))[0] == 200


async def test_an_event_that_was_sent_again_meanwhile_is_a_duplicate(start_server: StartServer) -> None:
    """The letter is removed, and the answer says where the event is."""
    plugin = Notes(objection="no")
    server = await start_server({"notes": plugin})
    await server.publish(note("a"))
    plugin.objection = ""
    await server.publish(note("first"), note("a"))
    status, answer = await retry(server, 1)
    assert (status, answer["status"], answer["events"][0]["offset"]) == (200, "duplicate", 2)
    assert (len(await kept(server)), await letters(server)) == (2, [])


async def test_a_letter_that_is_refused_again_stays_with_the_new_issues(
    start_server: StartServer, connect: Connect
) -> None:
    """It becomes no second letter and no second error event, and is not counted a second time."""
    plugin = Notes(objection="no")
    server = await start_server({"notes": plugin})
    errors = await connect(server, "/errors")
    async with aiohttp.ClientSession(server.url) as http, http.post("/v1/events", json=note("a")):
        pass
    (before,) = await letters(server)
    plugin.objection = "still no"
    status, problem = await retry(server, 1)
    assert (status, problem["type"], problem["number"]) == (422, "urn:eventyard:problem:invalid_event", 1)
    assert problem["detail"] == "/data/text: still no"
    await retry(server, 1)
    (after,) = await letters(server)
    assert [issue["message"] for issue in problem["issues"]] == ["still no"]
    assert after["issues"] == problem["issues"]
    assert (after["retries"], after["body"], after["time"]) == (2, before["body"], before["time"])
    assert after["retried"] > before["time"]
    await server.publish({"type": "error", "source": "/test", "data": {"message": "the last", "kind": "last"}})
    await errors.wait("error", 2)
    assert [error["data"]["kind"] for error in errors.named("error")] == ["event_rejected", "last"]
    assert server.metrics.value("eventyard_events_total", status="rejected") == 1


async def test_an_accepted_letter_reaches_the_clients(start_server: StartServer, connect: Connect) -> None:
    plugin = Notes(objection="no")
    server = await start_server({"notes": plugin})
    client = await connect(server, "/notes")
    await server.publish(note("a"))
    plugin.objection = ""
    await retry(server, 1)
    (event,) = await client.wait("note")
    assert event["id"] == "a"


@pytest.mark.parametrize("line", [b"oops", b"\xff", b'{"n": NaN}', b"[]", b"null", b"1e999"])
async def test_what_is_no_event_is_refused_for_the_same_reason_again(
    server: AsyncServer, http: aiohttp.ClientSession, line: bytes
) -> None:
    async with http.post("/v1/events", data=line, headers={"Content-Type": "application/x-ndjson"}):
        pass
    (before,) = await letters(server)
    assert (await retry(server, 1))[0] == 422
    (after,) = await letters(server)
    assert (after["issues"], after["body"], after["text"]) == (before["issues"], before["body"], before["text"])


@pytest.mark.parametrize("value", [b"x", ("x",), Path("x"), float("nan"), {1: "x"}], ids=repr)
async def test_what_is_no_json_becomes_no_event_that_nobody_sent(start_server: StartServer, value: object) -> None:
    server = await start_server({"notes": Notes()})
    await server.publish(note("a") | {"data": {"text": "a", "more": value}})
    status, _ = await retry(server, 1)
    assert (status, await kept(server)) == (422, [])


async def test_a_binary_value_becomes_no_text(start_server: StartServer) -> None:
    server = await start_server({"notes": Notes()})
    await server.publish(note("a") | {"data": {"text": b"x"}})
    (letter,) = await letters(server)
    assert (letter["body"], letter["text"][:8]) == (None, "no JSON:")
    status, _ = await retry(server, 1)
    assert (status, await kept(server)) == (422, [])


async def test_what_was_too_deep_is_accepted_under_another_limit(start_server: StartServer, tmp_path: Path) -> None:
    """It happened when it was refused: until then nobody had looked for a time in it."""
    server = await start_server({"notes": Notes()}, data_dir=str(tmp_path), validation={"max_depth": 6})
    event = note("a")
    event["data"]["more"] = [[[[[1]]]]]
    await server.publish(event)
    (letter,) = await letters(server)
    assert (letter["issues"][0]["keyword"], letter["text"]) == ("too_deep", None)
    await server.stop()
    server = await start_server({"notes": Notes()}, data_dir=str(tmp_path))
    assert (await retry(server, 1))[0] == 200
    (accepted,) = await kept(server)
    assert accepted["time"] == letter["time"]


async def test_a_hook_call_goes_through_decode_again(start_server: StartServer, tmp_path: Path) -> None:
    """With the headers that were kept of it; all that is missing is what could be a secret."""
    server = await start_server({"notes": Notes(), "relay": Relay(understands=False)}, data_dir=str(tmp_path))
    headers = {"Eventyard-Event-Id": "e1", "Authorization": "Bearer s3cret"}
    async with aiohttp.ClientSession(server.url) as http, http.post("/v1/hooks/relay", json=["a"], headers=headers):
        pass
    (letter,) = await letters(server)
    assert letter["issues"][0]["message"] == "this is all Greek"
    await server.stop()
    mended = Relay()
    server = await start_server({"notes": Notes(), "relay": mended}, data_dir=str(tmp_path))
    status, answer = await retry(server, 1)
    assert (status, answer["status"], [event["id"] for event in answer["events"]]) == (200, "accepted", ["a"])
    assert (mended.seen[0]["eventyard-event-id"], mended.seen[0].get("authorization")) == ("e1", None)
    (event,) = await kept(server)
    assert event["time"] == letter["time"]


async def test_a_hook_call_stays_until_all_its_events_are_accepted_together(start_server: StartServer) -> None:
    """So that none of them comes twice."""
    notes = Notes(objection="no")
    server = await start_server({"notes": notes, "relay": Relay()})
    async with aiohttp.ClientSession(server.url) as http, http.post("/v1/hooks/relay", json=["a", "x" * 101]):
        pass
    notes.objection = ""
    status, problem = await retry(server, 1)
    assert (status, [issue["keyword"] for issue in problem["issues"]]) == (422, ["maxLength"])
    assert await kept(server) == []
    (letter,) = await letters(server)
    assert (letter["foreign"], letter["retries"], letter["issues"]) == (True, 1, problem["issues"])
    (outcome,) = await server.publish(note("a", source="/relay"))
    assert outcome.status == "accepted"


async def test_a_hook_call_whose_events_are_there_is_a_duplicate(start_server: StartServer) -> None:
    relay = Relay(understands=False)
    server = await start_server({"notes": Notes(), "relay": relay})
    async with aiohttp.ClientSession(server.url) as http:
        for understands in (False, True):
            relay.understands = understands
            async with http.post("/v1/hooks/relay", json=["a", "b"]):
                pass
    status, answer = await retry(server, 1)
    assert (status, answer["status"]) == (200, "duplicate")
    assert [event["offset"] for event in answer["events"]] == [1, 2]


async def test_a_hook_call_of_no_events_is_accepted(start_server: StartServer) -> None:
    relay = Relay(understands=False)
    server = await start_server({"notes": Notes(), "relay": relay})
    async with aiohttp.ClientSession(server.url) as http, http.post("/v1/hooks/relay", json=[]):
        pass
    relay.understands = True
    status, answer = await retry(server, 1)
    assert (status, answer["status"], answer["events"]) == (200, "accepted", [])
    assert await letters(server) == []


async def test_a_hook_call_that_no_plugin_decodes_any_more_stays(start_server: StartServer, tmp_path: Path) -> None:
    server = await start_server({"relay": Relay(understands=False)}, data_dir=str(tmp_path))
    async with aiohttp.ClientSession(server.url) as http, http.post("/v1/hooks/relay", json=["a"]):
        pass
    await server.stop()
    server = await start_server(data_dir=str(tmp_path))
    status, problem = await retry(server, 1)
    assert (status, problem["issues"][0]["keyword"]) == (422, "unknown_source")
    assert len(await letters(server)) == 1


async def test_two_retries_at_once_give_one_event(start_server: StartServer) -> None:
    """Also of a letter whose event has no identity of its own that would show the second one to be a duplicate."""
    relay = Relay(understands=False)
    server = await start_server({"notes": Notes(), "relay": relay})
    async with aiohttp.ClientSession(server.url) as http, http.post("/v1/hooks/relay", json=["a"]):
        pass
    relay.understands = True
    answers = await asyncio.gather(*(retry(server, 1) for _ in range(10)))
    assert sorted(status for status, _ in answers) == [200] + [404] * 9
    assert len(relay.seen) == 2
    assert len(await kept(server)) == 1


async def test_many_are_tried_by_number_in_order(start_server: StartServer) -> None:
    """Each once, with a result for each, also where there is no letter."""
    plugin = Notes(objection="no")
    server = await start_server({"notes": plugin})
    await server.publish(*(note(f"n{number}") for number in range(1, 5)), note("x" * 101))
    plugin.objection = ""
    answer = await retry_many(server, numbers=[5, 3, 1, 3, 99])
    assert statuses(answer) == {1: "accepted", 3: "accepted", 5: "rejected", 99: "gone"}
    assert (answer["accepted"], answer["duplicate"], answer["rejected"], answer["gone"]) == (2, 0, 1, 1)
    assert (answer["next"], answer["unavailable"]) == (None, 0)
    assert [event["id"] for event in await kept(server)] == ["n1", "n3"]
    assert [letter["number"] for letter in await letters(server)] == [2, 4, 5]


async def test_many_are_tried_by_type(start_server: StartServer) -> None:
    plugin = Notes(objection="no")
    server = await start_server({"notes": plugin})
    await server.publish(note("a"), {"type": "other", "source": "/x", "data": {}}, note("b"))
    plugin.objection = ""
    assert statuses(await retry_many(server, type="note")) == {1: "accepted", 3: "accepted"}
    assert statuses(await retry_many(server, type=["note", "other"])) == {2: "rejected"}


async def test_all_are_tried_in_portions(start_server: StartServer) -> None:
    """``next`` leads on, past those that are refused again."""
    plugin = Notes(objection="no")
    server = await start_server({"notes": plugin})
    await server.publish(*(note("x" * 101 if number % 2 else f"n{number}") for number in range(10)))
    plugin.objection = ""
    found: dict[int, str] = {}
    after: int | None = 0
    while after is not None:
        answer = await retry_many(server, all=True, after=after, limit=4)
        assert len(answer["results"]) <= 4
        found |= statuses(answer)
        after = answer["next"]
    assert found == {number: "accepted" if number % 2 else "rejected" for number in range(1, 11)}


async def test_hook_calls_and_events_keep_their_order(start_server: StartServer) -> None:
    """More than go together in one commit."""
    notes, relay = Notes(objection="no"), Relay()
    server = await start_server({"notes": notes, "relay": relay})
    async with aiohttp.ClientSession(server.url) as http:
        for number in range(0, 210, 3):
            async with http.post("/v1/hooks/relay", json=[f"{number}"]):
                pass
            await server.publish(note(f"{number + 1}"), note(f"{number + 2}"))
    notes.objection = ""
    assert (await retry_many(server, all=True))["accepted"] == 210
    async with (
        aiohttp.ClientSession(server.url) as http,
        http.get("/v1/streams/notes/events?limit=1000") as response,
    ):
        events = (await response.json())["events"]
    assert [event["data"]["text"] for event in events] == [str(number) for number in range(210)]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "empty"),
        ("[1]", "one of"),
        ("{}", "one of"),
        ('{"numbers": [1], "all": true}', "one of"),
        ('{"numbers": 1}', "array of whole numbers"),
        ('{"numbers": [1, "2"]}', "array of whole numbers"),
        ('{"numbers": [true]}', "array of whole numbers"),
        ('{"numbers": [-1]}', "array of whole numbers"),
        ('{"numbers": [1], "after": 1}', "no member 'after' here"),
        ('{"type": 5}', "name of an event type"),
        ('{"type": []}', "name of an event type"),
        ('{"type": "note", "limt": 5}', "no member 'limt' here; expected after, limit, type"),
        ('{"all": false}', "all must be true"),
        ('{"all": true, "after": -1}', "after must be a whole number from 0"),
        ('{"all": true, "limit": 0}', "limit must be a whole number from 1"),
    ],
)
async def test_a_request_that_chooses_wrongly_is_400_and_says_why(
    http: aiohttp.ClientSession, body: str, told: str
) -> None:
    async with http.post("/v1/dead-letters/retry", data=body) as response:
        problem = await response.json()
    assert (response.status, problem["type"]) == (400, "urn:eventyard:problem:malformed")
    assert told in problem["detail"]


async def test_too_many_numbers_are_413(http: aiohttp.ClientSession) -> None:
    async with http.post("/v1/dead-letters/retry", json={"numbers": list(range(1001))}) as response:
        assert response.status == 413
