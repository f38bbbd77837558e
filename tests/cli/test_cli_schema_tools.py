"""``eventyard schema check``, ``diff``, ``infer``, ``docs``, ``types`` and ``asyncapi``, with files of all kinds."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Cli = Callable[..., Result]
Install = Callable[[str, str], None]

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:acme:thing/1.0.0",
    "title": "Thing",
    "description": "A thing.",
    "type": "object",
    "required": ["size"],
    "properties": {"size": {"title": "Size", "description": "How large.", "type": "integer", "minimum": 0}},
    "examples": [{"size": 1}, {"size": 2}],
}


def write(folder: Path, schema: dict[str, Any], place: str = "thing/1.0.0.json") -> str:
    """Write a schema file; give its path."""
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(schema), "utf-8")
    return str(path)


def with_size(version: str, **changes: Any) -> dict[str, Any]:
    """The schema in another version, with changes of its one member."""
    size = {**SCHEMA["properties"]["size"], **changes}
    return {**SCHEMA, "$id": f"urn:acme:thing/{version}", "properties": {"size": size}}


def test_a_good_schema_ends_with_0(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, SCHEMA)
    result = cli("schema", "check", str(tmp_path))
    assert (result.exit_code, result.stdout) == (0, "1 schemas, 0 errors, 0 warnings\n")


def test_a_finding_is_told_with_pointer_severity_and_reason(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, {**SCHEMA, "examples": [{"size": -1}, {}]})
    result = cli("schema", "check", path, "--json")
    assert result.exit_code == 1
    (told,) = json.loads(result.stdout)["schemas"]
    assert told["valid"] is False
    assert [(each["rule"], each["severity"], each["pointer"]) for each in told["findings"]] == [
        ("example", "error", "/examples/0/size"),
        ("example", "error", "/examples/1"),
    ]
    assert all(each["why"] for each in told["findings"])


def test_the_id_has_to_agree_with_the_place(cli: Cli, tmp_path: Path) -> None:
    result = cli("schema", "check", write(tmp_path, SCHEMA, "other/1.0.0.json"))
    assert result.exit_code == 1
    assert "expected at thing/1.0.0.json, not other/1.0.0.json" in result.stdout


def test_warnings_count_where_they_are_told_to(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, SCHEMA, "thing.json")
    assert cli("schema", "check", path).exit_code == 0
    assert cli("schema", "check", path, "--strict").exit_code == 1


def test_installed_schemas_are_in_order(cli: Cli) -> None:
    told = json.loads(cli("schema", "check", "--installed", "--strict", "--json").stdout)
    assert (told["errors"], told["warnings"], told["quarantined"]) == (0, 0, [])
    assert told["schemas"]


def test_a_plugin_whose_schema_cannot_be_used_is_found(cli: Cli, install: Install) -> None:
    source = "from eventyard import *\nclass It(Plugin):\n @hookimpl\n def event_types(self):\n  return [EventType("
    install("bad", source + "name='x', schema={}, namespace='/x', policy=BufferPolicy.always_send())]\n")
    result = cli("schema", "check", "--installed")
    assert result.exit_code == 1
    assert "plugin bad (acme-bad 1.2)" in result.stdout


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1, "a": 2}', "\udcff", "[" * 5000])
def test_what_is_no_schema_is_a_finding(cli: Cli, content: str) -> None:
    result = cli("schema", "check", "-", stdin=content.encode(errors="surrogateescape"))
    assert result.exit_code == 1
    assert "stdin: /: error: " in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "missing.json"),
        ("check", "."),
        ("check", "git:HEAD"),
        ("diff",),
        ("diff", "missing.json"),
        ("diff", "missing.json", "missing.json"),
        ("infer",),
        ("infer", "missing.ndjson"),
        ("docs", "--format", "pdf"),
        ("docs", "--out", "no/such/folder/page.md"),
        ("types", "cobol"),
        ("asyncapi", "--port", "1"),
    ],
)
def test_wrong_usage_ends_with_2(
    cli: Cli, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli("schema", *arguments).exit_code == 2


def test_a_change_with_the_right_version_ends_with_0(cli: Cli, tmp_path: Path) -> None:
    old, new = write(tmp_path, SCHEMA), write(tmp_path, with_size("1.1.0", minimum=-1), "thing/1.1.0.json")
    result = cli("schema", "diff", old, new, "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["level"], told["problems"]) == ("minor", [])
    (change,) = told["comparisons"][0]["changes"]
    assert (change["path"], change["refused_by"], change["example"]) == ("/size", "old", {"size": -1})


def test_a_change_without_it_ends_with_1_and_shows_what_breaks(cli: Cli, tmp_path: Path) -> None:
    old, new = write(tmp_path, SCHEMA), write(tmp_path, with_size("1.1.0", minimum=1), "thing/1.1.0.json")
    result = cli("schema", "diff", old, new)
    assert result.exit_code == 1
    assert 'refused by the new schema: {"size": 0}' in result.stdout
    assert result.stdout.splitlines()[-1].endswith("1.1.0 is no new major version after 1.0.0; expected 2.0.0")


def test_folders_are_compared_version_by_version(cli: Cli, tmp_path: Path) -> None:
    for folder in ("old", "new"):
        write(tmp_path / folder, SCHEMA)
    write(tmp_path / "new", with_size("1.0.1", title="Other"), "thing/1.0.1.json")
    write(tmp_path / "new", {**SCHEMA, "$id": "urn:acme:other/1.0.0"}, "other/1.0.0.json")
    result = cli("schema", "diff", str(tmp_path / "old"), str(tmp_path / "new"))
    assert result.exit_code == 0
    assert result.stdout == "thing 1.0.0 → 1.0.1: compatible\nother 1.0.0: new\n1 unchanged\n"
    back = cli("schema", "diff", str(tmp_path / "new"), str(tmp_path / "old"))
    assert back.exit_code == 1
    assert "other: the type is gone" in back.stdout


def test_a_revision_of_git_is_compared_with_the_work_tree(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, SCHEMA, "schemas/thing/1.0.0.json")
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "First")):
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", *identity, *arguments], check=True)
    assert cli("schema", "diff", "git:HEAD:schemas", "schemas").stdout == "1 unchanged\n"
    write(tmp_path, with_size("1.0.0", minimum=1), "schemas/thing/1.0.0.json")
    for name in ("schemas", "schemas/thing/1.0.0.json"):
        result = cli("schema", "diff", f"git:HEAD:{name}", name)
        assert result.exit_code == 1
        assert "its version is still 1.0.0; expected 2.0.0 or higher" in result.stdout


def test_a_schema_is_made_of_a_recording_and_passes_the_check(cli: Cli, tmp_path: Path) -> None:
    lines = [{"type": "thing", "source": "/x", "data": {"size": size}} for size in (1, 2)]
    recording = tmp_path / "recording.ndjson"
    recording.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    drafts = tmp_path / "drafts"
    assert cli("schema", "infer", str(recording), "--out", str(drafts)).exit_code == 0
    assert cli("schema", "check", str(drafts), "--strict").exit_code == 0
    again = cli("schema", "infer", str(recording), "--out", str(drafts))
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    bare = json.loads(cli("schema", "infer", str(recording), "--no-examples").stdout)
    assert "examples" not in bare
    assert bare["properties"]["size"]["type"] == "integer"


def test_what_is_no_event_is_told_and_the_rest_is_used(cli: Cli) -> None:
    lines = ['{"type": "a", "data": {}}', "{oops}", '{"type": "a"}', '{"data": {}}', '{"type": "b", "data": {}}']
    result = cli("schema", "infer", "-", "--json", stdin="\n".join(lines))
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["events"] == {"a": 1, "b": 1}
    assert [problem.split(": ")[0] for problem in told["problems"]] == ["stdin:2", "stdin:3", "stdin:4"]
    assert cli("schema", "infer", "-", "--type", "c", stdin=lines[0]).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("docs",), "## tool_start"),
        (("docs", "--format", "html"), '<section id="tool_start">'),
        (("types", "typescript"), "export interface ToolStart {"),
        (("types", "python"), "class ToolStart(TypedDict):"),
        (("asyncapi",), '"asyncapi": "3.0.0"'),
    ],
)
def test_documents_are_printed_or_written(cli: Cli, arguments: tuple[str, ...], text: str, tmp_path: Path) -> None:
    printed = cli("schema", *arguments)
    assert printed.exit_code == 0
    assert text in printed.stdout
    path = tmp_path / "document"
    assert cli("schema", *arguments, "--out", str(path)).stdout == ""
    assert path.read_text("utf-8") == printed.stdout
