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
            web.get("/v1/schemas/{type}/{version}", self.show),
        ]

    async def list(self, _: web.Request) -> web.Response:
        """All types: versions, owner, namespace, policy, ``$id`` and where the schemas are."""
        schemas = [
            {
                **{key: value for key, value in owned.to_json().items() if key not in {"schema", "examples"}},
                "id": owned.schema_id,
                "href": f"/v1/schemas/{name}/{owned.version}",
                "versions": [
                    each.to_json() | {"href": f"/v1/schemas/{name}/{each.version}"} for each in owned.versions
                ],
            }
            for name, owned in sorted(self._plugins.types.items())
        ]
        return json_response({"schemas": schemas})

    async def show(self, request: web.Request) -> web.Response:
        """The schema of a type, or one that all share; 404 tells whether the type or the version is unknown."""
        name, version = request.match_info["type"], request.match_info["version"]
        shared = self._plugins.store.shared.get(f"{name}/{version}")
        if shared is not None:
            return json_response(shared)
        owned = self._plugins.types.get(name)
        if owned is None:
            return problem(404, "unknown_type", f"no installed plugin owns the event type {name!r}")
        installed = owned.numbered(version)
        if installed is None:
            versions = ", ".join(each.version for each in owned.versions)
            return problem(404, "unknown_version", f"{name} is installed in version {versions}, not {version!r}")
        return json_response(installed.schema)
