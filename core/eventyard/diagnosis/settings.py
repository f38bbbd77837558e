"""The settings."""

from collections.abc import Iterator

from eventyard.access import is_loopback
from eventyard.errors import EventyardError
from eventyard.hooks import Finding
from eventyard.settings import Layer, LoadedSettings, Origin
from eventyard.settings.credentials import credentials_of

__all__ = ["look_at_settings"]


def look_at_settings(loaded: LoadedSettings) -> Iterator[Finding]:
    """Where they come from, and who reaches a server that has them."""
    places = sorted({_place(origin) for origin in loaded.origins.values() if origin.layer is not Layer.DEFAULT})
    yield Finding("ok", f"they are right; besides the defaults: {', '.join(places) or 'nothing'}")
    settings = loaded.settings
    try:
        credentials = credentials_of(settings)
    except EventyardError as error:
        yield Finding("problem", str(error))
        return
    if is_loopback(settings.host):
        return
    if credentials.can_be_met:
        text = f"host {settings.host!r} is reachable from other machines, and nothing is encrypted"
        yield Finding("warning", text, "put a proxy with TLS before the server, and its name into allowed_hosts")
    else:
        text = f"host {settings.host!r} is reachable from other machines, so that the server does not start"
        yield Finding("problem", text, "set token, or make one with eventyard token create")


def _place(origin: Origin) -> str:
    return origin.place if origin.layer is Layer.FILE else str(origin)
