"""``GET /v1/schemas``: what is installed."""

from aiohttp import web

from eventyard.http.problems import json_response, problem
from eventyard.plugins import PluginManager

__all__ = ["SchemaRoutes"]


class SchemaRoutes:
    """Shows event types and their schemas."""

    def __init__(self, plugins: PluginManager) -> None:
        """Show what ``plugins`` own."""
        self._plugins = plugins

    def routes(self) -> list[web.RouteDef]:
        """The routes."""
        return [
            web.get("/v1/schemas", self.list),
            web.get("/v1/schemas/envelope/{version}", self.envelope),
            web.get("/v1/schemas/{type}/{version}", self.show),
        ]

    async def list(self, _: web.Request) -> web.Response:
        """All types: version, owner, namespace, policy, ``$id`` and where the schema is."""
        schemas = [
            {
                **{key: value for key, value in owned.to_json().items() if key not in {"schema", "examples"}},
                "id": owned.schema_id,
                "href": f"/v1/schemas/{name}/{owned.version}",
            }
            for name, owned in sorted(self._plugins.types.items())
        ]
        return json_response({"schemas": schemas})

    async def envelope(self, request: web.Request) -> web.Response:
        """The schema of the envelope."""
        schema = self._plugins.store.envelope_schema
        if not str(schema["$id"]).endswith(f"/{request.match_info['version']}"):
            return problem(404, "unknown_version", f"the envelope's schema is {schema['$id']}")
        return json_response(schema)

    async def show(self, request: web.Request) -> web.Response:
        """One schema; 404 tells whether the type or the version is unknown."""
        name, version = request.match_info["type"], request.match_info["version"]
        owned = self._plugins.types.get(name)
        if owned is None:
            return problem(404, "unknown_type", f"no installed plugin owns the event type {name!r}")
        if owned.version != version:
            return problem(404, "unknown_version", f"{name} is installed in version {owned.version}, not {version!r}")
        return json_response(owned.schema)
