"""``eventyard doctor``: look for what keeps events from being seen."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from eventyard.cli.event_line import printable
from eventyard.cli.settings_options import with_settings
from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from eventyard.hooks import Finding
    from eventyard.settings import LoadedSettings, ServerAddress

__all__ = ["doctor"]

_COLOURS = {"ok": "green", "warning": "yellow", "problem": "red"}


@click.command()
@click.option("--url", metavar="URL", help="A server elsewhere.  [default: the one of the settings]")
@click.option("--token", metavar="TOKEN", help="Credential, better given as EVENTYARD_TOKEN.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings
def doctor(*, load: Callable[[], "LoadedSettings"], url: str | None, token: str | None, as_json: bool) -> None:
    """Look for what keeps events from being seen: installation, settings, data directory, plugins, server, agents.

    It sends the server one event, a notification, and waits until it comes back. It changes nothing else.

    Ends with 0, or with 1 when it found a problem; warnings do not count.
    """
    counts: Counter[str] = Counter()
    sections: list[dict[str, Any]] = []
    for name, findings in _sections(load, url, token):
        if not as_json:
            click.secho(name, bold=True)
        told = []
        for finding in findings:
            counts[finding.level] += 1
            told.append(finding.to_json())
            if not as_json:
                _tell(finding)
        sections.append({"name": name, "findings": told})
    if as_json:
        totals = {"problems": counts["problem"], "warnings": counts["warning"]}
        click.echo(json.dumps({**totals, "sections": sections}, indent=2))
    else:
        click.echo(f"{_count(counts['problem'], 'problem')}, {_count(counts['warning'], 'warning')}")
    if counts["problem"]:
        sys.exit(1)


def _sections(
    load: Callable[[], "LoadedSettings"], url: str | None, token: str | None
) -> "Iterator[tuple[str, Iterable[Finding]]]":
    """What is looked at, in the order in which one thing needs the other."""
    import logging

    from eventyard import diagnosis
    from eventyard.hooks import Finding
    from eventyard.plugins import PluginManager
    from eventyard.settings import InvalidSettings, ServerAddress

    # What fails is told as a finding, and not by the log besides.
    logging.getLogger("eventyard").setLevel(logging.CRITICAL)
    try:
        loaded = load()
    except InvalidSettings as error:
        yield "settings", [Finding("problem", str(problem)) for problem in error.problems]
        return
    except EventyardError as error:
        yield "settings", [Finding("problem", str(error))]
        return
    settings = loaded.settings
    own = ServerAddress.of(settings)
    address = ServerAddress((url or own.url).rstrip("/"), own.token if token is None else token)
    yield "installation", diagnosis.look_at_installation(settings)
    yield "settings", diagnosis.look_at_settings(loaded)
    if url is None:
        yield "data directory", diagnosis.look_at_data_directory(settings)
    plugins = None
    try:
        plugins = PluginManager.load(settings)
    except EventyardError as error:
        yield "plugins", [Finding("problem", str(error))]
    else:
        yield "plugins", diagnosis.look_at_plugins(plugins)
    yield from _server(address)
    if plugins is not None:
        needs_token = diagnosis.asks_for_token(address)
        found = diagnosis.look_at_connections(plugins, address.url, needs_token=needs_token)
        yield from ((f"plugin {name}", findings) for name, findings in found)


def _server(address: "ServerAddress") -> "Iterator[tuple[str, Iterable[Finding]]]":
    from eventyard import diagnosis

    findings = list(diagnosis.look_at_server(address))
    yield "server", findings
    # One that does not answer or keeps nothing takes no event; what else is wrong with it does not matter to that.
    if findings[-1].level == "ok":
        yield "test event", diagnosis.look_at_round_trip(address)


def _tell(finding: "Finding") -> None:
    level = click.style(f"{finding.level:8}", fg=_COLOURS[finding.level])
    click.echo(f"    {level} {printable(finding.text)}")
    if finding.remedy:
        click.secho(f"             {printable(finding.remedy)}", dim=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
