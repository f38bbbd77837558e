"""``eventyard plugins``, with plugins that are installed for the test."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Cli = Callable[..., Result]
Install = Callable[..., None]

GARDEN = """
from eventyard import BufferPolicy, EarlierVersion, EventType, Issue, Namespace, Plugin, hookimpl

def from_one(data):
    return data

def schema(name, version="1.0.0"):
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:eventyard:{name}/{version}",
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
SETTINGS = """
    config_schema = {
        "type": "object",
        "properties": {"litres": {"type": "integer", "default": 5}, "water_key": {"type": "string", "default": ""}},
    }
"""
EARLIER = """schema=schema("watered", "2.0.0"), earlier=[
            EarlierVersion(schema=schema("watered", "1.1.0"), upcast=from_one),
            EarlierVersion(schema=schema("watered")),
        ]"""
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
    assert (garden["types"], garden["namespaces"]) == ({"watered": ["1.0.0"]}, ["/garden"])
    assert garden["hooks"] == ["event_types", "namespaces", "validate"]
    assert (garden["target"], garden["requirement"]) == ("acme_garden:It", "acme-garden==1.2")
    (line,) = [line for line in cli("plugins", "list").stdout.splitlines() if line.startswith("garden ")]
    assert line.split() == ["garden", "acme-garden", "1.2", "active", "watered", "→", "/garden", "hooks", "validate"]


def test_a_long_list_tells_versions_settings_and_origin(cli: Cli, install: Install, tmp_path: Path) -> None:
    """What is secret among the settings is masked."""
    install("garden", GARDEN + SETTINGS)
    result = cli("plugins", "list", "--long", "--only", "garden", "--set", "plugin.garden.water_key=s3cr3t")
    listed = result.stdout.partition("garden  acme-garden 1.2  active\n")[2]
    assert listed.splitlines()[:5] == [
        "    types       watered 1.0.0",
        "    namespaces  /garden",
        "    hooks       event_types, namespaces, validate",
        '    settings    litres = 5, water_key = "********"',
        f"    from        acme_garden:It in {tmp_path / 'dist-garden'}",
    ]
    assert "    reason      not named by plugins.only\n" in result.stdout
    assert "s3cr3t" not in cli("plugins", "list", "--json", "--set", "plugin.garden.water_key=s3cr3t").stdout


ACME = "https://acme.example"


@pytest.mark.parametrize(
    ("direct_url", "line"),
    [
        (None, "acme-garden==1.2"),
        (
            {"url": "file:///src/my%20garden", "dir_info": {"editable": True}},
            "-e file:///src/my%20garden  # acme-garden 1.2",
        ),
        ({"url": "file:///src/garden", "dir_info": {}}, "acme-garden @ file:///src/garden"),
        (
            {
                "url": f"{ACME}/yard.git",
                "vcs_info": {"vcs": "git", "commit_id": "c0ffee", "requested_revision": "main"},
            },
            f"acme-garden @ git+{ACME}/yard.git@c0ffee",
        ),
        (
            {
                "url": f"{ACME}/yard.git",
                "vcs_info": {"vcs": "git", "commit_id": "c0ffee"},
                "subdirectory": "plugins/garden",
            },
            f"acme-garden @ git+{ACME}/yard.git@c0ffee#subdirectory=plugins/garden",
        ),
        (
            {
                "url": f"{ACME}/garden-1.2.tar.gz",
                "archive_info": {"hash": "sha256=abc", "hashes": {"sha256": "abc", "md5": "d"}},
                "subdirectory": "garden",
            },
            f"acme-garden @ {ACME}/garden-1.2.tar.gz#sha256=abc&subdirectory=garden",
        ),
        ({"url": "file:///garden-1.2.whl", "archive_info": {}}, "acme-garden @ file:///garden-1.2.whl"),
    ],
    ids=["an index", "editable", "a folder", "git", "a folder in git", "an archive", "a wheel"],
)
def test_requirements_install_a_plugin_again_from_where_it_came(
    cli: Cli, install: Install, direct_url: dict[str, Any] | None, line: str
) -> None:
    """See PEP 610 for what installers note, and PEP 508 for the lines. Nothing is imported for it."""
    install("garden", "import no_such_module", direct_url)
    result = cli("plugins", "list", "--requirements")
    assert result.exit_code == 0
    assert line in result.stdout.splitlines()
    assert line in json.loads(cli("plugins", "list", "--requirements", "--json").stdout)["requirements"]


def test_an_editable_plugin_is_in_the_folder_of_its_project(cli: Cli, install: Install) -> None:
    install("garden", GARDEN, {"url": "file:///src/my%20garden", "dir_info": {"editable": True}})
    garden = listed(cli("plugins", "list", "--json"))["garden"]
    assert (garden["location"], garden["editable"]) == ("/src/my garden", True)
    assert "acme_garden:It in /src/my garden (editable)" in cli("plugins", "list", "--long").stdout


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
        "state\n"
        "    /garden of garden (acme-garden 1.2)\n"
        "emit\n"
        "    no plugin\n"
    )


def test_explain_tells_the_versions_and_their_way_to_the_current_one(cli: Cli, install: Install) -> None:
    install("garden", GARDEN.replace('schema=schema("watered")', EARLIER))
    versions = json.loads(cli("plugins", "explain", "watered", "--json").stdout)["versions"]
    assert [(version["version"], version["steps"]) for version in versions] == [
        ("2.0.0", []),
        ("1.1.0", [{"to": "2.0.0", "upcast": "acme_garden:from_one"}]),
        ("1.0.0", [{"to": "1.1.0", "upcast": None}, {"to": "2.0.0", "upcast": "acme_garden:from_one"}]),
    ]
    assert (
        "validate\n"
        "    schema of the envelope, then urn:eventyard:watered/2.0.0\n"
        "    or urn:eventyard:watered/1.1.0, up-cast to 2.0.0 by acme_garden:from_one\n"
        "    or urn:eventyard:watered/1.0.0, taken as 1.1.0, up-cast to 2.0.0 by acme_garden:from_one\n"
        "    1. garden (acme-garden 1.2)\n"
    ) in cli("plugins", "explain", "watered").stdout
    assert listed(cli("plugins", "list", "--json"))["garden"]["types"] == {"watered": ["2.0.0", "1.1.0", "1.0.0"]}


def test_a_misspelt_type_is_told_with_the_nearest_one(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    result = cli("plugins", "explain", "waterd")
    assert result.exit_code == 2
    assert "No plugin owns the event type 'waterd'; did you mean 'watered'?" in result.stderr


def test_a_plugin_for_a_type_that_no_plugin_has_is_listed_with_a_warning(cli: Cli, install: Install) -> None:
    """It takes part: the type may be installed later."""
    install("weather", WEATHER.replace("class It(Plugin):", "class It(Plugin):\n    applies_to = ('tool_strat',)"))
    told = "applies_to names 'tool_strat', which is no installed event type; did you mean 'tool_start'?"
    result = cli("plugins", "list")
    assert result.exit_code == 0
    assert f"hooks enrich, route  warning: {told}\n" in result.stdout
    assert f"    warnings    {told}\n" in cli("plugins", "list", "--long").stdout
    assert listed(cli("plugins", "list", "--json"))["weather"]["warnings"] == [told]


@pytest.mark.parametrize("mistake", ["applies_to = 5", "applies_to = 'tool_start'"])
def test_a_plugin_that_says_nonsense_of_its_types_is_listed_as_quarantined(
    cli: Cli, install: Install, mistake: str
) -> None:
    install("weather", WEATHER.replace("class It(Plugin):", f"class It(Plugin):\n    {mistake}"))
    result = cli("plugins", "list", "--json")
    assert result.exit_code == 1
    assert listed(result)["weather"]["reason"].startswith("applies_to is ")


@pytest.mark.parametrize("option", ["--disable", "--only", "--require"])
def test_a_plugin_that_is_not_there_is_wrong_usage_as_with_serve(cli: Cli, option: str) -> None:
    result = cli("plugins", "list", option, "tol")
    assert result.exit_code == 2
    assert "did you mean 'tool'?" in result.stderr
