"""``eventyard schema``, with a plugin that is installed for the test."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Cli = Callable[..., Result]
Install = Callable[..., None]

GARDEN = """
from eventyard import BufferPolicy, EventType, Issue, Plugin, hookimpl

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:eventyard:watered/1.0.0",
    "title": "watered",
    "description": "A plant was watered.",
    "type": "object",
    "properties": {"litres": {"title": "Litres", "description": "How much.", "type": "number", "minimum": 0}},
    "required": ["litres"],
    "examples": [{"litres": 1}, {"litres": 2}],
}

class It(Plugin):
    @hookimpl
    def event_types(self):
        policy = BufferPolicy.buffer_if_no_clients(50)
        return [EventType(name="watered", schema=SCHEMA, namespace="/garden", policy=policy)]

    @hookimpl
    async def validate(self, event):
        if event.data["litres"] > 9:
            return [Issue("flood", "/data/litres", "no plant takes more than 9 litres", 9)]
"""


@pytest.fixture(autouse=True)
def garden(install: Install) -> None:
    """A plugin that owns ``watered``."""
    install("garden", GARDEN)


def watered(litres: Any) -> dict[str, Any]:
    """A ``watered`` event."""
    return {"type": "watered", "source": "/test", "data": {"litres": litres}}


def test_list_tells_version_owner_namespace_and_policy(cli: Cli) -> None:
    listed = {each["type"]: each for each in json.loads(cli("schema", "list", "--json").stdout)["schemas"]}
    assert listed["watered"] == {
        "type": "watered",
        "description": "A plant was watered.",
        "version": "1.0.0",
        "versions": [{"version": "1.0.0", "id": "urn:eventyard:watered/1.0.0", "steps": []}],
        "owner": {"distribution": "acme-garden", "version": "1.2", "plugin": "garden"},
        "namespace": "/garden",
        "policy": {"mode": "buffer_if_no_clients", "capacity": 50},
    }
    assert cli("schema", "list", "--only", "garden").stdout == (
        "watered  1.0.0  acme-garden 1.2  /garden  buffer_if_no_clients\n"
    )


def test_show_tells_schema_version_owner_policy_and_examples(cli: Cli) -> None:
    told = json.loads(cli("schema", "show", "watered", "--json").stdout)
    assert told["schema"]["$id"] == "urn:eventyard:watered/1.0.0"
    assert told["version"] == "1.0.0"
    assert told["owner"]["distribution"] == "acme-garden"
    assert told["policy"] == {"mode": "buffer_if_no_clients", "capacity": 50}
    assert told["examples"] == [{"litres": 1}, {"litres": 2}]
    text = cli("schema", "show", "watered").stdout
    assert text.startswith("watered 1.0.0, owned by garden (acme-garden 1.2)\nA plant was watered.\n")
    assert '"required": [' in text


SECOND = """
SECOND = SCHEMA | {
    "$id": "urn:eventyard:watered/2.0.0",
    "properties": {"ml": {"title": "Millilitres", "description": "How much.", "type": "integer"}},
    "required": ["ml"],
    "examples": [{"ml": 1000}],
}

def to_ml(data):
    return {"ml": round(data["litres"] * 1000)}
"""


@pytest.fixture
def second_garden(install: Install) -> None:
    """A plugin that owns ``dried`` in version 2.0.0 and takes 1.0.0 too."""
    source = GARDEN.replace("from eventyard import", "from eventyard import EarlierVersion,").replace(
        "watered", "dried"
    )
    source = source.replace("class It", SECOND.replace("watered", "dried") + "\nclass It").replace("async ", "")
    source = source.replace(
        "schema=SCHEMA,", "schema=SECOND, earlier=[EarlierVersion(schema=SCHEMA, upcast=to_ml)],"
    ).replace('["litres"] > 9', '["ml"] > 9000')
    install("second", source)


@pytest.mark.usefixtures("second_garden")
def test_all_versions_are_listed_the_current_one_first(cli: Cli) -> None:
    assert cli("schema", "list", "--only", "second").stdout == (
        "dried  2.0.0, 1.0.0  acme-second 1.2  /garden  buffer_if_no_clients\n"
    )


@pytest.mark.usefixtures("second_garden")
def test_show_tells_the_version_that_is_asked_for(cli: Cli) -> None:
    current, earlier = (json.loads(cli("schema", "show", name, "--json").stdout) for name in ("dried", "dried@1.0.0"))
    assert (current["version"], current["examples"]) == ("2.0.0", [{"ml": 1000}])
    assert (earlier["version"], earlier["examples"]) == ("1.0.0", [{"litres": 1}, {"litres": 2}])
    assert earlier["schema"]["required"] == ["litres"]
    text = cli("schema", "show", "dried@1.0.0").stdout
    assert text.startswith("dried 1.0.0, owned by second (acme-second 1.2)\n")
    assert "Other versions: 2.0.0.\n" in text
    assert '"litres"' in text
    assert "Other versions" not in cli("schema", "show", "watered").stdout


@pytest.mark.usefixtures("second_garden")
def test_a_version_that_is_not_installed_is_told_with_those_that_are(cli: Cli) -> None:
    result = cli("schema", "show", "dried@3.0.0")
    assert result.exit_code == 2
    assert "dried is installed in version 2.0.0, 1.0.0, not '3.0.0'" in result.stderr


@pytest.mark.usefixtures("second_garden")
def test_events_are_checked_in_the_version_that_they_name(cli: Cli) -> None:
    """And their up-cast form by the rules of the plugin, as the server does it."""
    named = {"type": "dried", "dataschema": "urn:eventyard:dried/1.0.0"}
    events = [watered(1) | named, watered("much") | named, watered(10) | named, watered(1) | {"type": "dried"}]
    result = cli("schema", "validate", "-", stdin="".join(json.dumps(event) + "\n" for event in events))
    *told, last = result.stdout.splitlines()
    assert last == "1 valid, 3 invalid"
    assert "stdin:3: /data/litres: no plant takes more than 9 litres (acme-second 1.2)" in told
    assert {line.partition(": ")[0] for line in told} == {"stdin:2", "stdin:3", "stdin:4"}


def test_the_schema_of_the_envelope_is_shown_too(cli: Cli) -> None:
    assert json.loads(cli("schema", "show", "envelope").stdout)["$id"].startswith("urn:eventyard:envelope/")


def test_a_misspelt_type_is_told_with_the_nearest_one(cli: Cli) -> None:
    result = cli("schema", "show", "waterd")
    assert result.exit_code == 2
    assert "did you mean 'watered'?" in result.stderr


def test_valid_events_end_with_0(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_text(json.dumps([watered(1), watered(2)]))
    result = cli("schema", "validate", str(file), "-", stdin=json.dumps(watered(3)))
    assert (result.exit_code, result.stdout) == (0, "3 valid, 0 invalid\n")


def test_each_problem_is_told_with_file_line_pointer_and_what_was_expected(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    events = [watered(1), watered("much"), watered(10), {"type": "dried", "source": "/x", "data": {}}, {"data": {}}]
    file.write_text("".join(json.dumps(event) + "\n" for event in events) + "{oops}\n")
    result = cli("schema", "validate", str(file))
    assert result.exit_code == 1
    *told, last = result.stdout.splitlines()
    assert last == "1 valid, 5 invalid"
    assert {line.split(": ")[0] for line in told} == {f"{file}:{line}" for line in range(2, 7)}
    assert any(line.startswith(f"{file}:2: /data/litres: ") for line in told)
    assert f"{file}:3: /data/litres: no plant takes more than 9 litres (acme-garden 1.2)" in told
    assert any(line.startswith(f"{file}:4: /type: ") for line in told)
    assert any(line.startswith(f"{file}:6: /: not JSON: ") for line in told)


def test_json_tells_the_same(cli: Cli) -> None:
    result = cli("schema", "validate", "-", "--json", stdin=json.dumps([watered(1), watered(10)]))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "valid": 1,
        "invalid": 1,
        "problems": [
            {
                "file": "stdin",
                "line": 1,
                "issues": [
                    {
                        "keyword": "flood",
                        "pointer": "/data/litres",
                        "message": "no plant takes more than 9 litres",
                        "limit": 9,
                        "owner": "acme-garden 1.2",
                    }
                ],
            }
        ],
    }


def test_a_bare_payload_is_checked_as_one_of_its_type(cli: Cli) -> None:
    result = cli("schema", "validate", "-", "--type", "watered", stdin='{"litres": 1}\n{"litres": -1}\n7\n')
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "stdin:2: /litres: expected a number of at least 0 (acme-garden 1.2)",
        "stdin:3: /: expected an object",
        "1 valid, 2 invalid",
    ]


def test_an_event_that_the_server_finds_too_large_is_not_valid(cli: Cli) -> None:
    events = [watered(1) | {"subject": "x" * size} for size in (500, 1024)]
    arguments = ("schema", "validate", "-", "--set", "max_event_size=1024")
    result = cli(*arguments, stdin=json.dumps(events))
    assert result.exit_code == 1
    problem, last = result.stdout.splitlines()
    assert problem.startswith("stdin:1: /: an event has at most 1024 bytes (")
    assert last == "1 valid, 1 invalid"
    payload = json.dumps({"litres": 1, "why": "x" * 1024})
    assert cli(*arguments, "--type", "watered", stdin=payload).exit_code == 1


def test_a_payload_of_an_unknown_type_is_wrong_usage(cli: Cli) -> None:
    result = cli("schema", "validate", "-", "--type", "waterd", stdin="{}")
    assert result.exit_code == 2
    assert "did you mean 'watered'?" in result.stderr


def test_a_missing_file_is_wrong_usage(cli: Cli) -> None:
    assert cli("schema", "validate", "missing.json").exit_code == 2
