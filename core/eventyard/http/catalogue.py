"""``GET /schemas`` for people, and ``GET /v1/asyncapi.json``."""

from aiohttp import web

from eventyard.catalogue import Catalogue, asyncapi_document, content_security_policy, html_page
from eventyard.http.problems import json_response
from eventyard.plugins import PluginManager

__all__ = ["CatalogueRoutes"]


class CatalogueRoutes:
    """Shows the catalogue of what is installed."""

    def __init__(self, plugins: PluginManager) -> None:
        """Show what ``plugins`` own."""
        self._plugins = plugins

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [web.get("/schemas", self.page), web.get("/v1/asyncapi.json", self.asyncapi)]

    async def page(self, _: web.Request) -> web.Response:
        """All event types as a page; it has no scripts, and may load nothing."""
        headers = {
            "Content-Security-Policy": content_security_policy(),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        page = html_page(Catalogue.of(self._plugins))
        return web.Response(text=page, content_type="text/html", charset="utf-8", headers=headers)

    async def asyncapi(self, request: web.Request) -> web.Response:
        """The AsyncAPI document; its servers are at the host that the request names."""
        return json_response(asyncapi_document(Catalogue.of(self._plugins), request.host))
