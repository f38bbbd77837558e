"""What ``eventyard plugins list`` tells of a plugin."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from eventyard.plugins import InstalledPlugin, PluginManager

__all__ = ["described", "in_detail", "one_line_each", "requirements"]

_COLOURS = {"active": "green", "disabled": "bright_black", "quarantined": "red"}


def described(plugin: "InstalledPlugin", manager: "PluginManager") -> dict[str, Any]:
    """All that is known of ``plugin``: its types with their versions, its settings with secrets masked, its origin."""
    from eventyard.plugins import Provenance
    from eventyard.settings import masked

    provenance = Provenance.of(plugin.distribution)
    table = manager.table(plugin)
    return {
        **plugin.to_json(),
        "types": {name: [version.version for version in manager.types[name].versions] for name in plugin.types},
        "warnings": manager.warnings(plugin),
        "settings": {key: masked(f"plugin.{plugin.name}.{key}", value) for key, value in table.items()},
        "requirement": provenance.requirement,
        "location": provenance.location,
        "editable": provenance.editable,
    }


def one_line_each(manager: "PluginManager") -> Iterator[str]:
    """A table of the plugins: name, distribution, status, and what each has or why it cannot be used."""
    plugins = manager.plugins
    name_width = max((len(plugin.name) for plugin in plugins), default=0)
    owner_width = max((len(str(plugin.distribution)) for plugin in plugins), default=0)
    for plugin in plugins:
        status = click.style(f"{plugin.status.value:12}", fg=_COLOURS[plugin.status.value])
        about = "  ".join(
            [_about(plugin), *(click.style(f"warning: {each}", fg="yellow") for each in manager.warnings(plugin))]
        )
        yield f"{plugin.name:{name_width}}  {plugin.distribution!s:{owner_width}}  {status} {about}"


def in_detail(plugin: dict[str, Any]) -> Iterator[str]:
    """All that :func:`described` knows of a plugin, a line for each kind."""
    status = click.style(plugin["status"], fg=_COLOURS[plugin["status"]])
    yield f"{click.style(plugin['name'], bold=True)}  {plugin['distribution']} {plugin['version']}  {status}"
    rows = {
        "reason": plugin["reason"],
        "warnings": "; ".join(plugin["warnings"]),
        "types": ", ".join(f"{name} {', '.join(versions)}" for name, versions in plugin["types"].items()),
        "namespaces": ", ".join(plugin["namespaces"]),
        "hooks": ", ".join(plugin["hooks"]),
        "settings": ", ".join(f"{key} = {json.dumps(value)}" for key, value in plugin["settings"].items()),
        "from": f"{plugin['target']} in {plugin['location']}{' (editable)' if plugin['editable'] else ''}",
    }
    for name, text in rows.items():
        if text:
            yield f"    {name:10}  {text}"


def requirements() -> list[str]:
    """The lines of a requirements file that installs the same plugins again; none of them is imported for it."""
    from eventyard.plugins import Provenance, discover

    distributions = dict.fromkeys(plugin.distribution for plugin, _ in discover())
    found = ((distribution, Provenance.of(distribution)) for distribution in distributions)
    # A folder's line does not say what is in it.
    return [each.requirement + (f"  # {distribution}" if each.editable else "") for distribution, each in found]


def _about(plugin: "InstalledPlugin") -> str:
    if plugin.reason is not None:
        return plugin.reason
    parts = [", ".join(plugin.types)]
    if plugin.namespaces:
        parts.append("→ " + ", ".join(plugin.namespaces))
    others = [hook for hook in plugin.hooks if hook not in ("event_types", "namespaces")]
    if others:
        parts.append("hooks " + ", ".join(others))
    return "  ".join(part for part in parts if part)
