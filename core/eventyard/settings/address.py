"""Where a client on this machine finds the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from eventyard.settings.loader import collect_settings, load_settings
from eventyard.settings.settings import Settings

__all__ = ["ServerAddress", "server_address"]

# Addresses that a server binds, with the ones under which this machine reaches it.
_REACHED_AS = {"localhost": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - replaced, not bound


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a client finds the server, and what it shows to be let in.

    Attributes:
        url: Base URL without a slash at the end, for example ``http://127.0.0.1:8765``.
        token: The credential; empty when there is none.
    """

    url: str
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Where this machine finds a server with these settings."""
        return cls(_url(settings.host, settings.port), settings.token)


def server_address(
    url: str | None = None, token: str | None = None, *, environ: Mapping[str, str] | None = None
) -> ServerAddress:
    """The address that the settings of this machine give a server; ``url`` and ``token`` override it.

    It leaves out the check against the schema, which takes longer than sending an event, unless a value is no address.

    Raises:
        InvalidSettings: The settings give no address.
        SettingsError: The user's file does not exist or cannot be parsed.
    """
    collected = collect_settings(environ=environ)
    host = collected.values.get("host", "localhost")
    port = collected.values.get("port", 8765)
    found = collected.values.get("token", "")
    if not (isinstance(host, str) and type(port) is int and isinstance(found, str)):
        settings = load_settings(environ=environ).settings
        host, port, found = settings.host, settings.port, settings.token
    return ServerAddress((url or _url(host, port)).rstrip("/"), found if token is None else token)


def _url(host: str, port: int) -> str:
    return f"http://{_REACHED_AS.get(host, f'[{host}]' if ':' in host else host)}:{port}"
