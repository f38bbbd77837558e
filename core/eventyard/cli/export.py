"""``eventyard export``: write what a server keeps."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

import click

__all__ = ["export"]

_EXAMPLES = """\b
Examples:
  eventyard export recording.ndjson
  eventyard export --stream tools --session 4f0c2e9a-77b1-4c1e-9d0e-0c9a4f6f1d11 | jq .data.tool
"""


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@click.option("--stream", "streams", metavar="NAME", multiple=True, help="Only this stream, such as tools; repeatable.")
@click.option("--type", "types", metavar="TYPE", multiple=True, help="Only events of this type; repeatable.")
@click.option("--session", "sessions", metavar="ID", multiple=True, help="Only events of this session; repeatable.")
@click.option("--url", metavar="URL", help="The server.  [default: from the settings]")
@click.option("--token", metavar="TOKEN", help="Credential, better given as EVENTYARD_TOKEN.")
def export(
    *,
    file: IO[str],
    streams: tuple[str, ...],
    types: tuple[str, ...],
    sessions: tuple[str, ...],
    url: str | None,
    token: str | None,
) -> None:
    """Write the events that a server keeps to FILE, one as a line of JSON, in the order in which it accepted them.

    Without FILE, or with -, they go to standard output. What the server does not have any more is told on standard
    error. `eventyard replay` takes such a recording.
    """
    from eventyard.cli.served_types import served_schemas, warn_of_unknown_types
    from eventyard.client import History
    from eventyard.settings import server_address

    address = server_address(url, token)
    if types:
        warn_of_unknown_types(types, served_schemas(address))
    with History(address.url, *streams, types=types, sessions=sessions, token=address.token) as history:
        is_shown = sys.stderr.isatty() and file.name != "-"
        with click.progressbar(length=history.total, label="Exporting", file=sys.stderr, hidden=not is_shown) as bar:
            written = 0
            with _named(file):
                for event in history:
                    file.write(json.dumps(event.to_dict(), ensure_ascii=False, separators=(",", ":")) + "\n")
                    written += 1
                    bar.update(history.read - bar.pos)
            # Behind the last event there may be places without one that was chosen.
            bar.update(history.read - bar.pos)
    for missing in history.missing:
        click.echo(f"{missing.count} events of {missing.stream} are not kept any more", err=True)
    if file.name != "-":
        click.echo(f"{written} events written to {file.name}", err=True)


@contextmanager
def _named(file: IO[str]) -> Iterator[None]:
    """Open ``file`` and write it to its end; what goes wrong has its name."""
    try:
        # It is opened when it is first used.
        file.flush()
    except click.FileError as error:
        raise click.BadParameter(error.format_message(), param_hint="FILE") from error
    try:
        yield
        file.flush()
    except OSError as error:
        if file.name != "-":
            error.filename = file.name
            with suppress(OSError):
                file.close()
        raise
