"""The fixtures, as tests of plugins use them: plain functions, a real server, real clients."""

from collections.abc import Callable
from typing import Any

import pytest
from eventyard import Event, Namespace, Plugin, Route, hookimpl, timestamp
from eventyard.errors import PluginError
from eventyard.testing import Connect, FrozenClock, HttpClient, StartServer

RunPytest = Callable[..., Any]
START = {"type": "tool_start", "source": "/test", "correlationid": "t1", "data": {"tool": "Bash"}}


class Board(Namespace):
    """Counts tool calls."""

    name = "/board"
    observes = ("tool_start",)

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def configure(self, table: Any) -> None:
        self.step = table["step"]

    def apply(self, event: Event) -> None:
        self.count += self.step

    def snapshot(self) -> dict[str, Any]:
        return {"count": self.count}

    def on_add(self, sid: str, first: int, second: int) -> int:
        return first + second


class BoardPlugin(Plugin):
    config_schema = {"type": "object", "properties": {"step": {"type": "integer", "default": 1}}}

    @hookimpl
    def namespaces(self) -> list[type[Namespace]]:
        return [Board]


def test_a_server_has_the_plugins_that_are_named_and_no_others(
    eventyard_server: StartServer, eventyard_http: Callable[..., HttpClient]
) -> None:
    server = eventyard_server("tool", BoardPlugin)
    streams = eventyard_http(server).get("/v1/streams").json()["streams"]
    assert sorted(stream["name"] for stream in streams) == ["board", "tools"]


def test_a_server_without_plugins_has_none(eventyard_server: StartServer) -> None:
    (outcome,) = eventyard_server().publish(START)
    assert outcome.issues[0].keyword == "unknown_type"


def test_the_class_of_an_installed_plugin_is_that_plugin(eventyard_server: StartServer) -> None:
    from eventyard_tool import ToolPlugin

    (plugin,) = [each for each in eventyard_server(ToolPlugin).plugins.plugins if each.plugin]
    assert (plugin.name, plugin.distribution.name) == ("tool", "eventyard-tool")


def test_a_plugin_that_is_not_installed_is_an_error(eventyard_server: StartServer) -> None:
    with pytest.raises(PluginError, match=r"'toll', but no installed distribution.* did you mean 'tool'"):
        eventyard_server("toll")


def test_settings_can_be_changed_those_of_plugins_too(eventyard_server: StartServer, eventyard_client: Connect) -> None:
    server = eventyard_server("tool", BoardPlugin, plugin={"board": {"step": 10}}, max_buffer_size=1)
    server.publish(START, START)
    assert eventyard_client(server, "/board").state() == {"count": 20}
    assert len(eventyard_client(server, "/tools", resume="earliest").wait_for_events(1)) == 1


def test_a_client_gets_state_events_and_answers(eventyard_server: StartServer, eventyard_client: Connect) -> None:
    server = eventyard_server("tool", BoardPlugin())
    server.publish(START)
    tools, board = eventyard_client(server, "/tools", resume="latest"), eventyard_client(server, "/board")
    assert board.ready["snapshot"] == {"count": 1}
    server.publish(START | {"id": "e2"})
    (event,) = tools.wait("tool_start")
    assert event["id"] == "e2"
    assert tools.events == [event]
    assert board.call("add", 1, 2) == 3


def test_a_client_gets_batches_when_it_asks_for_them(eventyard_server: StartServer, eventyard_client: Connect) -> None:
    server = eventyard_server("tool")
    server.publish(START | {"id": "e1"}, START | {"id": "e2"})
    client = eventyard_client(server, "/tools", batch=True, resume="earliest")
    assert [event["id"] for event in client.wait_for_events(2)] == ["e1", "e2"]
    assert {name for name, _ in client.received} == {"events", "ready"}


def test_what_does_not_come_is_told_with_what_came(
    eventyard_server: StartServer, eventyard_client: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = eventyard_client(eventyard_server("tool"), "/tools")
    client.patience = 0.05
    with pytest.raises(TimeoutError, match="/tools: expected 1 tool_start, got 0 of: ready"):
        client.wait("tool_start")


def test_http_answers_come_with_status_headers_and_body(
    eventyard_server: StartServer, eventyard_http: Callable[..., HttpClient]
) -> None:
    http = eventyard_http(eventyard_server("tool"))
    answer = http.post("/v1/events", START)
    assert (answer.status, answer.json()["accepted"]) == (202, 1)
    refused = http.post("/v1/events", b"no json", content_type="application/json")
    assert refused.status == 400
    assert refused.headers["content-type"].startswith("application/problem+json")


def test_the_clock_stands_still_until_it_is_told_to_go_on(
    eventyard_server: StartServer, eventyard_client: Connect, eventyard_clock: FrozenClock
) -> None:
    server = eventyard_server("tool")
    client = eventyard_client(server, "/tools")
    assert eventyard_clock.time == timestamp() == "2026-01-31T12:00:00.000Z"
    server.publish(START)
    eventyard_clock.advance(0.5)
    server.publish(START)
    eventyard_clock.set("2030-01-01T00:00:00+01:00")
    server.publish(START)
    assert [event["time"] for event in client.wait("tool_start", 3)] == [
        "2026-01-31T12:00:00.000Z",
        "2026-01-31T12:00:00.500Z",
        "2029-12-31T23:00:00.000Z",
    ]
    with pytest.raises(ValueError, match="got 'noon'"):
        eventyard_clock.set("noon")


def test_events_grow_old_by_the_clock(
    eventyard_server: StartServer, eventyard_http: Callable[..., HttpClient], eventyard_clock: FrozenClock
) -> None:
    server = eventyard_server("tool", journal={"durability": "memory", "max_age": 60})
    server.publish(START | {"id": "old"})
    eventyard_clock.advance(61)
    server.publish(START | {"id": "new"})
    events = eventyard_http(server).get("/v1/streams/tools/events").json()["events"]
    assert [event["id"] for event in events] == ["new"]


class Careless(Plugin):
    @hookimpl
    def emit(self, event: Event, route: Route) -> None:
        raise KeyError("url")


def test_a_failure_of_a_plugin_is_noted(eventyard_server: StartServer) -> None:
    """Here it is meant, so it is taken out."""
    server = eventyard_server("tool", Careless)
    server.publish(START)
    server.stop()
    assert eventyard_server.failures.pop() == "emit of the plugin careless failed for a tool_start: KeyError: 'url'"


def test_a_failure_that_is_not_meant_fails_the_test(run_pytest: RunPytest) -> None:
    """The server itself goes on, so that nobody might notice."""
    done = run_pytest(
        """
        from eventyard import Plugin, hookimpl

        class Careless(Plugin):
            @hookimpl
            def enrich(self, event):
                raise KeyError("url")

        def test_it(eventyard_server):
            server = eventyard_server("tool", Careless)
            (outcome,) = server.publish({"type": "tool_start", "source": "/test", "data": {"tool": "Bash"}})
            assert outcome.status == "accepted"
        """
    )
    assert "1 passed, 1 error" in done.stdout
    assert "  - enrich of the plugin careless failed for a tool_start: KeyError: 'url'" in done.stdout
