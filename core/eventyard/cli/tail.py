"""``eventyard tail``: show events as they happen."""

import sys
from pathlib import Path
from typing import Literal

import click

from eventyard.spelling import nearest

__all__ = ["tail"]

_EXAMPLES = """\b
Examples:
  eventyard tail
  eventyard tail tools errors --session 4f0c2e9a-77b1-4c1e-9d0e-0c9a4f6f1d11
  eventyard tail files --json | jq .data.path
  eventyard tail errors --cursor errors.cursor --from earliest
"""


@click.command(epilog=_EXAMPLES)
@click.argument("namespaces", metavar="[NAMESPACE]...", nargs=-1)
@click.option("--type", "types", metavar="TYPE", multiple=True, help="Only events of this type; repeatable.")
@click.option("--session", "sessions", metavar="ID", multiple=True, help="Only events of this session; repeatable.")
@click.option(
    "--from",
    "start",
    type=click.Choice(["earliest", "latest"]),
    help="Begin with all that is kept, or with nothing of the past.  [default: what no client has had yet]",
)
@click.option(
    "--cursor",
    "cursor_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep the place in FILE, and go on there the next time.",
)
@click.option("-n", "--count", type=click.IntRange(min=1), metavar="COUNT", help="Stop after this many events.")
@click.option("--json", "as_json", is_flag=True, help="Print each event as a line of JSON.")
@click.option("--url", metavar="URL", help="The server.  [default: from the settings]")
@click.option("--token", metavar="TOKEN", help="Credential, better given as EVENTYARD_TOKEN.")
def tail(
    *,
    namespaces: tuple[str, ...],
    types: tuple[str, ...],
    sessions: tuple[str, ...],
    start: Literal["earliest", "latest"] | None,
    cursor_file: Path | None,
    count: int | None,
    as_json: bool,
    url: str | None,
    token: str | None,
) -> None:
    """Show the events of all or some NAMESPACES as they happen.

    When the connection is lost, it is made again and goes on where it was; what could not be had is told as a gap.
    That, like all that is no event, goes to standard error. Ctrl-C ends it. With --cursor, the next run goes on where
    this one ended, however it ended; --from then counts for the first run alone.
    """
    import asyncio

    from eventyard.cli.event_printer import EventPrinter
    from eventyard.cli.served_types import served_schemas, warn_of_unknown_types
    from eventyard.client import Subscriber
    from eventyard.settings import server_address

    address = server_address(url, token)
    schemas = served_schemas(address)
    chosen = _chosen(namespaces, sorted({schema["namespace"] for schema in schemas}))
    warn_of_unknown_types(types, schemas)

    async def follow() -> None:
        async with Subscriber(
            address.url,
            *chosen,
            types=types,
            sessions=sessions,
            token=address.token or None,
            resume=start,
            cursor_file=cursor_file,
        ) as subscriber:
            await EventPrinter(as_json=as_json).print_all(subscriber.messages(), count)

    try:
        asyncio.run(follow())
    except KeyboardInterrupt:
        sys.exit(0)


def _chosen(given: tuple[str, ...], installed: list[str]) -> list[str]:
    """The namespaces to follow; the slash may be left out."""
    chosen = list(dict.fromkeys(f"/{name.strip('/')}" for name in given)) or installed
    for name in chosen:
        if name not in installed:
            if name == "/ingest":
                raise click.BadParameter("/ingest takes events in and gives none out", param_hint="NAMESPACE")
            near = nearest(name, installed)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(installed)}."
            raise click.BadParameter(f"the server has no namespace {name}; {hint}", param_hint="NAMESPACE")
    return chosen
