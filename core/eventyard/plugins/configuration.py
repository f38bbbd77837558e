"""A plugin's own table of settings: checked against the schema that the plugin ships, defaults filled in."""

from collections.abc import Mapping
from typing import Any

from eventyard.errors import PluginError
from eventyard.schemas import Engine
from eventyard.spelling import did_you_mean

__all__ = ["check_table"]


def check_table(
    name: str, schema: Mapping[str, Any] | None, table: Mapping[str, Any], engine: Engine
) -> dict[str, Any]:
    """The settings of plugin ``name``, complete.

    Args:
        name: Name of the plugin, as in ``plugin.<name>``.
        schema: The plugin's ``config_schema``; ``None`` when it has no settings.
        table: What the user set.
        engine: Checks the values.

    Raises:
        PluginError: A key is unknown or a value does not satisfy the schema; names all of them.
    """
    properties: Mapping[str, Any] = (schema or {}).get("properties", {})
    problems = [
        f"plugin.{name}.{key} is no setting of this plugin" + did_you_mean(key, properties)
        for key in table
        if key not in properties
    ]
    complete = {key: rule["default"] for key, rule in properties.items() if "default" in rule} | dict(table)
    if schema is not None and not problems:
        for issue in engine.compile(schema).issues(complete):
            key = issue.pointer.removeprefix("/").replace("/", ".")
            problems.append(f"plugin.{name}.{key}: {issue.message}" if key else f"plugin.{name}: {issue.message}")
    if problems:
        raise PluginError("; ".join(problems))
    return complete
