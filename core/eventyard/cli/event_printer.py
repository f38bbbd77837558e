"""Followed events on a terminal, or as lines of JSON."""

import asyncio
import json
import shutil
import sys
from collections.abc import Callable
from typing import Any

import click

from eventyard.cli.event_line import event_line
from eventyard.cli.live_client import LiveClient, Wanted
from eventyard.settings import ServerAddress

__all__ = ["EventPrinter", "follow"]

# Columns of a line that goes to a file or a program.
_WIDTH = 200


def follow(address: ServerAddress, wanted: Wanted, *, as_json: bool, count: int | None) -> None:
    """Print what is ``wanted`` from the server at ``address``, for ever or until ``count`` events were printed.

    Raises:
        Unreachable: There is no server, or it refuses us.
    """

    async def run() -> None:
        client = LiveClient(address, wanted)
        await client.run(EventPrinter(as_json=as_json, count=count, stop=client.stop))

    asyncio.run(run())


class EventPrinter:
    """Writes events to standard output, and what happens to the connection to standard error."""

    def __init__(self, *, as_json: bool, count: int | None, stop: Callable[[], None]) -> None:
        """Make a printer.

        Args:
            as_json: Whether each event is a line of JSON, not of text.
            count: After how many events to call ``stop``; ``None`` for never.
            stop: Ends it.
        """
        self._as_json = as_json
        self._left = count
        self._stop = stop

    def event(self, namespace: str, event: dict[str, Any]) -> None:
        """Print an event."""
        if self._left == 0:
            return
        if self._as_json:
            click.echo(json.dumps(event, separators=(",", ":")))
        else:
            width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH
            click.echo(event_line(namespace, event, width))
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._stop()

    def gap(self, namespace: str, gap: dict[str, Any]) -> None:
        """Tell of missed events."""
        count = gap.get("count")
        missed = "an unknown number of events" if count is None else f"{count} event{'' if count == 1 else 's'}"
        self._say(f"gap: {missed} of {namespace} missed ({gap.get('reason')})", "yellow")

    def lost(self) -> None:
        """Tell that the connection is lost."""
        self._say("connection lost; connecting again …", "yellow")

    def back(self) -> None:
        """Tell that it is back."""
        self._say("connected again", "green")

    @staticmethod
    def _say(text: str, colour: str) -> None:
        click.secho(text, err=True, fg=colour)
