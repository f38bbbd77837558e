"""``eventyard plugins``, with plugins that are installed for the test."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

Cli = Callable[..., Result]
Install = Callable[[str, str], None]

GARDEN = """
from eventyard import BufferPolicy, EventType, Issue, Namespace, Plugin, hookimpl

def schema(name):
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:eventyard:{name}/1.0.0",
        "title": name, "description": "A plant was watered.", "type": "object", "properties": {},
        "examples": [{}, {"litres": 2}],
    }

class Garden(Namespace):
    name = "/garden"

class It(Plugin):
    @hookimpl
    def event_types(self):
        policy = BufferPolicy.buffer_if_no_clients(50)
        return [EventType(name="watered", schema=schema("watered"), namespace="/garden", policy=policy)]

    @hookimpl
    def namespaces(self):
        return [Garden]

    @hookimpl
    def validate(self, event):
        if event.data.get("litres", 0) > 9:
            return [Issue("flood", "/data/litres", "no plant takes more than 9 litres", 9)]
"""
WEATHER = """
from eventyard import Plugin, hookimpl

class It(Plugin):
    @hookimpl
    async def enrich(self, event):
        return {"subject": "rain"}

    @hookimpl
    def route(self, event):
        return None
"""


def listed(result: Result) -> dict[str, dict[str, Any]]:
    """The plugins of a JSON listing, by name."""
    return {plugin["name"]: plugin for plugin in json.loads(result.stdout)["plugins"]}


def test_a_plugin_is_listed_with_its_distribution_and_what_it_owns(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    result = cli("plugins", "list", "--json")
    assert result.exit_code == 0
    garden = listed(result)["garden"]
    assert (garden["distribution"], garden["version"], garden["status"]) == ("acme-garden", "1.2", "active")
    assert (garden["types"], garden["namespaces"]) == (["watered"], ["/garden"])
    (line,) = [line for line in cli("plugins", "list").stdout.splitlines() if line.startswith("garden ")]
    assert line.split() == ["garden", "acme-garden", "1.2", "active", "watered", "→", "/garden", "hooks", "validate"]


def test_a_plugin_that_cannot_be_imported_is_told_and_ends_with_1(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    install("broken", "import no_such_module")
    result = cli("plugins", "list", "--json")
    assert result.exit_code == 1
    assert listed(result)["garden"]["status"] == "active"
    broken = listed(result)["broken"]
    assert (broken["status"], broken["reason"]) == (
        "quarantined",
        "ModuleNotFoundError: No module named 'no_such_module'",
    )
    assert result.stderr == (
        "Warning: the plugin broken (acme-broken 1.2) cannot be used: "
        "ModuleNotFoundError: No module named 'no_such_module'\n"
    )


@pytest.mark.parametrize("options", [["--disable", "broken"], ["--only", "garden"], ["--no-third-party"]])
def test_a_plugin_can_be_left_out(cli: Cli, install: Install, options: list[str]) -> None:
    install("garden", GARDEN)
    install("broken", "import no_such_module")
    result = cli("plugins", "list", "--json", *options)
    assert result.exit_code == 0
    assert listed(result)["broken"]["status"] == "disabled"


def test_a_required_plugin_that_fails_is_an_error(cli: Cli, install: Install) -> None:
    install("broken", "import no_such_module")
    result = cli("plugins", "list", "--require", "broken")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: required plugin 'broken' of acme-broken 1.2 cannot be used")


def test_two_owners_of_a_namespace_are_an_error_that_names_both(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    install("park", GARDEN.replace("watered", "mown"))
    result = cli("plugins", "list")
    assert result.exit_code == 1
    assert "acme-garden 1.2" in result.stderr
    assert "acme-park 1.2" in result.stderr


def test_explain_tells_the_calls_of_each_stage(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    install("weather", WEATHER)
    told = json.loads(cli("plugins", "explain", "watered", "--json").stdout)
    assert (told["type"], told["version"], told["owner"]["plugin"]) == ("watered", "1.0.0", "garden")
    stages = {stage: [call["plugin"] for call in calls] for stage, calls in told["stages"].items()}
    assert list(stages) == ["validate", "enrich", "route", "buffer", "emit"]
    assert stages["validate"] == ["garden"]
    assert "weather" in stages["enrich"]


def test_explain_as_text_reads_from_top_to_bottom(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    install("weather", WEATHER)
    text = cli("plugins", "explain", "watered", "--only", "garden,weather").stdout
    assert text == (
        "watered 1.0.0, owned by garden (acme-garden 1.2)\n"
        "validate\n"
        "    schema of the envelope, then urn:eventyard:watered/1.0.0\n"
        "    1. garden (acme-garden 1.2)\n"
        "enrich\n"
        "    1. weather (acme-weather 1.2, coroutine)\n"
        "route\n"
        "    1. weather (acme-weather 1.2)\n"
        "    otherwise /garden\n"
        "buffer\n"
        "    buffer_if_no_clients, keeps 50\n"
        "emit\n"
        "    no plugin\n"
    )


def test_a_misspelt_type_is_told_with_the_nearest_one(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    result = cli("plugins", "explain", "waterd")
    assert result.exit_code == 2
    assert "No plugin owns the event type 'waterd'; did you mean 'watered'?" in result.stderr
