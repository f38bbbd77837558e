"""``eventyard serve``: run the server."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from eventyard.cli.settings_options import with_settings

if TYPE_CHECKING:
    from eventyard.settings import LoadedSettings

__all__ = ["serve"]


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to bind.  [default: localhost]")
@click.option("--port", type=int, metavar="PORT", help="Port to bind; 0 takes any free one.  [default: 8765]")
@click.option("--data-dir", metavar="DIRECTORY", help="Where the server keeps its state.  [default: the platform's]")
@with_settings
def serve(*, load: Callable[[], "LoadedSettings"]) -> None:
    """Run the server until Ctrl-C; a second Ctrl-C ends it at once."""
    import logging

    from eventyard.cli.running import run_server

    settings = load().settings
    logging.basicConfig(
        level=settings.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    run_server(settings)
