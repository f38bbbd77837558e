"""The catalogue as a page in HTML: one file without scripts, which needs nothing else."""

import json
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files

import eventyard
from eventyard.catalogue.entry import Catalogue, CataloguedType
from eventyard.catalogue.member_rows import MemberRow, member_rows
from eventyard.schemas.references import References

__all__ = ["content_security_policy", "html_page"]


def html_page(catalogue: Catalogue) -> str:
    """A page: an index of all event types by namespace, and a section for each."""
    sections = "\n".join(line for each in catalogue.types for line in _section(each, catalogue))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Event types</title>
<style>{_style()}</style>
</head>
<body>
<div class="layout">
<nav aria-label="Event types">
{_index(catalogue)}
</nav>
<main>
<h1>Event types</h1>
<p>What is installed: {len(catalogue.types)} event types, Eventyard {escape(eventyard.__version__)}.</p>
{sections}
</main>
</div>
</body>
</html>
"""


def content_security_policy() -> str:
    """The ``Content-Security-Policy`` under which the page works: its own style, and nothing else."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _style() -> str:
    return (files("eventyard.catalogue") / "page.css").read_text("utf-8")


def _index(catalogue: Catalogue) -> str:
    lines: list[str] = []
    for namespace in catalogue.namespaces:
        names = [escape(each.name) for each in catalogue.types if each.namespace == namespace]
        links = "\n".join(f'<li><a href="#{name}">{name}</a></li>' for name in names)
        lines.append(f"<h2>{escape(namespace)}</h2>\n<ul>\n{links}\n</ul>")
    return "\n".join(lines)


def _section(each: CataloguedType, catalogue: Catalogue) -> Iterator[str]:
    kept = "" if not each.policy.capacity else f", keeps {each.policy.capacity}"
    yield f'<section id="{escape(each.name)}">'
    yield f"<h2>{escape(each.name)}</h2>"
    yield f"<p>{_text(each.description)}</p>"
    yield "<dl>"
    yield f"<dt>Version</dt><dd>{escape(', '.join(document.version for document in each.documents))}</dd>"
    yield f"<dt>Schema</dt><dd><code>{escape(each.current.identity.id)}</code></dd>"
    yield f"<dt>Owner</dt><dd>{escape(str(each.owner))}, plugin <code>{escape(each.plugin)}</code></dd>"
    yield f"<dt>Namespace</dt><dd><code>{escape(each.namespace)}</code></dd>"
    yield f"<dt>Policy</dt><dd><code>{escape(each.policy.mode.value)}</code>{kept}</dd>"
    yield "</dl>"
    rows = member_rows(References(each.current.schema, catalogue.shared))
    if rows:
        yield '<h3>Members</h3>\n<div class="scroll"><table>'
        yield "<thead><tr><th>Member</th><th>Type</th><th>Description</th></tr></thead><tbody>"
        yield from map(_row, rows)
        yield "</tbody></table></div>"
    if each.current.examples:
        yield "<h3>Examples</h3>"
        yield from (f"<pre>{_json(example)}</pre>" for example in each.current.examples)
    for document in each.documents:
        yield f"<details><summary>Schema of version {escape(document.version)}</summary>"
        yield f"<pre>{_json(dict(document.schema))}</pre></details>"
    yield "</section>"


def _row(row: MemberRow) -> str:
    required = ' <span class="required">required</span>' if row.is_required else ""
    limits = f'<div class="limits">{escape("; ".join(row.limits))}</div>' if row.limits else ""
    name = f"<code>{escape(row.path)}</code>{required}"
    return f"<tr><td>{name}</td><td>{escape(row.type)}</td><td>{_text(row.description)}{limits}</td></tr>"


def _text(text: str) -> str:
    """``text`` with what stands between backticks as code."""
    parts = escape(text).split("`")
    if len(parts) % 2 == 0:
        return "`".join(parts)
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _json(value: object) -> str:
    return escape(json.dumps(value, indent=2, ensure_ascii=False))
