"""What every request passes first: host name, web origin, credential."""

import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from eventyard.access import Credentials, HostAllowList, Origin, Origins
from eventyard.errors import BodyTooLarge, DeadLetterError, JournalError, MalformedBody, UnsupportedMediaType
from eventyard.http.problems import problem
from eventyard.metrics import Metrics

__all__ = ["OPEN_PATHS", "SOCKET_PATH", "make_gate"]

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: Where Socket.IO lives. Its credential comes with the request to join a namespace.
SOCKET_PATH: Final = "/socket.io/"

#: What orchestrators ask without a credential.
OPEN_PATHS: Final = frozenset({"/health", "/livez", "/readyz"})


def make_gate(
    hosts: HostAllowList, origins: Origins, credentials: Credentials, metrics: Metrics, *, debug: bool
) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
    """The middleware that lets requests in, and turns errors into problem details.

    With ``debug``, the answer to a request at which the server failed has the traceback.
    """

    def refuse(status: int, code: str, detail: str, **headers: str) -> web.Response:
        metrics.refused.labels(code).inc()
        return problem(status, code, detail, headers={key.replace("_", "-"): text for key, text in headers.items()})

    def verdict(request: web.Request, origin: Origin) -> web.Response | None:
        if not hosts.allows(request.headers.get("Host")):
            return refuse(403, "host", "the Host header names no host of this server; see the setting allowed_hosts")
        if origin is Origin.REFUSED or (origin is Origin.LISTED and not credentials.required):
            detail = "pages of other origins need an origin in cors_origins and a token, and this server asks for none"
            return refuse(403, "origin", detail)
        if request.method == "OPTIONS" or request.path in OPEN_PATHS or request.path == SOCKET_PATH:
            return None
        if credentials.required and not credentials.accepts_header(request.headers):
            detail = "the header 'Authorization: Bearer <token>' is missing or wrong"
            return refuse(401, "unauthorized", detail, WWW_Authenticate="Bearer")
        return None

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = origins.of(request.headers)
        response = verdict(request, origin) or await _answer(request, handler, debug=debug)
        if origin is Origin.LISTED and credentials.required and not response.prepared:
            response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
            response.headers["Vary"] = "Origin"
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
                response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
        return response

    return gate


async def _answer(request: web.Request, handler: Handler, *, debug: bool) -> web.StreamResponse:
    # A browser asks before it sends, for any path.
    if request.method == "OPTIONS":
        return web.Response(status=204)
    try:
        return await handler(request)
    except BodyTooLarge as error:
        return problem(413, "too_large", str(error))
    except UnsupportedMediaType as error:
        return problem(415, "media_type", str(error))
    except MalformedBody as error:
        return problem(400, "malformed", str(error))
    except JournalError as error:
        detail = f"try again: {error}" if request.method == "GET" else f"nothing was kept, try again: {error}"
        return problem(503, "unavailable", detail, headers={"Retry-After": "1"})
    except DeadLetterError as error:
        return problem(503, "unavailable", str(error), headers={"Retry-After": "1"})
    except web.HTTPRequestEntityTooLarge:
        return problem(413, "too_large", "the body has more bytes than the setting max_body_size allows")
    except web.HTTPException as error:
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return problem(error.status, "http", error.reason, headers=allow)
    except Exception as error:
        log.exception("failed to answer %s %s", request.method, request.path)
        members: dict[str, Any] = {"traceback": traceback.format_exception(error)} if debug else {}
        return problem(500, "failure", f"the server failed with {type(error).__name__}; its log has more", **members)
