"""The catalogue as a page in Markdown."""

import json
import re
from collections.abc import Iterator
from typing import Final

from eventyard.catalogue.entry import Catalogue, CataloguedType
from eventyard.catalogue.member_rows import member_rows
from eventyard.schemas.references import References

__all__ = ["markdown_page"]

_MARKS: Final = re.compile(r"([\\<>*_\[\]|#~])")


def markdown_page(catalogue: Catalogue) -> str:
    """A page: an index of all event types, and a section for each."""
    lines = ["# Event types", "", "| type | namespace | policy | owner |", "|---|---|---|---|"]
    for each in catalogue.types:
        anchor = each.name.replace(".", "")
        policy = each.policy.mode.value
        lines.append(f"| [`{each.name}`](#{anchor}) | `{each.namespace}` | `{policy}` | {_plain(str(each.owner))} |")
    for each in catalogue.types:
        lines += ["", *_section(each, catalogue)]
    return "\n".join(lines) + "\n"


def _section(each: CataloguedType, catalogue: Catalogue) -> Iterator[str]:
    yield f"## {each.name}"
    yield ""
    yield _plain(each.description)
    yield ""
    versions = ", ".join(f"`{document.version}`" for document in each.documents)
    kept = "" if not each.policy.capacity else f", keeps {each.policy.capacity}"
    yield f"- Versions: {versions}; `$id` is `{each.current.identity.id}`"
    yield f"- Owner: {_plain(str(each.owner))}, plugin `{each.plugin}`"
    yield f"- Namespace: `{each.namespace}`; `{each.policy.mode.value}`{kept}"
    rows = member_rows(References(each.current.schema, catalogue.shared))
    if rows:
        yield ""
        yield "| member | type | required | limits | description |"
        yield "|---|---|---|---|---|"
        for row in rows:
            required = "yes" if row.is_required else ""
            limits = _plain("; ".join(row.limits))
            yield f"| {_plain(row.path)} | {_plain(row.type)} | {required} | {limits} | {_plain(row.description)} |"
    for example in each.current.examples:
        yield ""
        yield "```json"
        yield json.dumps(example, indent=2, ensure_ascii=True)
        yield "```"


def _plain(text: str) -> str:
    """``text`` in one line, in which nothing but code means anything to Markdown."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:
        return _MARKS.sub(r"\\\1", "'".join(parts))
    return "".join(
        f"`{part.replace('|', chr(92) + '|')}`" if place % 2 else _MARKS.sub(r"\\\1", part)
        for place, part in enumerate(parts)
    )
