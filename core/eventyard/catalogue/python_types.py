"""Python types of what is installed: ``TypedDict`` classes, as the source of a module."""

import keyword
from collections.abc import Iterator
from typing import Any

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

__all__ = ["python_module"]

_SCALARS = {"boolean": "bool", "integer": "int", "null": "None", "number": "float", "string": "str"}


def python_module(catalogue: Catalogue) -> str:
    """The source of a module.

    It has a ``TypedDict`` for the payload of each event type, and one for its whole events; ``EventyardEvent`` is the
    union of the latter, which type checkers tell apart by ``event["type"]``.
    """
    lines = [
        '"""The events of this Eventyard, as types. Made by `eventyard schema types`; do not edit."""',
        "",
        "from typing import Any, Literal, Never, NotRequired, Required, TypeAlias, TypedDict, Union",
        "",
    ]
    envelope = type_model(References(catalogue.envelope, catalogue.shared), "Attributes")
    attributes = envelope.shapes["Attributes"]
    assert isinstance(attributes, Record)
    lines += _declarations(envelope, {"type", "data"})
    taken = {"Attributes", "EventyardEvent", "Any", "Literal", "Never", "NotRequired", "Required", "TypedDict", "Union"}
    events: list[str] = []
    for each in catalogue.types:
        for document in each.documents:
            suffix = "" if document is each.current else f"_{document.version.replace('.', '_')}"
            name = f"{class_name(each.name)}{suffix}"
            while name in taken or f"{name}Event" in taken:
                name += "_"
            model = type_model(References(document.schema, catalogue.shared), name)
            taken |= {f"{name}Event", *model.shapes}
            lines += _declarations(model, set())
            if document is each.current:
                events.append(f"{name}Event")
                lines += [
                    "",
                    f"class {name}Event(Attributes):",
                    f"    {_text(each.description or each.title)}",
                    "",
                    f"    type: Required[Literal[{each.name!r}]]",
                    f"    data: Required[{name}]",
                    "",
                ]
    union = ", ".join(events)
    lines += ["", f"EventyardEvent: TypeAlias = Union[{union}]" if events else "EventyardEvent: TypeAlias = Never", ""]
    return "\n".join(lines)


def _declarations(model: TypeModel, without: set[str]) -> Iterator[str]:
    for name, shape in model.shapes.items():
        yield ""
        if not isinstance(shape, Record) or not shape.members:
            yield f"{name}: TypeAlias = {_expression(shape)}"
            yield ""
            continue
        members = [member for member in shape.members if member.name not in without]
        if all(_is_field(member.name) for member in members):
            yield f"class {name}(TypedDict):"
            yield f"    {_text(model.texts[name] or name)}"
            for member in members:
                wrapper = "Required" if member.is_required else "NotRequired"
                yield ""
                yield f"    {member.name}: {wrapper}[{_expression(member.shape)}]"
                if member.text:
                    yield f"    {_text(member.text)}"
        else:
            # Names that are no identifiers can only be given as texts.
            yield f"{name} = TypedDict("
            yield f"    {name!r},"
            yield "    {"
            for member in members:
                wrapper = "Required" if member.is_required else "NotRequired"
                yield f"        {member.name!r}: {wrapper}[{_expression(member.shape)}],"
            yield "    },"
            yield ")"
        yield ""


def _is_field(name: str) -> bool:
    # Names with two underscores in front are changed within a class.
    return name.isidentifier() and name.isascii() and not keyword.iskeyword(name) and not name.startswith("__")


def _expression(shape: TypeShape) -> str:
    match shape:
        case Anything():
            return "Any"
        case Nothing():
            return "Never"
        case Scalar(type):
            return _SCALARS[type]
        case Literals(values):
            return _literals(values)
        case Array(item):
            return f"list[{_expression(item)}]"
        case Named(name):
            return f'"{name}"'
        case OneOf(options):
            return f"Union[{', '.join(map(_expression, options))}]"
        case Both():
            # There is no type of values that are of two types.
            return "Any"
        case Record(_, others):
            return f"dict[str, {_expression(others or Anything())}]"


def _literals(values: tuple[Any, ...]) -> str:
    plain = [repr(value) for value in values if not isinstance(value, float)]
    options = [f"Literal[{', '.join(plain)}]"] if plain else []
    if len(plain) < len(values):
        options.append("float")
    return options[0] if len(options) == 1 else f"Union[{', '.join(options)}]" if options else "Never"


def _text(text: str) -> str:
    """``text`` as a docstring in one line."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{plain}"""'
