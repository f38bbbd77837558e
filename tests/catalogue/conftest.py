"""Catalogues: of what is installed, and of a plugin whose every text is made to break out."""

import os
from pathlib import Path
from typing import Any

import pytest
from eventyard import BufferPolicy, EventType, Plugin, Settings, hookimpl
from eventyard.catalogue import Catalogue
from eventyard.plugins import PluginManager

EVIL = '</style></pre>*/ <script>alert(1)</script> | `<b>` \\ """ \' \r\n # x'

HOSTILE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "urn:acme:evil.thing/1.0.0",
    "title": EVIL,
    "description": EVIL,
    "type": "object",
    "required": ["class"],
    "properties": {
        "class": {"title": EVIL, "description": EVIL, "enum": [EVIL, None, 1, True, 1.5]},
        EVIL: {"title": EVIL, "description": EVIL, "type": "string", "maxLength": 9},
        "__private": {"title": "P", "description": "P.", "type": ["integer", "null"]},
        "tree": {"title": "Tree", "description": "Recursive.", "$ref": "#"},
        "node": {"title": "Node", "description": "A definition.", "$ref": "#/$defs/node"},
        "map": {
            "title": "Map",
            "description": "Of lists.",
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "number"}, "maxItems": 3},
        },
        "either": {
            "title": "Either",
            "description": "One of two.",
            "anyOf": [{"type": "string", "maxLength": 3}, {"type": "object", "properties": {"x": {"title": "X"}}}],
        },
        "path": {"title": "Path", "description": "Shared.", "$ref": "urn:eventyard:common/1.0.0#/$defs/path"},
    },
    "dependentRequired": {"tree": ["node"]},
    "$defs": {
        "node": {
            "type": "object",
            "properties": {"next": {"title": "Next", "description": "N.", "$ref": "#/$defs/node"}},
        }
    },
    "examples": [
        {"class": EVIL, EVIL: "x", "tree": {"class": None, "node": {"next": {}}}, "node": {}},
        {"class": 1, "map": {"a": [1, 2.5]}, "either": {"x": EVIL}, "path": "/a", "__private": None},
    ],
}


class EvilPlugin(Plugin):
    """Owns ``evil.thing``."""

    @hookimpl
    def event_types(self) -> list[EventType]:
        policy = BufferPolicy.always_send()
        return [EventType(name="evil.thing", schema=HOSTILE, namespace="/evil", policy=policy)]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """What is installed, and the plugin that is made to break out."""
    return Catalogue.of(PluginManager.load(Settings(), {"evil": EvilPlugin()}))


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The folder with what the session ``javascript`` has installed."""
    if "EVENTYARD_NODE_MODULES" not in os.environ:
        pytest.skip("nox -s javascript installs what this needs")
    return Path(os.environ["EVENTYARD_NODE_MODULES"]) / "node_modules"
