"""The README of the distribution names what the plugin brings, and its examples are true."""

import json
import re
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from eventyard.conformance.candidate import Candidate
from eventyard.conformance.difference import difference
from eventyard.conformance.objection import Objection
from eventyard.conformance.state import observers
from eventyard.conformance.trial import Trial
from eventyard.events import Event
from eventyard.plugins import Distribution, PluginManager, Provenance
from eventyard.plugins.distribution import EMBEDDED

__all__ = ["readme"]

_JSON_BLOCK: Final = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVER_SET: Final = frozenset({"dataschema", "recordedtime", "sequence"})
_ROW: Final = re.compile(r"^\| `([^`]+)` \| ([^|]*) \|", re.MULTILINE)


async def readme(candidate: Candidate) -> AsyncIterator[Objection]:
    """Read the README of the distribution; a plugin that is not installed has none."""
    if candidate.distribution is EMBEDDED:
        return
    plugins = candidate.load()
    text = _text_of(candidate.distribution)
    if text is None:
        yield Objection("README", "the distribution has none", warning=True)
        return
    for objection in _unnamed(candidate, plugins, text):
        yield objection
    async for objection in _untrue(candidate, plugins, text):
        yield objection


def _text_of(distribution: Distribution) -> str | None:
    """The README as its distribution ships it; of an editable one, as it is now."""
    provenance = Provenance.of(distribution)
    if provenance.editable:
        folder = Path(provenance.location)
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8")).get("project", {})
        declared = project.get("readme")
        name = declared.get("file") if isinstance(declared, dict) else declared
        return (folder / name).read_text("utf-8") if name else None
    shipped = metadata.metadata(distribution.name)
    # Of metadata before version 2.1, it is a field.
    text = shipped.get_payload() or shipped.get("Description")  # type: ignore[attr-defined]  # it is an email.Message
    return str(text) if text else None


def _unnamed(candidate: Candidate, plugins: PluginManager, text: str) -> Iterator[Objection]:
    """What the plugin brings and the README does not name."""
    plugin = candidate.among(plugins)
    settings = (getattr(plugin.plugin, "config_schema", None) or {}).get("properties", {})
    for kind, names in (("type", plugin.types), ("namespace", plugin.namespaces), ("setting", settings)):
        for name in names:
            if f"`{name}`" not in text:
                yield Objection("README", f"it does not name the {kind} `{name}`", warning=True)
    for name, told_default in _ROW.findall(text):
        if name in settings and "default" in settings[name]:
            default = settings[name]["default"]
            if _json(told_default.strip("` ")) != default:
                text = f"it says that the default of `{name}` is {told_default}, and it is {json.dumps(default)}"
                yield Objection("README", text)


async def _untrue(candidate: Candidate, plugins: PluginManager, text: str) -> AsyncIterator[Objection]:
    """The events in JSON that are not valid, and the states in JSON that they do not lead to.

    A state is what has the members of a namespace's snapshot, behind the events that lead to it.
    """
    events: list[dict[str, Any]] = []
    for block in map(_json, _JSON_BLOCK.findall(text)):
        shown = [each for each in (block if isinstance(block, list) else [block]) if _is_event(each)]
        for attributes in shown:
            known = plugins.types.get(attributes["type"])
            for issue in known.versions[0].validator.issues(attributes["data"], "/data") if known else ():
                yield Objection("README", f"an event in it is not valid: {issue.pointer}: {issue.message}")
        events += shown
        if isinstance(block, dict) and events and not shown:
            async with Trial(candidate) as trial:
                taken = [_as_sent(event) for event in await trial.take(events)]
            for handler in observers(candidate, plugins):
                handler.apply(taken)
                state = _json(json.dumps(handler.snapshot()))
                if state.keys() == block.keys() and state != block:
                    apart = difference(block, state)
                    yield Objection(
                        "README", f"its state of {handler.name} is not the one that its events lead to: {apart}"
                    )


def _as_sent(event: Event) -> Event:
    """``event`` without what only the server sets, which a README has no reason to show."""
    return Event({name: value for name, value in event.items() if name not in _SERVER_SET})


def _is_event(value: Any) -> bool:
    return isinstance(value, Mapping) and {"specversion", "type", "data"} <= value.keys()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
