"""``eventyard emit``: send events to a server."""

import json
import sys
from typing import IO, Any

import click

from eventyard.cli.event_file import Entry, read_entries, shown_name
from eventyard.errors import EventyardError

__all__ = ["emit"]

_EXAMPLES = """\b
Examples:
  eventyard emit --type error --session s1 --data '{"message": "disk full", "kind": "system"}'
  eventyard emit events.ndjson
"""
_ATTRIBUTES = ("source", "id", "time", "session", "agent", "parentagent", "correlationid", "subject", "project")


@click.command(epilog=_EXAMPLES)
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--type", "type_name", metavar="TYPE", help="Type of the one event to send.")
@click.option("--source", metavar="URI", help="Who says it.  [default: /eventyard/emit]")
@click.option(
    "--data", metavar="JSON|@FILE", help="Its payload, a JSON object, or the file that holds it.  [default: {}]"
)
@click.option("--session", metavar="ID", help="The agent session that it belongs to.")
@click.option("--agent", metavar="ID", help="The subagent that it belongs to.")
@click.option("--parentagent", metavar="ID", help="The agent that started that subagent.")
@click.option("--correlationid", metavar="ID", help="What pairs it with other events, such as a tool use id.")
@click.option("--subject", metavar="TEXT", help="What it is about.")
@click.option("--project", metavar="TEXT", help="The project that it belongs to.")
@click.option(
    "--id", metavar="ID", help="Its identity; the server counts equal source and id once.  [default: a new one]"
)
@click.option("--time", metavar="RFC3339", help="When it happened.  [default: now]")
@click.option("--url", metavar="URL", help="The server.  [default: from the settings]")
@click.option("--token", metavar="TOKEN", help="Credential, better given as EVENTYARD_TOKEN.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def emit(
    *,
    file: IO[bytes] | None,
    type_name: str | None,
    data: str | None,
    url: str | None,
    token: str | None,
    as_json: bool,
    **attributes: str | None,
) -> None:
    """Send one event, or the events of a FILE.

    One event is made from the options. A FILE, or - for the standard input, holds a JSON object, a JSON array, or one
    event a line.

    Ends with 0 when every event was accepted or is there already, with 1 when one was refused, and with 2 when the
    server cannot be reached.
    """
    from eventyard.cli.progress import Progress
    from eventyard.cli.sending import Refusal, Sender, summary
    from eventyard.settings import server_address

    given = {name: attributes[name] for name in _ATTRIBUTES if attributes[name] is not None}
    if (file is None) == (type_name is None):
        raise click.UsageError("Give either a FILE of events or --type.")
    if file is not None and (given or data is not None):
        raise click.UsageError("The options that make one event do not go with a FILE.")

    groups = read_entries(file) if file else iter([[Entry(1, _event(type_name, given, data))]])
    refusals: list[Refusal] = []
    with Progress(file, "Sending") as progress:

        def tell(refusal: Refusal) -> None:
            for sentence in refusal.sentences:
                progress.tell(f"{shown_name(file)}:{refusal.line}: {sentence}" if file else sentence)

        with Sender.to(server_address(url, token), refusals.append if as_json else tell) as sender:
            try:
                for entries in groups:
                    sender.send(entries)
                    progress.advance()
            except EventyardError:
                if any(sender.counts.values()):
                    click.echo(summary(sender.counts, refusals, as_json=as_json))
                raise
    click.echo(summary(sender.counts, refusals, as_json=as_json))
    if sender.counts["rejected"]:
        sys.exit(1)


def _event(type_name: str | None, attributes: dict[str, Any], data: str | None) -> dict[str, Any]:
    event = {"specversion": "1.0", "type": type_name, "source": "/eventyard/emit", **attributes, "data": {}}
    if data is not None:
        event["data"] = _payload(data)
    return event


def _payload(text: str) -> Any:
    if text.startswith("@"):
        try:
            with click.open_file(text[1:], "rb") as file:
                content: str | bytes = file.read()
        except OSError as error:
            raise click.BadParameter(f"{text[1:]}: {error.strerror}", param_hint="--data") from error
    else:
        content = text
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise click.BadParameter(f"not JSON: {error}", param_hint="--data") from error
