"""What ``eventyard plugins explain`` tells of an event type: its versions, and who handles it stage by stage."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from eventyard.plugins import InstalledPlugin, PluginManager

__all__ = ["explained", "from_top_to_bottom"]


def explained(type_name: str, manager: "PluginManager") -> dict[str, Any]:
    """All that happens to an event of the type."""
    from eventyard.plugins import STAGE_HOOKS

    owned = manager.types[type_name]
    policy = owned.type.policy
    chain = manager.chains[type_name]
    return {
        "type": type_name,
        "version": owned.version,
        "versions": [version.to_json() for version in owned.versions],
        "owner": {"plugin": owned.plugin, "distribution": owned.owner.name, "version": owned.owner.version},
        "namespace": owned.type.namespace,
        "policy": {"mode": policy.mode.value, "capacity": policy.capacity},
        "schemas": [manager.store.envelope_schema["$id"], owned.schema_id],
        "stages": {
            stage: [_owner(call.plugin) | {"async": call.is_async} for call in getattr(chain, stage)]
            for stage in STAGE_HOOKS
        },
        "state": [
            {"namespace": name} | _owner(plugin)
            for name, (handler, plugin) in manager.namespaces.items()
            if name == owned.type.namespace or type_name in handler.observes
        ],
    }


def from_top_to_bottom(told: dict[str, Any]) -> Iterator[str]:
    """What :func:`explained` knows, in the order in which it happens."""
    owner, policy = told["owner"], told["policy"]
    kept = "max_buffer_size" if policy["capacity"] is None else policy["capacity"]
    otherwise = {"route": told["namespace"], "buffer": f"{policy['mode']}, keeps {kept}"}
    name = click.style(told["type"], bold=True)
    yield f"{name} {told['version']}, owned by {owner['plugin']} ({owner['distribution']} {owner['version']})"
    for stage, calls in told["stages"].items():
        if stage == "emit":
            yield from _state(told["state"])
        yield click.style(stage, bold=True)
        if stage == "validate":
            yield f"    schema of the envelope, then {told['schemas'][-1]}"
            yield from (f"    or {version['id']}{_way(version['steps'])}" for version in told["versions"][1:])
        for place, call in enumerate(calls, 1):
            kind = ", coroutine" if call["async"] else ""
            yield f"    {place}. {call['plugin']} ({call['distribution']} {call['version']}{kind})"
        if stage in otherwise:
            yield f"    {'otherwise ' if calls else ''}{otherwise[stage]}"
        elif not calls and stage != "validate":
            yield click.style("    no plugin", dim=True)


def _state(handlers: list[dict[str, str]]) -> Iterator[str]:
    yield click.style("state", bold=True)
    for each in handlers:
        yield f"    {each['namespace']} of {each['plugin']} ({each['distribution']} {each['version']})"
    if not handlers:
        yield click.style("    none", dim=True)


def _way(steps: list[dict[str, Any]]) -> str:
    """How an earlier version becomes the current one: ``, taken as 1.1.0, up-cast to 2.0.0 by acme:from_one``."""
    return "".join(
        f", up-cast to {step['to']} by {step['upcast']}" if step["upcast"] else f", taken as {step['to']}"
        for step in steps
    )


def _owner(plugin: "InstalledPlugin") -> dict[str, Any]:
    return {
        "plugin": plugin.name,
        "distribution": plugin.distribution.name,
        "version": plugin.distribution.version,
    }
