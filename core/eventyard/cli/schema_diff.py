"""``eventyard schema diff``: what a change of schemas means, and whether the versions say so."""

import json
import sys
from typing import TYPE_CHECKING

import click

from eventyard.cli.event_line import printable

if TYPE_CHECKING:
    from eventyard.schemas.diff import Change, Comparison, SetComparison

__all__ = ["diff"]

_COLOURS = {"none": "green", "compatible": "green", "minor": "yellow", "major": "red"}

#: How much of an example is shown; JSON has all of it.
_WIDTH = 160

_EXAMPLES = """\b
Examples:
  eventyard schema diff deployment/1.0.0.json deployment/1.1.0.json
  eventyard schema diff git:main:src/acme/schemas src/acme/schemas
"""


@click.command(epilog=_EXAMPLES)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def diff(*, old: str, new: tuple[str, ...], as_json: bool) -> None:
    """Compare schemas: what has changed from OLD to NEW, and whether the versions in their $id say so.

    OLD and NEW are schemas, folders with files <type>/<version>.json, or git:REVISION:PATH. A change is compatible,
    minor (old events and old readers still work) or major (they may not), and comes with an example that shows it. What
    cannot be shown to be compatible is told to be major.

    Ends with 1 when a version does not fit its changes, or a type is gone.
    """
    from eventyard.cli.schema_source import read_sources, shared_schemas
    from eventyard.schemas import load_engine
    from eventyard.schemas.diff import compare_files

    result = compare_files(list(read_sources([old])), list(read_sources(new)), shared_schemas(), load_engine())
    if as_json:
        click.echo(json.dumps(result.to_json(), indent=2))
    else:
        _tell(result)
    if result.problems:
        sys.exit(1)


def _tell(result: "SetComparison") -> None:
    unchanged = 0
    for comparison in result.comparisons:
        if str(comparison.level) == "none":
            unchanged += 1
        else:
            _tell_one(comparison)
    for identity in result.added:
        click.echo(f"{click.style(identity.type, bold=True)} {identity.version}: new")
    for identity in result.gone:
        click.echo(f"{click.style(identity.type, bold=True)} {identity.version}: not there any more")
    for problem in result.problems:
        click.secho(problem, fg="red")
    if unchanged:
        click.echo(f"{unchanged} unchanged")


def _tell_one(comparison: "Comparison") -> None:
    level = click.style(str(comparison.level), fg=_COLOURS[str(comparison.level)])
    versions = f"{comparison.old.version} → {comparison.new.version}"
    click.echo(f"{click.style(comparison.new.type, bold=True)} {versions}: {level}")
    for change in comparison.changes:
        _tell_change(change)


def _tell_change(change: "Change") -> None:
    level = click.style(f"{change.level!s:10}", fg=_COLOURS[str(change.level)])
    told = printable(f"{change.path or '/'}: {change.reason}{' (warning)' if change.is_warning else ''}")
    click.echo(f"  {level} {told}")
    if change.example is not None:
        text = json.dumps(change.example[0], ensure_ascii=False)
        shown = text if len(text) <= _WIDTH else f"{text[:_WIDTH]}… ({len(text)} characters)"
        click.secho(
            f"             refused by the {'old' if change.breaks_readers else 'new'} schema: {shown}", dim=True
        )
