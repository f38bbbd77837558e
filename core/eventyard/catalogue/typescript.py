"""TypeScript declarations of what is installed."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from eventyard.catalogue.entry import Catalogue
from eventyard.catalogue.type_model import (
    Anything,
    Array,
    Both,
    Literals,
    Named,
    Nothing,
    OneOf,
    Record,
    Scalar,
    TypeModel,
    TypeShape,
    class_name,
    type_model,
)
from eventyard.schemas.references import References

__all__ = ["typescript_declarations"]

_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")

_PROTOCOL: Final = """\
/** What the server itself sends in every namespace; see the live protocol. */
export interface ProtocolEvents {
  ready: (ready: {
    version: number;
    stream: string;
    epoch: string;
    head: number;
    oldest: number;
    from: number;
    recovered: boolean;
    reason: string;
    snapshot: unknown;
  }) => void;
  events: (batch: {
    epoch: string;
    previous: number;
    offset: number;
    events: EventyardEvent[];
    replay: boolean;
  }) => void;
  gap: (gap: { epoch: string; after: number; resume_at: number; reason: string; count: number | null }) => void;
  drain: (drain: { retry_after_ms: number }) => void;
}
"""


def typescript_declarations(catalogue: Catalogue) -> str:
    """A ``.d.ts`` file.

    It has an interface for the payload of each event type, the generic ``Envelope``, the union ``EventyardEvent`` that
    its ``type`` tells apart, and ``EventTypes`` and ``ProtocolEvents`` for the typed ``on`` of socket.io-client:
    ``Socket<EventTypes & ProtocolEvents>``.
    """
    lines = ["// Made by `eventyard schema types`; do not edit.", ""]
    lines += _declarations(type_model(References(catalogue.envelope, catalogue.shared), "Attributes"))
    lines += [
        "/** An event of one type: its attributes, and its payload. */",
        "export type Envelope<Type extends string = string, Data = unknown> = Attributes & { type: Type; data: Data };",
        "",
    ]
    names: dict[str, str] = {}
    taken = {"Attributes", "Envelope", "EventTypes", "EventyardEvent", "ProtocolEvents"}
    for each in catalogue.types:
        for document in each.documents:
            suffix = "" if document is each.current else f"_{document.version.replace('.', '_')}"
            name = f"{class_name(each.name)}{suffix}"
            while name in taken:
                name += "_"
            taken.add(name)
            if document is each.current:
                names[each.name] = name
            model = type_model(References(document.schema, catalogue.shared), name)
            lines += _declarations(model)
            taken |= model.shapes.keys()
    lines += ["/** An event of any installed type; `type` tells which. */", "export type EventyardEvent ="]
    lines += [f"  | Envelope<{json.dumps(each)}, {name}>" for each, name in names.items()] or ["  never"]
    lines[-1] += ";"
    lines += [
        "",
        "/** The listeners of all event types, for socket.io-client: `Socket<EventTypes & ProtocolEvents>`. */",
    ]
    lines += ["export interface EventTypes {"]
    lines += [f"  {_key(each)}: (event: Envelope<{json.dumps(each)}, {name}>) => void;" for each, name in names.items()]
    lines += ["}", "", _PROTOCOL]
    return "\n".join(lines)


def _declarations(model: TypeModel) -> Iterator[str]:
    for name, shape in model.shapes.items():
        yield from _comment(model.texts[name], "")
        if isinstance(shape, Record) and shape.members:
            yield f"export interface {name} {{"
            yield from _members(shape, "  ")
            yield "}"
        else:
            yield f"export type {name} = {_expression(shape)};"
        yield ""


def _members(record: Record, indent: str) -> Iterator[str]:
    for member in record.members:
        yield from _comment(member.text, indent)
        yield f"{indent}{_key(member.name)}{'' if member.is_required else '?'}: {_expression(member.shape)};"
    if record.others is not None:
        # What an index signature says has to hold for all members.
        shape = record.others if not record.members else Anything()
        yield f"{indent}[name: string]: {_expression(shape)};"


def _expression(shape: TypeShape) -> str:
    match shape:
        case Anything():
            return "unknown"
        case Nothing():
            return "never"
        case Scalar(type):
            return {"integer": "number"}.get(type, type)
        case Literals(values):
            return " | ".join(map(_literal, values)) or "never"
        case Array(item):
            return f"Array<{_expression(item)}>"
        case Named(name):
            return name
        case OneOf(options):
            return f"({' | '.join(map(_expression, options))})"
        case Both(parts):
            return f"({' & '.join(map(_expression, parts))})"
        case Record(members, others) if not members:
            return f"{{ [name: string]: {_expression(others or Anything())} }}"
        case Record():
            return f"{{ {' '.join(_members(shape, ''))} }}"


def _literal(value: Any) -> str:
    return json.dumps(value)


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


def _comment(text: str, indent: str) -> Iterator[str]:
    if text:
        # The text must not end the comment, nor break the line.
        yield f"{indent}/** {' '.join(text.replace('*/', '* /').split())} */"
