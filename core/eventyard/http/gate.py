"""What every request passes first: host name, web origin, credential."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from eventyard.access import Credentials, HostAllowList, Origin, Origins
from eventyard.http.failures import answer_to
from eventyard.http.problems import problem
from eventyard.http.scopes import allows, granted, needed_scope
from eventyard.metrics import Metrics

__all__ = ["OPEN_PATHS", "SOCKET_PATH", "make_gate"]

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
        grant = granted(request, credentials)
        if grant is None:
            detail = "the header 'Authorization: Bearer <token>' is missing or wrong"
            return refuse(401, "unauthorized", detail, WWW_Authenticate="Bearer")
        if not allows(grant, request.path):
            scope = needed_scope(request.path)
            detail = f"the token {grant.name!r} is for {grant.described()}; this needs the scope {scope}"
            # RFC 6750 §3.1.
            challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
            return refuse(403, "forbidden", detail, WWW_Authenticate=challenge)
        return None

    @web.middleware
    async def gate(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            origin = origins.of(request.headers)
            response: web.StreamResponse | None = verdict(request, origin)
        except Exception as error:  # noqa: BLE001 - whom a defect keeps from being judged is told so, and not let in
            return answer_to(error, request.method, request.path, debug=debug).response()
        # Not by its truth: in older versions of aiohttp that are supported, a new response is an empty mapping.
        if response is None:
            response = await _answer(request, handler, debug=debug)
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
    except web.HTTPRequestEntityTooLarge:
        return problem(413, "too_large", "the body has more bytes than the setting max_body_size allows")
    except web.HTTPException as error:
        allow = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return problem(error.status, "http", error.reason, headers=allow)
    except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
        return answer_to(error, request.method, request.path, debug=debug).response()
