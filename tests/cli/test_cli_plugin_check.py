"""``eventyard plugins check``, with plugins that are installed for the test."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from eventyard.conformance import CHECKS

Cli = Callable[..., Result]
Install = Callable[..., None]

GARDEN = """
from eventyard import BufferPolicy, EventType, Plugin, hookimpl

class It(Plugin):
    config_schema = {
        "type": "object",
        "properties": {"field": {"title": "Field", "description": "Read.", "type": "string", "default": "litres"}},
    }

    def configure(self, table):
        self.field = table["field"]

    @hookimpl
    def event_types(self):
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "urn:eventyard:watered/1.0.0",
            "title": "Watered",
            "description": "A plant was watered.",
            "type": "object",
            "required": ["litres"],
            "properties": {
                "litres": {"title": "Litres", "description": "How much.", "type": "integer", "minimum": 1},
                "plant": {"type": "string", "maxLength": 64},
            },
            "examples": [{"litres": 1}, {"litres": 2, "plant": "fern"}],
        }
        policy = BufferPolicy.buffer_if_no_clients(50)
        return [EventType(name="watered", schema=schema, namespace="/garden", policy=policy)]

    @hookimpl
    def enrich(self, event):
        return {"subject": str(event.data[self.field])}
"""


def test_a_plugin_that_passes_is_told_check_by_check(cli: Cli) -> None:
    result = cli("plugins", "check", "eventyard-file")
    assert result.exit_code == 0, result.stdout
    lines = result.stdout.splitlines()
    assert lines[0].startswith("file (eventyard-file ")
    assert [line.split() for line in lines[1:-1]] == [[check.name, "passed"] for check in CHECKS]
    assert lines[-1] == "1 plugins, 0 errors, 0 warnings"


def test_warnings_are_told_and_count_with_strict_alone(cli: Cli, install: Install) -> None:
    """The README is missing, and a member is not described."""
    install("garden", GARDEN)
    result = cli("plugins", "check", "acme-garden")
    assert result.exit_code == 0, result.stdout
    assert "    schemas          warned\n        warning: watered 1.0.0: /properties/plant: title and " in result.stdout
    assert "    readme           warned\n        warning: README: the distribution has none\n" in result.stdout
    assert "        expected: its schemas keep to the portable profile, and are documented; else, " in result.stdout
    assert result.stdout.endswith("1 plugins, 0 errors, 2 warnings\n")
    assert cli("plugins", "check", "--strict", "acme-garden").exit_code == 1


def test_what_fails_is_told_with_plugin_hook_and_event(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    result = cli("plugins", "check", "garden", "--set", "plugin.garden.field=plant")
    assert result.exit_code == 1
    assert "garden (acme-garden 1.2)\n" in result.stdout
    assert (
        "    robustness       failed\n        enrich: it failed with KeyError: 'plant' for the watered {"
        in result.stdout
    )


def test_a_plugin_that_cannot_be_loaded_fails_once(cli: Cli, install: Install) -> None:
    install("rotten", "raise RuntimeError('no soil')")
    result = cli("plugins", "check", "rotten")
    assert result.exit_code == 1
    assert "    loading          failed\n" in result.stdout
    assert "required plugin 'rotten' of acme-rotten 1.2 cannot be used: RuntimeError: no soil" in result.stdout
    assert result.stdout.count("skipped") == len(CHECKS) - 1
    assert result.stdout.count("it cannot be loaded: ") == 1


def test_json_has_all_of_it(cli: Cli, install: Install) -> None:
    install("garden", GARDEN)
    body = json.loads(cli("plugins", "check", "garden", "--json").stdout)
    (plugin,) = body["plugins"]
    assert (body["errors"], body["warnings"]) == (0, 2)
    assert (plugin["name"], plugin["distribution"], plugin["version"]) == ("garden", "acme-garden", "1.2")
    by_name = {each["check"]: each for each in plugin["checks"]}
    assert list(by_name) == [check.name for check in CHECKS]
    assert by_name["loading"]["status"] == "passed"
    assert by_name["readme"] == {
        "check": "readme",
        "demand": "the README of its distribution names what it brings, and its examples are true",
        "why": "it is all that people see before they install it",
        "status": "warned",
        "skipped": None,
        "objections": [{"subject": "README", "text": "the distribution has none", "severity": "warning"}],
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Name a DISTRIBUTION, or use --all."),
        (["eventyard-file", "--all"], "DISTRIBUTION and --all do not go together."),
        (
            ["eventyard-fil"],
            "No installed distribution 'eventyard-fil' announces a plugin, and no plugin has this name;",
        ),
        (["file", "--set", "port=1"], "Invalid value for --set: expected plugin.NAME.KEY=VALUE, got 'port=1'."),
        (["file", "--set", "plugin.tool.limit=1"], "'tool' is none of the plugins that are checked."),
    ],
)
def test_wrong_usage_is_told(cli: Cli, arguments: list[str], told: str) -> None:
    result = cli("plugins", "check", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_names_of_types_that_nobody_has_are_a_warning(cli: Cli, install: Install) -> None:
    """With the nearest one of all that is installed, which need not be loaded for the check."""
    source = "from eventyard import Namespace, Plugin, hookimpl\n"
    source += "class Board(Namespace):\n    name = '/board'\n    observes = ('tool_stopp',)\n"
    source += "class It(Plugin):\n    applies_to = ('tool_strat',)\n"
    source += "    @hookimpl\n    def namespaces(self):\n        return [Board]\n"
    install("board", source)
    result = cli("plugins", "check", "board")
    nobody = "which is no installed event type; did you mean"
    assert f"warning: applies_to names 'tool_strat', {nobody} 'tool_start'?\n" in result.stdout
    assert f"warning: observes of /board names 'tool_stopp', {nobody} 'tool_stop'?\n" in result.stdout


def test_the_plugins_of_a_distribution_with_dots_in_its_name_are_found_by_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    information = tmp_path / "dotted" / "acme.dotted-1.2.dist-info"
    information.mkdir(parents=True)
    (information.parent / "acme_dotted.py").write_text("from eventyard import Plugin as It\n")
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: acme.dotted\nVersion: 1.2\n")
    (information / "entry_points.txt").write_text("[eventyard.plugins]\nspots = acme_dotted:It\n")
    monkeypatch.syspath_prepend(information.parent)
    assert "spots (acme-dotted 1.2)\n" in cli("plugins", "check", "acme.dotted").stdout
