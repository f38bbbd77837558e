"""What a request needs to be allowed."""

from typing import Final

from aiohttp import web

from eventyard.access import EVERYTHING, Credentials, Grant, Scope

__all__ = ["allows", "granted", "needed_scope"]

#: What is the same for everybody who has a token: senders need the schemas as much as readers.
_FOR_ALL: Final = ("/v1/schemas", "/v1/asyncapi.json", "/schemas")

_PUBLISH: Final = ("/v1/events", "/v1/hooks/")
_READ: Final = ("/v1/streams", "/metrics")


def needed_scope(path: str) -> Scope | None:
    """The scope for ``path``; ``None`` where any token will do. What is not known needs the most."""
    if path.startswith(_FOR_ALL):
        return None
    if path.startswith(_PUBLISH):
        return Scope.PUBLISH
    return Scope.READ if path.startswith(_READ) else Scope.ADMIN


def allows(grant: Grant, path: str) -> bool:
    """Whether ``grant`` is for ``path``; which of the streams may be read is looked at there."""
    scope = needed_scope(path)
    return scope is None or grant.may(scope)


def granted(request: web.Request, credentials: Credentials) -> Grant | None:
    """What the token of ``request`` grants; ``None`` when it has none that is valid, and one is asked for."""
    return credentials.grant_of(request.headers.get("Authorization", "")) if credentials.required else EVERYTHING
