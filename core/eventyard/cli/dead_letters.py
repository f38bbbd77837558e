"""``eventyard dead-letters``: what a server refused; shown, tried again, discarded."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import click

from eventyard.errors import EventyardError

if TYPE_CHECKING:
    from eventyard.cli.letter_box import LetterBox

__all__ = ["dead_letters"]

_RETRY_EXAMPLES = """\b
Examples:
  eventyard dead-letters retry 17 18
  eventyard dead-letters retry --type deployment
  eventyard dead-letters retry --all --json | jq .rejected
"""


def _for_server(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name the server."""
    command = click.option("--token", metavar="TOKEN", help="Credential, better given as EVENTYARD_TOKEN.")(command)
    return click.option("--url", metavar="URL", help="The server.  [default: from the settings]")(command)


@contextmanager
def _letter_box(url: str | None, token: str | None) -> Iterator["LetterBox"]:
    from eventyard.cli.letter_box import LetterBox
    from eventyard.client.http_client import HttpClient
    from eventyard.settings import server_address

    address = server_address(url, token)
    with closing(HttpClient(address.url, address.token)) as client:
        yield LetterBox(client)


@click.group("dead-letters")
def dead_letters() -> None:
    """Show what a server refused, try it again, or discard it."""


@dead_letters.command("list")
@click.option("--type", "types", metavar="TYPE", multiple=True, help="Only letters of this event type; repeatable.")
@click.option(
    "--after", type=click.IntRange(min=0), default=0, metavar="NUMBER", help="Begin behind this letter.  [default: 0]"
)
@click.option("-n", "--count", type=click.IntRange(min=1), metavar="COUNT", help="At most so many.  [default: all]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_for_server
def list_letters(
    *, types: tuple[str, ...], after: int, count: int | None, as_json: bool, url: str | None, token: str | None
) -> None:
    """List the dead letters, oldest first."""
    from eventyard.cli.letter_text import letter_row, row_heading

    with _letter_box(url, token) as box:
        letters = box.letters(types, after, count)
        if as_json:
            click.echo(json.dumps({**box.count(types), "dead_letters": list(letters)}, indent=2))
            return
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        is_empty = True
        for letter in letters:
            if is_empty:
                click.echo(row_heading())
                is_empty = False
            click.echo(letter_row(letter, width))
        if is_empty:
            click.echo("There are no dead letters.")


@dead_letters.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_for_server
def show(*, number: int, as_json: bool, url: str | None, token: str | None) -> None:
    """Show the dead letter NUMBER: what was sent, and what speaks against it."""
    from eventyard.cli.letter_text import letter_lines

    with _letter_box(url, token) as box:
        letter = box.letter(number)
    if as_json:
        click.echo(json.dumps(letter, indent=2))
    else:
        for line in letter_lines(letter):
            click.echo(line)


@dead_letters.command(epilog=_RETRY_EXAMPLES)
@click.argument("numbers", metavar="[NUMBER]...", type=click.IntRange(min=1), nargs=-1)
@click.option("--type", "types", metavar="TYPE", multiple=True, help="All letters of this event type; repeatable.")
@click.option("--all", "is_all", is_flag=True, help="All letters.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
@_for_server
def retry(
    *,
    numbers: tuple[int, ...],
    types: tuple[str, ...],
    is_all: bool,
    as_json: bool,
    url: str | None,
    token: str | None,
) -> None:
    """Try dead letters again, after what was wrong with them, or with a schema or a plugin, was mended.

    A letter that is accepted, or turns out to be there already, is removed. One that is refused again stays, with what
    speaks against it now.

    Ends with 0 when all were taken, and with 1 when one was refused again or is not there.
    """
    if [bool(numbers), bool(types), is_all].count(True) != 1:
        raise click.UsageError("Give either NUMBERs, --type or --all.")
    results: list[dict[str, Any]] = []
    with _letter_box(url, token) as box:
        total = len(set(numbers)) or box.count(types)["matching"]
        groups = box.retry(list(dict.fromkeys(numbers))) if numbers else box.retry_all(types, total)
        hidden = not sys.stderr.isatty()
        try:
            with click.progressbar(length=total, label="Retrying", file=sys.stderr, hidden=hidden) as bar:
                for group in groups:
                    results += group
                    bar.update(len(group))
        finally:
            # Also what was done before the server went away.
            counts = _tell_retried(results, as_json=as_json)
    if counts["unavailable"]:
        message = f"the server cannot keep events at the moment; {counts['unavailable']} letters stay as they were"
        raise EventyardError(message)
    if counts["rejected"] or counts["gone"]:
        sys.exit(1)


def _tell_retried(results: list[dict[str, Any]], *, as_json: bool) -> Counter[str]:
    from eventyard.cli.letter_text import retried_line

    counts = Counter(result["status"] for result in results)
    told = {status: counts[status] for status in ("accepted", "duplicate", "rejected")}
    told |= {status: counts[status] for status in ("gone", "unavailable") if counts[status]}
    if as_json:
        click.echo(json.dumps({**told, "results": results}, indent=2))
    else:
        for result in results:
            click.echo(retried_line(result))
        click.echo(", ".join(f"{count} {status}" for status, count in told.items()))
    return counts


@dead_letters.command()
@click.argument("numbers", metavar="NUMBER...", type=click.IntRange(min=1), nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@_for_server
def discard(*, numbers: tuple[int, ...], as_json: bool, url: str | None, token: str | None) -> None:
    """Remove dead letters for good.

    Ends with 1 when one is not there.
    """
    with _letter_box(url, token) as box:
        found = {number: box.discard(number) for number in dict.fromkeys(numbers)}
    missing = [number for number, was_there in found.items() if not was_there]
    if as_json:
        click.echo(json.dumps({"discarded": [number for number in found if found[number]], "gone": missing}))
    else:
        for number in missing:
            click.echo(f"there is no dead letter {number}", err=True)
        click.echo(f"{len(found) - len(missing)} discarded")
    if missing:
        sys.exit(1)
