"""``eventyard schema check``: schemas against the rules, each with its reason."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from eventyard.cli.event_line import printable
from eventyard.cli.settings_options import with_settings

if TYPE_CHECKING:
    from eventyard.plugins import PluginManager
    from eventyard.schemas import Finding
    from eventyard.settings import LoadedSettings

__all__ = ["check"]

_COLOURS = {"error": "red", "warning": "yellow"}


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("--installed", is_flag=True, help="Check the schemas of all installed event types.")
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def check(
    *, load: Callable[[], "LoadedSettings"], files: tuple[str, ...], installed: bool, strict: bool, as_json: bool
) -> None:
    """Check that schemas are valid, portable, documented, and that their examples are accepted.

    A FILE is a schema, a folder with files <type>/<version>.json, git:REVISION:PATH, or - for the standard input. Each
    finding is told with the JSON pointer into the schema, and with the reason why its rule exists. Nothing is fetched.

    Ends with 1 when a schema breaks a rule; warnings count with --strict alone.
    """
    if not files and not installed:
        message = "Name a FILE, or use --installed."
        raise click.UsageError(message)
    checked = dict(_of_files(files))
    quarantined: list[str] = []
    if installed:
        from eventyard.cli.plugin_loading import load_plugins

        plugins = load_plugins(load().settings)
        checked |= _of_plugins(plugins)
        quarantined = [f"plugin {each.name} ({each.distribution}): {each.reason}" for each in plugins.quarantined]
    findings = [finding for found in checked.values() for finding in found]
    errors = sum(not finding.warning for finding in findings)
    if as_json:
        told = [
            {"file": name, "valid": all(each.warning for each in found), "findings": [each.to_json() for each in found]}
            for name, found in checked.items()
        ]
        body = {"errors": errors, "warnings": len(findings) - errors, "schemas": told, "quarantined": quarantined}
        click.echo(json.dumps(body, indent=2))
    else:
        for name, found in checked.items():
            for finding in found:
                _tell(name, finding)
        for line in quarantined:
            click.echo(line)
        click.echo(f"{len(checked)} schemas, {errors} errors, {len(findings) - errors} warnings")
    if errors or quarantined or (strict and findings):
        sys.exit(1)


def _of_files(files: tuple[str, ...]) -> Iterator[tuple[str, list["Finding"]]]:
    from eventyard.cli.schema_source import read_sources, shared_schemas
    from eventyard.schemas import check_file, load_engine

    shared, engine = shared_schemas(), load_engine()
    for file in read_sources(files):
        yield file.name, check_file(file, shared, engine)


def _of_plugins(plugins: "PluginManager") -> Iterator[tuple[str, list["Finding"]]]:
    from eventyard.catalogue import Catalogue
    from eventyard.schemas import check_document, load_engine

    engine = load_engine(plugins.engine)
    catalogue = Catalogue.of(plugins)
    for each in catalogue.types:
        for document in each.documents:
            name = f"{each.name} {document.version} ({each.owner})"
            yield name, check_document(document.schema, document.examples, catalogue.shared, engine)


def _tell(name: str, finding: "Finding") -> None:
    severity = click.style(finding.severity, fg=_COLOURS[finding.severity])
    place = printable(f"{name}: {finding.pointer or '/'}")
    click.echo(f"{place}: {severity}: {printable(finding.reason)} [{finding.rule}]")
    click.secho(f"    because {finding.why}", dim=True)
