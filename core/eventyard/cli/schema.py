"""``eventyard schema``: the schemas of event types, and events checked against them.

The commands that work on schemas have modules of their own, ``schema_….py``.
"""

import json
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

import click

from eventyard.cli.event_line import printable
from eventyard.cli.plugin_loading import load_plugins, unknown_type, unknown_version
from eventyard.cli.schema_check import check
from eventyard.cli.schema_diff import diff
from eventyard.cli.schema_documents import asyncapi, docs, types
from eventyard.cli.schema_infer import infer
from eventyard.cli.settings_options import with_settings

if TYPE_CHECKING:
    from eventyard.cli.event_check import CheckedEvent
    from eventyard.settings import LoadedSettings

__all__ = ["schema"]


@click.group()
def schema() -> None:
    """Show, check, compare and make the schemas of event types, and check events against them."""


@schema.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def list_schemas(*, load: Callable[[], "LoadedSettings"], as_json: bool) -> None:
    """List the event types with versions, the current one first, owner, namespace and buffer policy."""
    manager = load_plugins(load().settings)
    owned = [manager.types[name] for name in sorted(manager.types)]
    if as_json:
        described = [
            {key: value for key, value in each.to_json().items() if key not in ("schema", "examples")} for each in owned
        ]
        click.echo(json.dumps({"schemas": described}, indent=2))
        return
    if not owned:
        click.echo("No plugin owns an event type.")
        return
    rows = [
        (
            each.type.name,
            ", ".join(version.version for version in each.versions),
            str(each.owner),
            each.type.namespace,
            each.type.policy.mode.value,
        )
        for each in owned
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


@schema.command()
@click.argument("name", metavar="TYPE[@VERSION]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def show(*, load: Callable[[], "LoadedSettings"], name: str, as_json: bool) -> None:
    """Show the schema of TYPE with version, owner, policy and examples; `envelope` is the one of all events.

    Without VERSION it is the current one, in which events are kept; the earlier ones are those that are taken too.
    """
    manager = load_plugins(load().settings)
    type_name, _, number = name.partition("@")
    if type_name == "envelope":
        click.echo(json.dumps(manager.store.envelope_schema, indent=2))
        return
    if type_name not in manager.types:
        raise unknown_type(type_name, manager)
    owned = manager.types[type_name]
    version = owned.numbered(number) if number else owned.versions[0]
    if version is None:
        raise unknown_version(number, owned)
    if as_json:
        click.echo(json.dumps(owned.to_json(version), indent=2))
        return
    policy = owned.type.policy
    kept = "" if policy.capacity is None else f", keeps {policy.capacity}"
    click.echo(f"{click.style(type_name, bold=True)} {version.version}, owned by {owned.plugin} ({owned.owner})")
    click.echo(owned.description)
    click.echo(f"Goes to {owned.type.namespace}; {policy.mode.value}{kept}.")
    if others := ", ".join(each.version for each in owned.versions if each is not version):
        click.echo(f"Other versions: {others}.")
    click.echo(json.dumps({key: value for key, value in version.schema.items() if key != "examples"}, indent=2))
    for example in version.examples:
        click.secho("Example:", bold=True)
        click.echo(json.dumps(example, indent=2))


@schema.command()
@click.argument("files", metavar="FILE...", type=click.File("rb"), nargs=-1, required=True)
@click.option("--type", "type_name", metavar="TYPE", help="The FILEs hold bare payloads of this type, not events.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def validate(
    *, load: Callable[[], "LoadedSettings"], files: tuple[IO[bytes], ...], type_name: str | None, as_json: bool
) -> None:
    """Check the events of FILEs as the server does, without sending them.

    A FILE, or - for the standard input, holds a JSON object, a JSON array, or one event a line. Each problem is told
    with the line, the JSON pointer into the event, what was expected, and the distribution whose rule it is.

    Ends with 1 when an event is not valid.
    """
    from eventyard.cli.event_check import check_files

    settings = load().settings
    plugins = load_plugins(settings)
    if type_name is not None and type_name not in plugins.types:
        raise unknown_type(type_name, plugins)
    valid = 0
    invalid: list[CheckedEvent] = []
    for event in check_files(files, settings, plugins, type_name):
        if not event.issues:
            valid += 1
            continue
        invalid.append(event)
        for issue in () if as_json else event.issues:
            owner = "" if issue.owner is None else f" ({issue.owner})"
            click.echo(printable(f"{event.file}:{event.line}: {issue.pointer or '/'}: {issue.message}{owner}"))
    if as_json:
        problems = [event.to_json() for event in invalid]
        click.echo(json.dumps({"valid": valid, "invalid": len(invalid), "problems": problems}, indent=2))
    else:
        click.echo(f"{valid} valid, {len(invalid)} invalid")
    if invalid:
        sys.exit(1)


for command in (check, diff, infer, docs, types, asyncapi):
    schema.add_command(command)
