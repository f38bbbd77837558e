"""The HTTP side as one aiohttp application."""

from collections.abc import Iterable
from typing import Any, Protocol

from aiohttp import web

from eventyard.http.encodings import check_encoding
from eventyard.http.missing import explain_missing

__all__ = ["Routes", "make_application"]


class Routes(Protocol):
    """A room of the HTTP side."""

    def routes(self) -> list[web.RouteDef]:
        """The routes that it answers."""


def make_application(rooms: Iterable[Routes], gate: Any, max_body_size: int) -> web.Application:
    """The application with the routes of all ``rooms`` behind ``gate``; bodies have at most ``max_body_size`` bytes."""
    application = web.Application(middlewares=[gate, check_encoding, explain_missing], client_max_size=max_body_size)
    for room in rooms:
        application.add_routes(room.routes())
    return application
