"""``eventyard schema docs``, ``types`` and ``asyncapi``: documents made of what is installed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eventyard.cli.settings_options import with_settings

if TYPE_CHECKING:
    from eventyard.catalogue import Catalogue
    from eventyard.settings import LoadedSettings

__all__ = ["asyncapi", "docs", "types"]

_OUT = click.option("--out", metavar="FILE", help="Write to FILE instead of the standard output.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON: the document as one text.")


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["md", "html"]), default="md", show_default=True, help="Which page."
)
@_OUT
@_JSON
@with_settings
def docs(*, load: Callable[[], "LoadedSettings"], form: str, out: str | None, as_json: bool) -> None:
    """Make a page about all installed event types: a table of each one's members, examples, owner, policy.

    The page in HTML is one file without scripts that needs no network; a running server shows it at /schemas.
    """
    from eventyard.catalogue import html_page, markdown_page

    page = {"md": markdown_page, "html": html_page}[form]
    _give(page(_catalogue(load)), out, as_json=as_json)


@click.command()
@click.argument("language", metavar="LANGUAGE", type=click.Choice(["typescript", "python"]))
@_OUT
@_JSON
@with_settings
def types(*, load: Callable[[], "LoadedSettings"], language: str, out: str | None, as_json: bool) -> None:
    """Make types of all installed event types, in LANGUAGE: typescript (a .d.ts file) or python (TypedDicts)."""
    from eventyard.catalogue import python_module, typescript_declarations

    made = {"typescript": typescript_declarations, "python": python_module}[language]
    _give(made(_catalogue(load)), out, as_json=as_json)


@click.command()
@_OUT
@click.option("--json", "as_json", is_flag=True, help="The document is JSON in any case.")
@with_settings
def asyncapi(*, load: Callable[[], "LoadedSettings"], out: str | None, as_json: bool) -> None:
    """Make an AsyncAPI 3.0 document of what is installed; a running server has it at /v1/asyncapi.json."""
    from eventyard.catalogue import asyncapi_document

    del as_json
    settings = load().settings
    document = asyncapi_document(_catalogue(load), f"{settings.host}:{settings.port}")
    _give(json.dumps(document, indent=2) + "\n", out, as_json=False)


def _catalogue(load: Callable[[], "LoadedSettings"]) -> "Catalogue":
    from eventyard.catalogue import Catalogue
    from eventyard.cli.plugin_loading import load_plugins

    return Catalogue.of(load_plugins(load().settings))


def _give(text: str, out: str | None, *, as_json: bool) -> None:
    if as_json:
        text = json.dumps({"document": text}, indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        Path(out).write_text(text, "utf-8")
    except OSError as error:
        message = f"{out} cannot be written: {error.strerror or error}"
        raise click.BadParameter(message, param_hint="--out") from error
