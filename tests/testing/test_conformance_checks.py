"""Each check finds the plugin that breaks it: one that does all that is demanded, but for one thing."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from eventyard import (
    BufferPolicy,
    EarlierVersion,
    Event,
    EventType,
    Issue,
    MalformedBody,
    Namespace,
    Plugin,
    Route,
    hookimpl,
    timestamp,
)
from eventyard.conformance import CHECKS, Candidate, Evidence


def deployment_schema(version: str, **changes: Any) -> dict[str, Any]:
    """A version of the schema of ``deployment``; ``changes`` are made to it."""
    text = {"title": "Environment", "description": "Where to.", "type": "string", "minLength": 1, "maxLength": 64}
    outcome = {"title": "Outcome", "description": "How it ended.", "enum": ["success", "failed"]}
    url = {"title": "URL", "description": "Where to see it.", "$ref": "urn:eventyard:common/1.0.0#/$defs/uri"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:eventyard:deployment/{version}",
        "title": "Deployment",
        "description": "Something was put into an environment.",
        "type": "object",
        "required": ["environment", "outcome"],
        "properties": {"environment": text, "outcome": outcome, "url": url},
        "examples": [
            {"environment": "production", "outcome": "success", "url": "https://shop.example.com"},
            {"environment": "staging", "outcome": "failed"},
        ],
    } | changes


class GoodNamespace(Namespace):
    """Knows the last outcome in each environment."""

    name = "/deployments"

    def __init__(self) -> None:
        super().__init__()
        self.last: dict[str, Any] = {}

    def apply(self, event: Event) -> None:
        self.last[event.data["environment"]] = {"outcome": event.data["outcome"], "time": event.time}

    def snapshot(self) -> dict[str, Any]:
        return {"environments": dict(self.last)}

    def on_last(self, sid: str, data: Any = None) -> Any:
        return self.last.get(data) if isinstance(data, str) else None


class GoodPlugin(Plugin):
    """A plugin with something of everything."""

    config_schema = {
        "type": "object",
        "properties": {"limit": {"title": "Limit", "description": "How many.", "type": "integer", "default": 5}},
    }
    handler: type[Namespace] = GoodNamespace
    schema: Mapping[str, Any] = deployment_schema("2.0.0")
    earlier: Sequence[EarlierVersion] = (
        EarlierVersion(
            schema=deployment_schema(
                "1.0.0", required=["environment"], examples=[{"environment": "a"}, {"environment": "b"}]
            ),
            upcast=lambda data: {"outcome": "success"} | data,
        ),
    )

    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        return [
            EventType(
                name="deployment",
                schema=self.schema,
                namespace="/deployments",
                policy=BufferPolicy.buffer_if_no_clients(),
                earlier=self.earlier,
            )
        ]

    @hookimpl
    def namespaces(self) -> Iterable[type[Namespace]]:
        return [self.handler]

    @hookimpl
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> Sequence[Event] | None:
        if source != "deploy":
            return None
        if not isinstance(body, dict) or not isinstance(body.get("environment"), str):
            raise MalformedBody("expected an object with an environment")
        return [Event.create("deployment", source="/deploy", data={"outcome": "success"} | body)]

    @hookimpl
    def validate(self, event: Event) -> Iterable[Issue] | None:
        if event.data["environment"] == "moon":
            return [Issue("reachable", "/data/environment", "an environment on this planet")]
        return None

    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        return {"subject": event.data["environment"]} if event.data["environment"].isalnum() else None

    @hookimpl
    def emit(self, event: Event, route: Route) -> None:
        pass


BY_NAME = {check.name: check for check in CHECKS}


def objections(check: str, plugin: Any, **evidence: Any) -> list[str]:
    """What a check has against a plugin."""
    verdict = asyncio.run(BY_NAME[check].examine(Candidate.of(plugin, Evidence(**evidence))))
    assert verdict.skipped is None, verdict.skipped
    return [str(objection) for objection in verdict.objections]


@pytest.mark.parametrize("check", BY_NAME)
def test_a_good_plugin_passes(check: str) -> None:
    evidence = {
        "accepted": {"deployment": [{"environment": "test", "outcome": "success"}]},
        "refused": {"deployment": [({"environment": "moon", "outcome": "failed"}, "reachable"), ([], "type")]},
        "bodies": {"deploy": [{"environment": "staging"}]},
        "settings": {"limit": 7},
    }
    assert objections(check, GoodPlugin, **evidence) == []


class FailsToConfigure(GoodPlugin):
    def configure(self, table: Mapping[str, Any]) -> None:
        raise LookupError("no database")


class FailsToOpen(GoodPlugin):
    @hookimpl
    @asynccontextmanager
    async def lifespan(self, server: Any) -> Any:
        raise OSError("no such host")
        yield


class HandlerThatCannotBeMade(GoodNamespace):
    def __init__(self) -> None:
        raise LookupError("no state")


class WithoutHandler(GoodPlugin):
    handler = HandlerThatCannotBeMade


class TakesADict(GoodPlugin):
    @hookimpl
    def enrich(self, event: dict[str, Any]) -> Mapping[str, Any] | None:  # type: ignore[override]  # the mistake
        return None


class TakesWider(GoodPlugin):
    @hookimpl
    def enrich(self, event: Mapping[str, Any], future: int = 0) -> Mapping[str, Any] | None:
        return None


class ClaimsToolStart(Plugin):
    @hookimpl
    def event_types(self) -> Iterable[EventType]:
        schema = deployment_schema("1.0.0", **{"$id": "urn:acme:tool_start/1.0.0"})
        policy = BufferPolicy.always_send()
        return [EventType(name="tool_start", schema=schema, namespace="/deployments", policy=policy)]


class UndescribedSetting(GoodPlugin):
    config_schema = {"type": "object", "properties": {"limit": {"type": "integer", "default": 5}, "other": True}}


class SettingWithoutDefault(GoodPlugin):
    config_schema = {"type": "object", "properties": {"url": {"title": "URL", "description": "To.", "type": "string"}}}


class MisspeltSettings(GoodPlugin):
    config_schema = {"type": "object", "properties": {"limit": {"type": "number", "minimum": "low", "default": 1}}}


class UndescribedSchema(GoodPlugin):
    schema = deployment_schema("2.0.0", description="")


class WithoutExample(GoodPlugin):
    schema = deployment_schema("2.0.0", examples=[])


class RefusesItsExample(GoodPlugin):
    @hookimpl
    def validate(self, event: Event) -> Iterable[Issue] | None:
        return [Issue("project_needed", "/project", "a project")] if event.project is None else None


class Closed(GoodPlugin):
    schema = deployment_schema("2.0.0", additionalProperties=False)


class TypelessMember(GoodPlugin):
    schema = deployment_schema(
        "2.0.0",
        properties={
            "environment": {"title": "Environment", "description": "Where to.", "minLength": 1, "maxLength": 64},
            "outcome": {"title": "Outcome", "description": "How.", "enum": ["success", "failed"]},
        },
    )


class TakesAnything(GoodPlugin):
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:eventyard:deployment/2.0.0",
        "title": "Deployment",
        "description": "Anything.",
        "examples": [{"environment": "a", "outcome": "success"}, {"environment": "b", "outcome": "success"}],
    }


class CountsOnTheUrl(GoodPlugin):
    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        return {"project": event.data["url"][:5]}


class GivesAList(GoodPlugin):
    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        return ["subject"]  # type: ignore[return-value]  # the mistake


class BreaksTheEnvelope(GoodPlugin):
    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        return {"host": 7}


class SinkThatFails(GoodPlugin):
    @hookimpl
    async def emit(self, event: Event, route: Route) -> None:  # type: ignore[override]  # a hook may be a coroutine
        raise ConnectionError("refused")


class CountsOnTheSession(GoodNamespace):
    def apply(self, event: Event) -> None:
        assert event.session is not None
        self.last[event.session.upper()] = event.id


class StateBySession(GoodPlugin):
    handler = CountsOnTheSession


class UpcastsTheExamplesAlone(GoodPlugin):
    earlier = (
        EarlierVersion(
            schema=deployment_schema("1.0.0", required=["environment"]),
            upcast=lambda data: {"environment": data["environment"], "outcome": data["outcome"]},
        ),
    )


class AddsTheTime(GoodPlugin):
    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        return {"subject": timestamp()}


class AddsMoreEachTime(GoodPlugin):
    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        return {"project": "shop"} if event.subject else {"subject": "shop"}


class ChangesTheEvent(GoodPlugin):
    schema = deployment_schema(
        "2.0.0",
        examples=[{"environment": "a", "outcome": "failed", "steps": []}, {"environment": "b", "outcome": "failed"}],
    )

    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        event.data.get("steps", []).append("seen")
        return None


class ObjectsAsState(GoodNamespace):
    def snapshot(self) -> dict[str, Any]:
        return {"environments": set(self.last)}


class StateThatIsNoJson(GoodPlugin):
    handler = ObjectsAsState


class SharedState(GoodNamespace):
    def snapshot(self) -> dict[str, Any]:
        return {"environments": self.last}


class StateThatChanges(GoodPlugin):
    handler = SharedState


class ClockAsState(GoodNamespace):
    def snapshot(self) -> dict[str, Any]:
        return {"environments": dict(self.last), "at": timestamp()}


class StateOfTheClock(GoodPlugin):
    handler = ClockAsState


class ListAsState(GoodNamespace):
    def snapshot(self) -> Any:
        return list(self.last)


class StateThatIsNoObject(GoodPlugin):
    handler = ListAsState


class TrustsClients(GoodNamespace):
    def on_last(self, sid: str, data: Any = None) -> Any:
        return self.last[data["environment"]]


class ClientEventThatFails(GoodPlugin):
    handler = TrustsClients


class NeverAnswers(GoodNamespace):
    async def on_last(self, sid: str, data: Any = None) -> Any:
        await asyncio.Event().wait()


class ClientEventWithoutAnswer(GoodPlugin):
    handler = NeverAnswers


class TrustsTheAgent(GoodPlugin):
    @hookimpl
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> Sequence[Event] | None:
        if source != "trusts_the_agent":
            return None
        return [Event.create("deployment", source="/deploy", data={"outcome": "success"} | body)]


class Sleeps(GoodPlugin):
    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        time.sleep(0.15)
        return None


class SleepsInACoroutine(GoodPlugin):
    @hookimpl
    async def emit(self, event: Event, route: Route) -> None:  # type: ignore[override]  # a hook may be a coroutine
        await asyncio.sleep(0)
        time.sleep(0.15)  # noqa: ASYNC251 - the mistake


class SleepsInTheHandler(GoodNamespace):
    def on_last(self, sid: str, data: Any = None) -> Any:
        time.sleep(0.15)


class SlowClientEvent(GoodPlugin):
    handler = SleepsInTheHandler


class PatientSink(GoodPlugin):
    @hookimpl
    async def emit(self, event: Event, route: Route) -> None:  # type: ignore[override]  # a hook may be a coroutine
        await asyncio.sleep(0.15)


class ClassAttributeAsState(GoodNamespace):
    everything: dict[str, Any] = {}

    def __init__(self) -> None:
        super().__init__()
        self.last = self.everything


class StateOfAllServers(GoodPlugin):
    handler = ClassAttributeAsState


class RemembersForAll(GoodPlugin):
    seen: list[str] = []

    @hookimpl
    def enrich(self, event: Event) -> Mapping[str, Any] | None:
        if event.id in self.seen:
            return {"subject": "again"}
        self.seen.append(event.id)
        return None


@pytest.mark.parametrize(
    ("check", "plugin", "told"),
    [
        (
            "loading",
            FailsToConfigure,
            "plugin 'fails_to_configure' of embedded 0 cannot be used: LookupError: no database",
        ),
        ("loading", FailsToOpen, "OSError: no such host"),
        (
            "loading",
            WithoutHandler,
            "its handler of /deployments, HandlerThatCannotBeMade, cannot be made: LookupError: no",
        ),
        ("signatures", TakesADict, "enrich: its parameter event is a dict[str, typing.Any], expected Event"),
        ("ownership", ClaimsToolStart, "event type 'tool_start' has two owners: "),
        ("settings", UndescribedSetting, "setting limit: it has no title and no description"),
        ("settings", UndescribedSetting, "setting other: it says nothing of its value"),
        ("settings", SettingWithoutDefault, "setting url: it has no default, and is not required either"),
        ("schemas", UndescribedSchema, "deployment 2.0.0: /: "),
        ("schemas", WithoutExample, "deployment 2.0.0: /: two whole examples are expected, because "),
        ("examples", WithoutExample, "deployment: it has no example"),
        ("examples", RefusesItsExample, 'the example {"environment":"production"'),
        ("examples", Closed, "deployment: its data is closed to members that the schema does not name"),
        ("counterexamples", TypelessMember, "its schema takes an example /environment with a value of the kind array"),
        ("counterexamples", TakesAnything, "deployment: its schema refuses nothing"),
        ("robustness", CountsOnTheUrl, "enrich: it failed with KeyError: 'url' for the deployment {"),
        ("robustness", GivesAList, "enrich: it failed with TypeError: enrich gave list, expected a mapping or None"),
        ("robustness", BreaksTheEnvelope, "enrich: it failed with ValueError: what enrich adds breaks the schema: "),
        ("robustness", SinkThatFails, "emit: it failed with ConnectionError: refused for the deployment {"),
        ("robustness", StateBySession, "apply: it failed with AssertionError: "),
        ("upcasting", UpcastsTheExamplesAlone, "deployment 1.0.0: deployment 1.0.0 → 2.0.0: KeyError: 'outcome', for"),
        ("enrichment", AddsTheTime, "enrich of deployment: it adds "),
        ("enrichment", AddsMoreEachTime, 'it adds {"project":"shop"} to an event that it has enriched already'),
        ("enrichment", ChangesTheEvent, "enrich of deployment: it changes the event itself; it was {"),
        ("state", StateThatIsNoJson, "/deployments: snapshot is no JSON: Type is not JSON serializable: set"),
        ("state", StateThatIsNoObject, "/deployments: snapshot gives list, expected dict"),
        (
            "state",
            StateThatChanges,
            "/deployments: later events change a snapshot that was given out: at /",
        ),
        ("state", StateOfTheClock, "/deployments: from the same events, an hour apart, two states are made: at /at "),
        (
            "client_events",
            ClientEventThatFails,
            "on_last: it failed with TypeError: 'NoneType' object is ",
        ),
        ("foreign_bodies", TrustsTheAgent, "decode: it failed with TypeError: "),
        ("blocking", Sleeps, "enrich of deployment: it holds up the event loop, and so all clients, for 0.1"),
        ("blocking", SleepsInACoroutine, "emit of deployment: it holds up the event loop, and so all clients, for 0.1"),
        ("blocking", SlowClientEvent, "/deployments on_last: it holds up the event loop, and so all clients, for 0.1"),
        ("isolation", StateOfAllServers, "/deployments: events of another server change its state: at /environments/"),
        (
            "isolation",
            RemembersForAll,
            "enrich of deployment: one server after the other makes something else of the same ",
        ),
    ],
)
def test_a_check_finds_what_is_wrong_and_tells_where(check: str, plugin: Any, told: str) -> None:
    found = objections(check, plugin)
    assert any(told in objection for objection in found), found


@pytest.mark.parametrize(
    ("check", "plugin"),
    [
        pytest.param("signatures", TakesWider, id="a parameter that takes more, and one of the future"),
        pytest.param("blocking", PatientSink, id="a coroutine that waits for something"),
        pytest.param("robustness", RefusesItsExample, id="a plugin that refuses"),
    ],
)
def test_a_check_lets_pass_what_is_allowed(check: str, plugin: Any) -> None:
    assert objections(check, plugin) == []


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ([({"environment": "moon", "outcome": "failed"}, "enum")], "expected to be refused by enum, and is refused by"),
        (
            [({"environment": "test", "outcome": "failed"}, "enum")],
            "to be refused by enum, and is accepted",
        ),
        ([({}, "required"), ({"environment": 7, "outcome": "no"}, "type")], "and is refused by enum, type"),
    ],
)
def test_what_the_author_lists_is_refused_by_that_rule_alone(listed: Any, told: str) -> None:
    (objection,) = objections("counterexamples", GoodPlugin, refused={"deployment": listed})
    assert told in objection


def test_values_that_are_refused_are_listed_by_type() -> None:
    (objection,) = objections("counterexamples", GoodPlugin, refused={"deploy": [({}, "required")]})
    assert objection == "deploy: values that are refused are listed, but the plugin has no such type"


def test_what_the_author_says_is_accepted_is_tried() -> None:
    (objection,) = objections("examples", GoodPlugin, accepted={"deployment": [{"environment": "a", "outcome": "no"}]})
    assert "/data/outcome: " in objection


def test_attributes_that_events_need_are_sent_along() -> None:
    assert objections("examples", RefusesItsExample, attributes={"project": "shop"}) == []


def test_bodies_are_decoded_into_events_that_are_accepted() -> None:
    bodies = {"deploy": [{"environment": "moon"}], "other": [{}]}
    assert objections("foreign_bodies", GoodPlugin, bodies=bodies) == [
        "decode: it does not know the source 'other', of which bodies are given",
        'decode of deploy: the body {"environment":"moon"} is refused: an environment on this planet',
    ]


def test_a_source_that_nobody_knows_of_is_told() -> None:
    (objection,) = objections("foreign_bodies", GoodPlugin)
    assert "its sources are not known" in objection


def test_a_bound_of_the_plugin_s_own_counts() -> None:
    assert objections("blocking", Sleeps, loop_bound=5) == []


def test_settings_are_those_of_the_author() -> None:
    verdict = asyncio.run(BY_NAME["examples"].examine(Candidate.of(GoodPlugin, Evidence(settings={"limits": 1}))))
    assert "plugin.good.limits is no setting of this plugin; did you mean 'limit'?" in (verdict.skipped or "")


def test_a_plugin_that_cannot_be_loaded_is_looked_at_no_further() -> None:
    """That it cannot is told once."""
    candidate = Candidate.of(FailsToConfigure, Evidence())
    verdicts = [asyncio.run(check.examine(candidate)) for check in CHECKS]
    assert [verdict.check.name for verdict in verdicts if verdict.objections] == ["loading"]
    assert {verdict.skipped for verdict in verdicts[1:-1]} == {
        "it cannot be loaded: plugin 'fails_to_configure' of embedded 0 cannot be used: LookupError: no database"
    }


def test_a_client_event_that_is_never_answered_is_told() -> None:
    found = objections("client_events", ClientEventWithoutAnswer, answer_bound=0.2)
    assert "/deployments on_last: it does not answer [] within 0.2 seconds" in found
