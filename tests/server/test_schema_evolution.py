"""Several versions of an event type side by side: senders name theirs, everybody else sees the current one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, BufferPolicy, EarlierVersion, Event, EventType, Issue, Namespace, Plugin, hookimpl

Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


def schema(version: str, properties: Mapping[str, Any], *examples: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of ``deploy`` whose first property is required."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:test:deploy/{version}",
        "type": "object",
        "required": [next(iter(properties))],
        "properties": properties,
        "examples": list(examples),
    }


TEXT = {"type": "string", "maxLength": 64}
NAME = {"type": "string", "minLength": 1, "maxLength": 64}


def to_environment(data: dict[str, Any]) -> Any:
    """From 1.1.0 to 2.0.0. It works for most; the rest is what a plugin's author has not thought of."""
    place = data["environment"] = data.pop("where")
    if place == "moon":
        raise LookupError(f"there is no {place}")
    return data if place != "void" else None


def to_actor(data: dict[str, Any]) -> dict[str, Any]:
    """From 2.0.0 to 3.0.0."""
    return {"environment": data["environment"], "actor": {"name": data.get("by", "somebody")}}


VERSIONS: dict[str, tuple[dict[str, Any], Callable[[dict[str, Any]], Any] | None]] = {
    "1.0.0": (schema("1.0.0", {"where": TEXT}, {"where": "production"}), None),
    "1.1.0": (
        schema("1.1.0", {"where": TEXT, "by": TEXT}, {"where": "production", "by": "ada"}),
        to_environment,
    ),
    "2.0.0": (schema("2.0.0", {"environment": NAME, "by": TEXT}, {"environment": "production"}), to_actor),
    "3.0.0": (
        schema("3.0.0", {"environment": NAME, "actor": {"type": "object", "required": ["name"]}}),
        None,
    ),
}


class DeployNamespace(Namespace):
    """Keeps all that ``apply`` was given."""

    name = "/deploys"

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, Any]]] = []

    def apply(self, event: Event) -> None:
        self.seen.append((event["dataschema"], dict(event.data)))

    def snapshot(self) -> dict[str, Any]:
        return {"seen": list(self.seen)}


class Deploys(Plugin):
    """Owns ``deploy`` in the version ``current``, and takes all earlier ones."""

    def __init__(self, current: str) -> None:
        self.current = current
        self.hooked: list[tuple[str, str]] = []

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        yield EventType(
            name="deploy",
            schema=VERSIONS[self.current][0],
            namespace="/deploys",
            policy=BufferPolicy.buffer_if_no_clients(),
            earlier=[
                EarlierVersion(schema=older, upcast=upcast)
                for version, (older, upcast) in VERSIONS.items()
                if version < self.current
            ],
        )

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        return [DeployNamespace]

    @hookimpl
    def validate(self, event: Event) -> Iterable[Issue]:
        self.hooked.append(("validate", event["dataschema"]))
        if event.data.get("environment") == "forbidden":
            yield Issue("forbidden", "/data/environment", "nobody deploys there")

    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any]:
        self.hooked.append(("enrich", event["dataschema"]))
        return {"subject": event.data.get("environment")}


def deploy(version: str | None = None, /, **data: Any) -> dict[str, Any]:
    """An event whose sender names ``version``, or none."""
    named = {"dataschema": f"urn:test:deploy/{version}"} if version else {}
    return {"type": "deploy", "source": "/test", "data": data} | named


@pytest.fixture
async def server(start_server: StartServer) -> AsyncServer:
    """A server with ``deploy`` 3.0.0."""
    return await start_server({"deploys": Deploys("3.0.0")})


async def get(server: AsyncServer, path: str) -> Any:
    async with aiohttp.ClientSession(server.url) as http, http.get(path) as response:
        return await response.json()


async def kept(server: AsyncServer) -> list[tuple[str, dict[str, Any]]]:
    """Version and data of what is kept."""
    events = (await get(server, "/v1/streams/deploys/events"))["events"]
    return [(event["dataschema"].rpartition("/")[2], event["data"]) for event in events]


async def test_without_a_dataschema_it_is_the_current_version(server: AsyncServer) -> None:
    await server.publish(deploy(environment="production"))
    assert await kept(server) == [("3.0.0", {"environment": "production"})]


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (deploy("1.0.0", where="qa"), {"environment": "qa", "actor": {"name": "somebody"}}),
        (deploy("1.1.0", where="qa", by="ada"), {"environment": "qa", "actor": {"name": "ada"}}),
        (deploy("2.0.0", environment="qa", by="ada"), {"environment": "qa", "actor": {"name": "ada"}}),
        (deploy("3.0.0", environment="qa"), {"environment": "qa"}),
    ],
    ids=["1.0.0", "1.1.0", "2.0.0", "3.0.0"],
)
async def test_an_event_of_an_earlier_version_is_kept_as_one_of_the_current(
    server: AsyncServer, event: dict[str, Any], data: dict[str, Any]
) -> None:
    """Step by step: what one up-caster gives, the next one takes."""
    (outcome,) = await server.publish(event)
    assert outcome.status == "accepted"
    assert await kept(server) == [("3.0.0", data)]


async def test_an_attribute_in_a_header_names_the_version_too(server: AsyncServer) -> None:
    headers = {"ce-specversion": "1.0", "ce-type": "deploy", "ce-source": "/test", "ce-id": "1"}
    headers["ce-dataschema"] = "urn:test:deploy/1.0.0"
    async with (
        aiohttp.ClientSession(server.url) as http,
        http.post("/v1/events", json={"where": "qa"}, headers=headers) as response,
    ):
        assert response.status == 202
    assert await kept(server) == [("3.0.0", {"environment": "qa", "actor": {"name": "somebody"}})]


async def test_two_senders_of_different_versions_at_once_and_a_client_that_sees_one(
    server: AsyncServer, connect: Connect
) -> None:
    client = await connect(server, "/deploys")
    async with aiohttp.ClientSession(server.url) as http:

        async def send(make: Callable[[int], dict[str, Any]]) -> None:
            for number in range(20):
                async with http.post("/v1/events", json=make(number)) as response:
                    assert response.status == 202

        await asyncio.gather(
            send(lambda number: deploy("1.1.0", where=f"old{number}", by="ada")),
            send(lambda number: deploy("3.0.0", environment=f"new{number}", actor={"name": "bob"})),
        )
    received = await client.wait("deploy", 40)
    assert {event["dataschema"] for event in received} == {"urn:test:deploy/3.0.0"}
    seen = {(event["data"]["environment"], event["data"]["actor"]["name"]) for event in received}
    assert seen == {(f"{age}{n}", who) for n in range(20) for age, who in (("old", "ada"), ("new", "bob"))}


async def test_hooks_and_states_see_the_current_version_alone(start_server: StartServer, connect: Connect) -> None:
    plugin = Deploys("3.0.0")
    server = await start_server({"deploys": plugin})
    await server.publish(deploy("1.0.0", where="qa"), deploy("2.0.0", environment="qa"), deploy(environment="qa"))
    current = "urn:test:deploy/3.0.0"
    assert plugin.hooked == [("validate", current), ("enrich", current)] * 3
    snapshot = (await connect(server, "/deploys")).named("ready")[0]["snapshot"]
    assert [dataschema for dataschema, _ in snapshot["seen"]] == [current] * 3


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (deploy("3.4.0", environment="qa", region="eu"), {"environment": "qa", "region": "eu"}),
        (deploy("2.0.7", environment="qa"), {"environment": "qa", "actor": {"name": "somebody"}}),
        (deploy("1.9.0", where="qa"), {"environment": "qa", "actor": {"name": "somebody"}}),
    ],
    ids=["newer than the server's", "a patch of an earlier one", "a minor of an earlier one"],
)
async def test_a_version_that_is_not_installed_counts_as_the_newest_of_its_major(
    server: AsyncServer, event: dict[str, Any], data: dict[str, Any]
) -> None:
    """Versions of one major are compatible in both directions, so a sender may be ahead of the server."""
    (outcome,) = await server.publish(event)
    assert outcome.status == "accepted"
    assert await kept(server) == [("3.0.0", data)]


async def test_what_the_newest_of_its_major_refuses_is_told_with_the_version_that_was_asked(
    server: AsyncServer,
) -> None:
    (outcome,) = await server.publish(deploy("3.4.0", region="eu"))
    first, second = outcome.issues
    assert (first.pointer, first.message) == (
        "/dataschema",
        "this version is not installed; the data was checked against 3.0.0",
    )
    assert (second.keyword, second.pointer) == ("required", "/data")


@pytest.mark.parametrize(
    "dataschema", ["urn:test:deploy/4.0.0", "urn:other:deploy/3.0.0", "https://example.com/deploy"]
)
async def test_a_version_of_a_major_that_is_not_installed_is_refused_with_those_that_are(
    server: AsyncServer, dataschema: str
) -> None:
    (outcome,) = await server.publish(deploy(environment="qa") | {"dataschema": dataschema})
    (issue,) = outcome.issues
    assert (issue.keyword, issue.pointer, issue.owner) == ("dataschema", "/dataschema", "embedded 0")
    assert issue.message.endswith(
        "installed: urn:test:deploy/3.0.0, urn:test:deploy/2.0.0, urn:test:deploy/1.1.0, urn:test:deploy/1.0.0"
    )


async def test_data_is_checked_against_the_version_that_it_names(server: AsyncServer) -> None:
    """The pointers lead into what the sender has sent."""
    (outcome,) = await server.publish(deploy("1.1.0", where="qa", by=5))
    assert [(issue.keyword, issue.pointer, issue.owner) for issue in outcome.issues] == [
        ("type", "/data/by", "embedded 0")
    ]


async def test_a_sender_of_an_earlier_version_that_does_not_say_so_is_told_how(server: AsyncServer) -> None:
    (outcome,) = await server.publish(deploy(where="qa"))
    told = [(issue.keyword, issue.pointer, issue.limit) for issue in outcome.issues]
    assert told == [("required", "/data", "environment"), ("dataschema", "/dataschema", "urn:test:deploy/1.1.0")]


async def test_the_rules_of_the_plugin_apply_to_the_current_version(server: AsyncServer) -> None:
    (outcome,) = await server.publish(deploy("1.0.0", where="forbidden"))
    assert [issue.keyword for issue in outcome.issues] == ["forbidden"]


FAULTS = [
    ("moon", "failed with LookupError"),
    ("void", "failed with TypeError"),
    ("", "gave data that 2.0.0 refuses: /environment: "),
]


@pytest.mark.parametrize(("place", "what"), FAULTS, ids=["it raises", "it gives nothing", "it gives invalid data"])
async def test_an_event_that_an_up_caster_fails_for_becomes_a_dead_letter_as_it_was_sent(
    server: AsyncServer, connect: Connect, place: str, what: str
) -> None:
    """The issue names plugin and step; the failure is counted and told; the server goes on."""
    errors = await connect(server, "/errors")
    events = [deploy("1.0.0", where=place), deploy("1.0.0", where="qa")]
    async with aiohttp.ClientSession(server.url) as http, http.post("/v1/events", json=events) as response:
        refused, accepted = (await response.json())["results"]
    assert (refused["status"], accepted["status"]) == ("rejected", "accepted")
    (issue,) = refused["issues"]
    assert (issue["keyword"], issue["pointer"], issue["owner"]) == ("upcast", "/data", "embedded 0")
    assert issue["message"].startswith(f"the plugin's up-caster from 1.1.0 to 2.0.0 {what}")
    (letter,) = (await get(server, "/v1/dead-letters"))["dead_letters"]
    assert letter["body"]["data"] == {"where": place}
    assert letter["body"]["dataschema"] == "urn:test:deploy/1.0.0"
    assert server.metrics.value("eventyard_hook_errors_total", plugin="deploys", hook="upcast") == 1
    told = {event["data"]["kind"]: event["data"] for event in await errors.wait("error", 2)}
    assert told.keys() == {"event_rejected", "plugin_failed"}
    assert told["plugin_failed"]["hook"] == "upcast"
    assert "deploy 1.1.0 → 2.0.0" in told["plugin_failed"]["message"]


async def test_an_old_sender_cannot_have_the_plugin_quarantined(start_server: StartServer) -> None:
    """Its hooks and its state serve those who send the current version."""
    server = await start_server({"deploys": Deploys("3.0.0")}, plugins={"max_failures": 3})
    await server.publish(*(deploy("1.0.0", where="moon") for _ in range(10)))
    assert server.metrics.value("eventyard_hook_errors_total", plugin="deploys", hook="upcast") == 10
    assert server.plugins.quarantined == []


async def test_data_that_a_newer_minor_does_not_take_is_refused_and_nobody_is_blamed(server: AsyncServer) -> None:
    """A member that 1.0.0 left open has got a meaning in 1.1.0."""
    (outcome,) = await server.publish(deploy("1.0.0", where="qa", by={"name": "ada"}))
    first, second = outcome.issues
    assert (first.pointer, first.message) == (
        "/dataschema",
        "the data satisfies 1.0.0, but not 1.1.0, which succeeds it",
    )
    assert second.pointer == "/data/by"
    assert server.metrics.value("eventyard_hook_errors_total", plugin="deploys", hook="upcast") == 0


async def test_all_versions_are_listed_the_current_one_first(server: AsyncServer) -> None:
    listed = {each["type"]: each for each in (await get(server, "/v1/schemas"))["schemas"]}["deploy"]
    assert (listed["version"], listed["id"]) == ("3.0.0", "urn:test:deploy/3.0.0")
    assert [version["version"] for version in listed["versions"]] == ["3.0.0", "2.0.0", "1.1.0", "1.0.0"]
    for version in listed["versions"]:
        assert await get(server, version["href"]) == VERSIONS[version["version"]][0]
    assert [step["to"] for step in listed["versions"][-1]["steps"]] == ["1.1.0", "2.0.0", "3.0.0"]


async def test_a_version_that_is_not_installed_has_no_schema_and_those_that_are_are_told(server: AsyncServer) -> None:
    problem = await get(server, "/v1/schemas/deploy/1.2.0")
    assert (problem["status"], problem["type"]) == (404, "urn:eventyard:problem:unknown_version")
    assert problem["detail"] == "deploy is installed in version 3.0.0, 2.0.0, 1.1.0, 1.0.0, not '1.2.0'"


async def test_events_from_before_an_upgrade_are_seen_in_the_current_version(
    start_server: StartServer, connect: Connect, tmp_path: Path
) -> None:
    """By the state, by those who catch up and in the history; the places in the stream stay."""
    options = {"data_dir": str(tmp_path)}
    server = await start_server({"deploys": Deploys("1.0.0")}, **options)
    await server.publish(deploy(where="qa"), deploy(where="production"))
    await server.stop()

    server = await start_server({"deploys": Deploys("3.0.0")}, **options)
    await server.publish(deploy(environment="later"))
    data = [
        {"environment": "qa", "actor": {"name": "somebody"}},
        {"environment": "production", "actor": {"name": "somebody"}},
        {"environment": "later"},
    ]
    assert await kept(server) == [("3.0.0", each) for each in data]
    client = await connect(server, "/deploys", auth={"resume": "earliest"})
    received = await client.wait("deploy", 3)
    assert [(event["dataschema"], event["data"]) for event in received] == [
        ("urn:test:deploy/3.0.0", each) for each in data
    ]
    assert [int(event["sequence"]) for event in received] == [1, 2, 3]
    assert client.named("ready")[0]["snapshot"]["seen"] == [["urn:test:deploy/3.0.0", each] for each in data]


async def test_an_upgrade_changes_nothing_of_what_is_stored(start_server: StartServer, tmp_path: Path) -> None:
    """So it can be undone; what the newer version has written meanwhile is shown as it is, and not in the state."""
    options = {"data_dir": str(tmp_path)}
    for version, event in [("1.0.0", deploy(where="qa")), ("3.0.0", deploy(environment="later"))]:
        server = await start_server({"deploys": Deploys(version)}, **options)
        await server.publish(event)
        await server.stop()
    server = await start_server({"deploys": Deploys("1.0.0")}, **options)
    assert await kept(server) == [("1.0.0", {"where": "qa"}), ("3.0.0", {"environment": "later"})]


async def test_a_stored_event_that_an_up_caster_fails_for_is_shown_as_it_is_and_not_in_the_state(
    start_server: StartServer, connect: Connect, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told once, not for every event and every look at it."""
    options = {"data_dir": str(tmp_path)}
    server = await start_server({"deploys": Deploys("1.0.0")}, **options)
    await server.publish(deploy(where="moon"), deploy(where="qa"), deploy(where="moon"))
    await server.stop()

    with caplog.at_level(logging.WARNING, logger="eventyard"):
        server = await start_server({"deploys": Deploys("3.0.0")}, **options)
        expected = [("1.0.0", {"where": "moon"}), ("3.0.0", {"environment": "qa", "actor": {"name": "somebody"}})]
        assert await kept(server) == [*expected, expected[0]]
        client = await connect(server, "/deploys", auth={"resume": "earliest"})
    assert [event["data"] for event in await client.wait("deploy", 3)] == [data for _, data in [*expected, expected[0]]]
    assert client.named("ready")[0]["snapshot"]["seen"] == [["urn:test:deploy/3.0.0", expected[1][1]]]
    assert server.metrics.value("eventyard_hook_errors_total", plugin="deploys", hook="upcast") == 1
    told = [record.getMessage() for record in caplog.records if "stay as they are" in record.getMessage()]
    assert told == [
        "stored events of urn:test:deploy/1.0.0 stay as they are: deploy 1.1.0 → 2.0.0: LookupError: there is no moon"
    ]
