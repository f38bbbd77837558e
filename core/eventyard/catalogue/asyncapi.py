"""What is installed as an AsyncAPI 3.0 document.

AsyncAPI has no binding for Socket.IO. A namespace is a channel of the websocket server, with the extension
``x-socketio`` that says under which event name its messages come.
"""

from collections.abc import Mapping
from typing import Any, Final

import eventyard
from eventyard.catalogue.draft07 import as_draft07
from eventyard.catalogue.entry import Catalogue, CataloguedType, SchemaDocument

__all__ = ["VERSION", "asyncapi_document"]

#: The version of AsyncAPI.
VERSION: Final = "3.0.0"

_SCHEMAS: Final = "#/components/schemas"
_MESSAGES: Final = "#/components/messages"

_COUNT: Final = {"type": "integer", "minimum": 0}
_CURSOR: Final = {"epoch": {"type": "string"}, "offset": _COUNT}

#: What the live protocol itself sends and takes, in every namespace: description, whether the server sends it, payload.
_PROTOCOL: Final[Mapping[str, tuple[str, bool, dict[str, Any]]]] = {
    "ready": (
        "Where the client stands, and the state of the namespace; the first message.",
        True,
        {
            "version": {"const": 1},
            "stream": {"type": "string"},
            "epoch": {"type": "string"},
            "head": _COUNT,
            "oldest": _COUNT,
            "from": _COUNT,
            "recovered": {"type": "boolean"},
            "reason": {"type": "string"},
            "snapshot": {},
        },
    ),
    "events": (
        "Several events at a time, for clients that asked for batches.",
        True,
        {
            **_CURSOR,
            "previous": _COUNT,
            "replay": {"type": "boolean"},
            "events": {"type": "array", "items": {"$ref": f"{_SCHEMAS}/envelope"}},
        },
    ),
    "gap": (
        "Events that the client has missed and cannot be given.",
        True,
        {
            "epoch": {"type": "string"},
            "after": _COUNT,
            "resume_at": _COUNT,
            "reason": {"type": "string"},
            "count": {"type": ["integer", "null"]},
        },
    ),
    "drain": ("The server is about to stop; come back later.", True, {"retry_after_ms": _COUNT}),
    "ack": ("The client has seen the events up to this cursor.", False, _CURSOR),
    "resume": ("Begin anew behind this cursor, without reconnecting.", False, _CURSOR),
}


def asyncapi_document(catalogue: Catalogue, host: str) -> dict[str, Any]:
    """The AsyncAPI document of ``catalogue``, for the server at ``host``, such as ``localhost:8765``."""
    homes = {str(each["$id"]): f"{_SCHEMAS}/{_shared_key(each)}" for each in catalogue.shared}
    schemas = {_shared_key(each): as_draft07(each, homes, homes[str(each["$id"])]) for each in catalogue.shared}
    messages: dict[str, Any] = {}
    for each in catalogue.types:
        for document in each.documents:
            key = f"{each.name}-{document.version}"
            schemas[key] = as_draft07(document.schema, homes, f"{_SCHEMAS}/{key}")
            if document is each.current:
                messages[each.name] = _message(each, document, f"{_SCHEMAS}/{key}")
    for name, (summary, _, members) in _PROTOCOL.items():
        messages[f"protocol.{name}"] = {
            "name": name,
            "summary": summary,
            "payload": {"type": "object", "properties": members},
        }
    messages["protocol.result"] = {
        "name": "result",
        "summary": "What became of published events, one result each.",
        "payload": {
            "type": "object",
            "required": ["accepted", "duplicate", "rejected", "results"],
            "properties": {
                "accepted": _COUNT,
                "duplicate": _COUNT,
                "rejected": _COUNT,
                "results": {"type": "array", "items": {"type": "object"}},
            },
        },
    }
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Eventyard",
            "version": eventyard.__version__,
            "description": "Events of coding agents, over Socket.IO and HTTP. All payloads are CloudEvents 1.0.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": _servers(host),
        "channels": _channels(catalogue),
        "operations": _operations(catalogue),
        "components": {"schemas": schemas, "messages": messages},
    }


def _shared_key(schema: Mapping[str, Any]) -> str:
    return str(schema["$id"]).rpartition(":")[2].partition("/")[0]


def _message(each: CataloguedType, document: SchemaDocument, home: str) -> dict[str, Any]:
    payload = {
        "allOf": [
            {"$ref": f"{_SCHEMAS}/envelope"},
            {
                "type": "object",
                "properties": {
                    "type": {"const": each.name},
                    "dataschema": {"const": document.identity.id},
                    "data": {"$ref": home},
                },
            },
        ]
    }
    return {
        "name": each.name,
        "title": each.title,
        "summary": each.description,
        "contentType": "application/cloudevents+json",
        "payload": payload,
        "tags": [{"name": each.plugin}],
        "x-owner": str(each.owner),
        "x-policy": {"mode": each.policy.mode.value, "capacity": each.policy.capacity},
        "x-socketio": {"event": each.name, "namespace": each.namespace},
    }


def _servers(host: str) -> dict[str, Any]:
    return {
        "live": {
            "host": host,
            "protocol": "ws",
            "pathname": "/socket.io/",
            "description": "Socket.IO protocol 5, Engine.IO protocol 4; websocket or long polling.",
        },
        "http": {"host": host, "protocol": "http", "description": "Events in, history out."},
    }


def _channels(catalogue: Catalogue) -> dict[str, Any]:
    by_namespace: dict[str, list[str]] = {name: [] for name in catalogue.namespaces}
    for each in catalogue.types:
        by_namespace[each.namespace].append(each.name)
    events = [each.name for each in catalogue.types]
    return {
        **{
            name.strip("/"): {
                **_socketio(name, f"The stream of the namespace {name}."),
                "messages": {
                    **_messages(names),
                    **{f"protocol.{name}": {"$ref": f"{_MESSAGES}/protocol.{name}"} for name in _PROTOCOL},
                },
            }
            for name, names in by_namespace.items()
        },
        "ingest": {
            **_socketio("/ingest", "Events in, by the client event `publish`; the acknowledgement is the result."),
            "messages": {**_messages(events), **_messages(["protocol.result"])},
        },
        "http.events": {
            "address": "/v1/events",
            "title": "HTTP intake",
            "description": "One event, an array of events, or one event a line.",
            "servers": [{"$ref": "#/servers/http"}],
            "messages": {**_messages(events), **_messages(["protocol.result"])},
        },
    }


def _socketio(namespace: str, description: str) -> dict[str, Any]:
    return {
        "address": namespace,
        "title": namespace,
        "description": description,
        "servers": [{"$ref": "#/servers/live"}],
        "bindings": {"ws": {"method": "GET", "query": _QUERY, "bindingVersion": "0.1.0"}},
        "x-socketio": {"namespace": namespace},
    }


_QUERY: Final = {
    "type": "object",
    "properties": {"EIO": {"const": "4"}, "transport": {"enum": ["websocket", "polling"]}},
}


def _messages(keys: list[str]) -> dict[str, Any]:
    return {key: {"$ref": f"{_MESSAGES}/{key}"} for key in keys}


def _operations(catalogue: Catalogue) -> dict[str, Any]:
    def operation(action: str, channel: str, keys: list[str], summary: str, **more: Any) -> dict[str, Any]:
        return {
            "action": action,
            "channel": {"$ref": f"#/channels/{channel}"},
            "summary": summary,
            "messages": [{"$ref": f"#/channels/{channel}/messages/{key}"} for key in keys],
            **more,
        }

    def reply(channel: str) -> dict[str, Any]:
        return {
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [{"$ref": f"#/channels/{channel}/messages/protocol.result"}],
        }

    found: dict[str, Any] = {}
    events = [each.name for each in catalogue.types]
    sent = [f"protocol.{name}" for name, (_, is_sent, _) in _PROTOCOL.items() if is_sent]
    taken = [f"protocol.{name}" for name, (_, is_sent, _) in _PROTOCOL.items() if not is_sent]
    for namespace in catalogue.namespaces:
        channel = namespace.strip("/")
        own = [each.name for each in catalogue.types if each.namespace == namespace]
        found[f"{channel}.send"] = operation("send", channel, [*own, *sent], f"Events of {namespace} to its clients.")
        found[f"{channel}.receive"] = operation("receive", channel, taken, f"What clients of {namespace} send.")
    found["ingest.publish"] = operation(
        "receive", "ingest", events, "Publish events over Socket.IO.", reply=reply("ingest")
    )
    found["http.publish"] = operation(
        "receive",
        "http.events",
        events,
        "Publish events over HTTP.",
        bindings={"http": {"method": "POST", "bindingVersion": "0.3.0"}},
        reply=reply("http.events"),
    )
    return found
