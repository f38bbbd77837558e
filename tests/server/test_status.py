"""What the server says of itself."""

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Plugin

MakeEvent = Callable[..., dict[str, Any]]
Connect = Callable[..., Awaitable[Any]]
StartServer = Callable[..., Awaitable[AsyncServer]]


async def test_health_tells_status_uptime_durability_and_plugins(http: aiohttp.ClientSession) -> None:
    async with http.get("/health") as response:
        health = await response.json()
    assert (response.status, health["status"], health["durability"]) == (200, "healthy", "full")
    assert health["uptime"] >= 0
    assert {plugin["name"] for plugin in health["plugins"]} >= {"tool", "agent", "file", "error", "session", "system"}


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_a_running_server_lives_and_is_ready(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as response:
        assert (response.status, await response.read()) == (204, b"")


async def test_metrics_come_as_json_and_as_prometheus_text(
    server: AsyncServer, http: aiohttp.ClientSession, make_event: MakeEvent
) -> None:
    """The four stages of the specification's budget are histograms."""
    async with http.post("/v1/events", json=[make_event(), make_event()]):
        pass
    async with http.get("/metrics") as response:
        metrics = (await response.json())["metrics"]
    samples = {
        (sample["name"], sample["labels"].get("stage")): sample["value"]
        for sample in metrics["eventyard_stage_seconds"]["samples"]
    }
    for stage in ("receive", "validate_enrich", "commit", "broadcast"):
        assert samples["eventyard_stage_seconds_count", stage] >= 1
    for query, headers in (("?format=prometheus", {}), ("", {"Accept": "text/plain"})):
        async with http.get(f"/metrics{query}", headers=headers) as response:
            assert 'eventyard_events_total{status="accepted"}' in await response.text()
            assert response.content_type == "text/plain"


async def test_the_shared_schemas_are_shown_beside_those_of_types(http: aiohttp.ClientSession) -> None:
    for name in ("envelope/1.0.0", "common/1.0.0", "tool_start/1.0.0"):
        async with http.get(f"/v1/schemas/{name}") as response:
            assert (await response.json())["$id"] == f"urn:eventyard:{name}"
    for name, code in (("tool_start/9.9.9", "unknown_version"), ("no_such/1.0.0", "unknown_type")):
        async with http.get(f"/v1/schemas/{name}") as response:
            assert response.status == 404
            assert (await response.json(content_type=None))["type"] == f"urn:eventyard:problem:{code}"


@pytest.mark.parametrize("debug", [False, True])
async def test_a_failure_of_the_server_is_a_problem_with_a_traceback_only_in_debug_mode(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch, debug: bool
) -> None:
    server = await start_server(debug=debug)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(server.metrics, "to_json", fail)
    async with aiohttp.ClientSession(server.url) as http, http.get("/metrics") as response:
        answer = await response.json(content_type=None)
    assert (response.status, answer["detail"]) == (500, "the server failed with ZeroDivisionError; its log has more")
    assert ("traceback" in answer) is debug


class Configured(Plugin):
    config_schema = {"type": "object", "properties": {"limit": {"type": "integer", "default": 5}}}

    def configure(self, table: Any) -> None:
        self.table = table


async def test_a_plugin_object_is_configured_like_an_installed_plugin(start_server: StartServer) -> None:
    plugin = Configured()
    await start_server({"mine": plugin}, plugin={"mine": {"limit": 7}})
    assert plugin.table == {"limit": 7}


async def test_a_relative_data_directory_is_fine(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Any, make_event: MakeEvent
) -> None:
    monkeypatch.chdir(tmp_path)
    server = await start_server(data_dir="here/data")
    await server.publish(make_event())
    assert (tmp_path / "here" / "data" / "journal.sqlite3").exists()
    assert (tmp_path / "here" / "data").stat().st_mode & 0o777 == 0o700
