"""Requests for a path that is not there, or not with their method."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from eventyard.http.problems import problem
from eventyard.http.quotation import quoted
from eventyard.spelling import did_you_mean

__all__ = ["explain_missing"]


@web.middleware
async def explain_missing(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Tell what is there: the nearest path, or the methods that the path takes."""
    try:
        return await handler(request)
    except web.HTTPNotFound:
        known = [resource.canonical for resource in request.app.router.resources()]
        # Who asks for the root has misspelt nothing.
        nearest = did_you_mean(request.path, known) if request.path != "/" else ""
        return problem(404, "http", f"there is no path {quoted(request.path)}{nearest}")
    except web.HTTPMethodNotAllowed as error:
        methods = ", ".join(sorted(error.allowed_methods))
        detail = f"the path {quoted(request.path)} takes {methods}, not {request.method[:20]}"
        return problem(405, "http", detail, headers={"Allow": error.headers["Allow"]})
