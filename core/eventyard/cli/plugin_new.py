"""``eventyard plugins new``: the distribution of a plugin, rendered from the template."""

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import click

__all__ = ["new"]


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--type", "event_type", metavar="TYPE", help="Name of the event type.  [default: NAME]")
@click.option("--says", metavar="CLAUSE", help="What such an event says: 'a version was deployed'.")
@click.option("--namespace", metavar="NAMESPACE", help="The Socket.IO namespace of its events.  [default: /NAME]")
@click.option("--enrich/--no-enrich", default=None, help="With the hook that adds what senders leave out.")
@click.option("--emit/--no-emit", default=None, help="With the hook that passes events on to somewhere else.")
@click.option("--into", metavar="FOLDER", type=click.Path(path_type=Path), help="Where to.  [default: eventyard-NAME]")
@click.option("--defaults", is_flag=True, help="Ask nothing, also on a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the folder, and the files in it.")
def new(*, name: str, into: Path | None, defaults: bool, as_json: bool, **answers: Any) -> None:
    """Make a new plugin: a distribution with an event type, its schema, a state, tests, and settings of the tools.

    On a terminal, it asks for what the options do not say. What it makes passes its own tests.
    """
    try:
        from copier import run_copy
        from copier.errors import CopierAnswersInterrupt
    except ImportError as error:
        message = "eventyard plugins new needs copier, which is not installed: pip install 'eventyard[template]'"
        raise click.UsageError(message) from error
    from eventyard_plugin_template import TEMPLATE

    folder = into or Path(f"eventyard-{name.replace('_', '-')}")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} exists already; name another folder with --into."
        raise click.UsageError(message)
    given = {"name": name, **{key: value for key, value in answers.items() if value is not None}}
    try:
        run_copy(str(TEMPLATE), folder, given, defaults=defaults or not sys.stdin.isatty(), quiet=True, overwrite=True)
    except CopierAnswersInterrupt as error:
        raise click.Abort from error
    except ValueError as error:
        raise click.UsageError(_told(error)) from error
    if as_json:
        files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        click.echo(json.dumps({"folder": os.fspath(folder), "files": files}, indent=2))
        return
    quoted = shlex.quote(os.fspath(folder))
    click.echo(f"{folder} has a plugin that works. Next, in an environment of your own:")
    click.echo(f"    cd {quoted}\n    pip install --editable . --group test\n    pytest")


def _told(error: ValueError) -> str:
    """What copier says of an answer, without its own words around it."""
    text = str(error)
    question, separator, objection = text.removeprefix("Validation error for question ").partition(": ")
    return f"{question.strip(chr(39))}: {objection}." if separator else text
