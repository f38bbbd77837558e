"""``eventyard replay``: send a recording again, at the pace at which it happened or another."""

import sys
import time
from collections.abc import Callable, Iterator
from typing import IO

import click

from eventyard.cli.event_file import Entry, read_entries, shown_name
from eventyard.errors import EventyardError

__all__ = ["paced", "replay"]

_EXAMPLES = """\b
Examples:
  eventyard replay recording.ndjson --speed 10
  eventyard replay recording.ndjson --fast --url http://127.0.0.1:9000
"""

# Events closer together than this many seconds go in one request.
_TOGETHER = 0.01


def _pace(_context: click.Context, _option: click.Parameter, value: str) -> float:
    """The factor that ``value`` names; infinity for ``max``."""
    if value == "max":
        return float("inf")
    try:
        factor = float(value)
    except ValueError:
        factor = 0.0
    if not 0 < factor < float("inf"):
        message = f"{value!r} is no pace; expected a number above 0, or max"
        raise click.BadParameter(message)
    return factor


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=click.File("rb"))
@click.option(
    "--speed",
    callback=_pace,
    default="1",
    metavar="N|max",
    show_default=True,
    help="So many times as fast as it happened.",
)
@click.option("--fast", is_flag=True, help="As fast as it goes; the same as --speed max.")
@click.option("--url", metavar="URL", help="The server.  [default: from the settings]")
@click.option("--token", metavar="TOKEN", help="Credential, better given as EVENTYARD_TOKEN.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def replay(*, file: IO[bytes], speed: float, fast: bool, url: str | None, token: str | None, as_json: bool) -> None:
    """Send the events of a recording, FILE or - for the standard input, with the pauses that their times tell.

    Events keep their identities: a server that has them counts them as duplicates, so that replaying twice adds
    nothing. Ends with 1 when one was refused, and with 2 when the server cannot be reached.
    """
    from eventyard.cli.progress import Progress
    from eventyard.cli.sending import Refusal, Sender, summary
    from eventyard.settings import server_address

    refusals: list[Refusal] = []
    with Progress(file, "Replaying") as progress:

        def tell(refusal: Refusal) -> None:
            for sentence in refusal.sentences:
                progress.tell(f"{shown_name(file)}:{refusal.line}: {sentence}")

        with Sender.to(server_address(url, token), refusals.append if as_json else tell) as sender:
            try:
                for entries in paced(read_entries(file), float("inf") if fast else speed, time.monotonic, time.sleep):
                    sender.send(entries)
                    progress.advance()
            except (EventyardError, KeyboardInterrupt):
                click.echo(summary(sender.counts, refusals, as_json=as_json))
                raise
    click.echo(summary(sender.counts, refusals, as_json=as_json))
    if sender.counts["rejected"]:
        sys.exit(1)


def paced(
    groups: Iterator[list[Entry]], speed: float, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Iterator[list[Entry]]:
    """The entries of ``groups``, each when it is due, those that are due together in one list.

    An entry whose time is not later than that of one before it, or that has none, is due at once.

    Args:
        groups: The entries in the order of the recording.
        speed: How many times as fast as they happened; infinity for no pauses.
        clock: The time in seconds.
        sleep: Waits for so many seconds.
    """
    if speed == float("inf"):
        yield from groups
        return
    begin = clock()
    first: float | None = None
    due = 0.0
    waiting: list[Entry] = []
    for entry in (entry for group in groups for entry in group):
        happened = _time_of(entry)
        if happened is not None:
            first = happened if first is None else first
            at = max(due, (happened - first) / speed)
            if waiting and at - due > _TOGETHER:
                yield waiting
                waiting = []
            due = at
        if not waiting:
            sleep(max(0.0, begin + due - clock()))
        waiting.append(entry)
    if waiting:
        yield waiting


def _time_of(entry: Entry) -> float | None:
    from eventyard.events.timestamps import moment

    time_text = entry.value.get("time") if isinstance(entry.value, dict) else None
    return moment(time_text) if isinstance(time_text, str) else None
