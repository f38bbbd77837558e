"""``eventyard token``: tokens for single programs, with a scope of their own."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import click

from eventyard.cli.settings_options import with_settings
from eventyard.errors import SettingsError

if TYPE_CHECKING:
    from eventyard.access import StoredToken, TokenFile
    from eventyard.settings import LoadedSettings

__all__ = ["token"]

_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NAMESPACE: Final = re.compile(r"/?([a-z][a-z0-9_-]*)")
_SPAN: Final = re.compile(r"([1-9][0-9]{0,5})(m|h|d)")
_SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400}
_DATA_DIR = click.option("--data-dir", metavar="DIRECTORY", help="The server's.  [default: from the settings]")


@click.group()
def token() -> None:
    """Make, list and revoke tokens for single programs.

    They are kept in the data directory, without what lets somebody in. A server that runs sees a change within two
    seconds. Once there was one, it lets nobody in without a token.
    """


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(["publish", "read", "admin"]),
    multiple=True,
    help="What it is for; repeatable.  [default: read]",
)
@click.option(
    "--namespace", "namespaces", metavar="NAMESPACE", multiple=True, help="The only one to be read; repeatable."
)
@click.option("--expires", metavar="SPAN", help="How long it is good for: 45m, 12h, 30d.  [default: for ever]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_DATA_DIR
@with_settings
def create(
    *,
    load: Callable[[], "LoadedSettings"],
    name: str,
    scopes: tuple[str, ...],
    namespaces: tuple[str, ...],
    expires: str | None,
    as_json: bool,
) -> None:
    """Make a token called NAME, and print it: this once and never again.

    With the scope publish, a program may send events; with read, follow namespaces and read what is kept; with admin,
    do all of that, and see dead letters and connections.
    """
    from eventyard.access import Scope
    from eventyard.events import now

    if not _NAME.fullmatch(name):
        message = f"{name!r} is no name: expected up to 64 letters, digits, '.', '_' and '-'."
        raise click.BadParameter(message, param_hint="NAME")
    granted = frozenset(map(Scope, scopes or ["read"]))
    only = frozenset(map(_namespace, namespaces)) or None
    if only and (Scope.READ not in granted or Scope.ADMIN in granted):
        message = "only what has the scope read, and not admin, can be limited to namespaces."
        raise click.BadParameter(message, param_hint="--namespace")
    created = now()
    file = _file(load())
    is_first = file.signature() is None
    made = file.create(
        name,
        granted,
        namespaces=only,
        now=created,
        expires=None if expires is None else created + _seconds(expires),
    )
    click.echo(json.dumps({"name": name, "token": made}) if as_json else made)
    if is_first:
        click.echo(
            "This is the first one: from now on, the server lets nobody in without, not even local agents.", err=True
        )


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_DATA_DIR
@with_settings
def list_tokens(*, load: Callable[[], "LoadedSettings"], as_json: bool) -> None:
    """Show the tokens, without what lets somebody in."""
    tokens = _file(load()).read()
    described = [_described(each) for each in tokens]
    if as_json:
        click.echo(json.dumps({"tokens": described}, indent=2))
        return
    rows = [("NAME", "SCOPES", "NAMESPACES", "CREATED", "EXPIRES")]
    for each in described:
        namespaces = "all" if each["namespaces"] is None else " ".join(each["namespaces"])
        expires = f"{each['expires'] or 'never'}{' (expired)' if each['expired'] else ''}"
        rows.append((each["name"], " ".join(each["scopes"]), namespaces, each["created"], expires))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


@token.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_DATA_DIR
@with_settings
def revoke(*, load: Callable[[], "LoadedSettings"], name: str, as_json: bool) -> None:
    """Take the token called NAME away from whoever has it; who is connected by it is turned out."""
    from eventyard.spelling import did_you_mean

    file = _file(load())
    if file.revoke(name) is None:
        hint = did_you_mean(name, [each.grant.name for each in file.read()]) or "."
        message = f"There is no token {name!r}{hint}"
        raise click.BadParameter(message, param_hint="NAME")
    click.echo(json.dumps({"revoked": name}) if as_json else f"{name} is revoked")


def _file(loaded: "LoadedSettings") -> "TokenFile":
    from eventyard.settings.credentials import token_file

    file = token_file(loaded.settings)
    if file is None:
        message = "a server with journal.durability memory has no file with tokens; set token instead"
        raise SettingsError(message)
    return file


def _described(stored: "StoredToken") -> dict[str, Any]:
    from eventyard.events import now, timestamp

    grant = stored.grant
    return {
        "name": grant.name,
        "scopes": sorted(grant.scopes),
        "namespaces": None if grant.namespaces is None else sorted(grant.namespaces),
        "created": timestamp(stored.created),
        "expires": None if grant.expires is None else timestamp(grant.expires),
        "expired": grant.has_expired(now()),
    }


def _namespace(text: str) -> str:
    match = _NAMESPACE.fullmatch(text)
    if match is None:
        message = f"{text!r} is no namespace, such as tools or /tools."
        raise click.BadParameter(message, param_hint="--namespace")
    return f"/{match[1]}"


def _seconds(span: str) -> int:
    match = _SPAN.fullmatch(span)
    if match is None:
        message = f"{span!r} is no span of time: expected a number with m, h or d, such as 30d."
        raise click.BadParameter(message, param_hint="--expires")
    return int(match[1]) * _SECONDS[match[2]]
