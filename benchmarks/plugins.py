"""Plugins that do nothing, as many as a benchmark wants: installed as anybody's are, each a distribution of its own."""

from pathlib import Path
from string import Template
from typing import Final

__all__ = ["install_plugins", "plugin_source"]

#: Owns an event type and is asked about events of that type alone.
_OWNING: Final = Template('''
from eventyard import BufferPolicy, Event, EventType, Plugin, hookimpl


class It(Plugin):
    """Owns note_$number."""

    @hookimpl
    def event_types(self):
        schema = {
            "$$schema": "https://json-schema.org/draft/2020-12/schema",
            "$$id": "urn:eventyard:note_$number/1.0.0",
            "title": "Note",
            "description": "Somebody noted something.",
            "type": "object",
            "properties": {
                "text": {"title": "Text", "description": "What was noted.", "type": "string", "maxLength": 100}
            },
            "required": ["text"],
            "examples": [{"text": "a"}, {"text": "b"}],
        }
        policy = BufferPolicy.buffer_if_no_clients(1000)
        return [EventType(name="note_$number", schema=schema, namespace="/notes_$number", policy=policy)]

    @hookimpl
    def validate(self, event: Event):
        return []

    @hookimpl
    def enrich(self, event: Event):
        return {}
''')

#: Owns nothing, and so is asked about every event.
_CUTTING: Final = Template('''
from eventyard import Event, Plugin, hookimpl


class It(Plugin):
    """Cuts across all types, number $number."""

    @hookimpl
    def enrich(self, event: Event):
        return {}
''')


def plugin_source(number: int, *, owning: bool) -> str:
    """The source of a module with the plugin class ``It``."""
    return (_OWNING if owning else _CUTTING).substitute(number=number)


def install_plugins(folder: Path, count: int) -> dict[str, str]:
    """Install ``count`` plugins, each with a type of its own, in ``folder``; gives the environment that has them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        name = f"bench_plugin_{number}"
        information = folder / f"{name}-1.0.dist-info"
        information.mkdir()
        (folder / f"{name}.py").write_text(plugin_source(number, owning=True), "utf-8")
        metadata = f"Metadata-Version: 2.1\nName: bench-plugin-{number}\nVersion: 1.0\n"
        (information / "METADATA").write_text(metadata, "utf-8")
        (information / "entry_points.txt").write_text(f"[eventyard.plugins]\n{name} = {name}:It\n", "utf-8")
    return {"PYTHONPATH": str(folder)}
