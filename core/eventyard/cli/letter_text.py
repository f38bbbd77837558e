"""Dead letters as text for people."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from eventyard.cli.event_line import printable

__all__ = ["letter_lines", "letter_row", "retried_line", "row_heading"]

_WIDTHS = {"number": 7, "time": 20, "intake": 12, "type": 20, "retries": 7}

_COLOURS = {"accepted": "green", "duplicate": "green", "rejected": "red"}


def row_heading() -> str:
    """The heading of a table of letters."""
    heading = "  ".join(f"{name.upper():{width}}" for name, width in _WIDTHS.items())
    return click.style(f"{heading}  REASON", bold=True)


def letter_row(letter: Mapping[str, Any], width: int | None) -> str:
    """``letter`` as one line of the table; with a ``width``, the reason is cut to it."""
    values = {
        "number": str(letter["number"]),
        "time": f"{letter['time']:.19}Z",
        "intake": letter["intake"],
        "type": letter["type"] or "-",
        "retries": str(letter["retries"]),
    }
    row = "  ".join(f"{printable(values[name]):{size}}" for name, size in _WIDTHS.items())
    line = f"{row}  {_reason(letter['issues'])}"
    return line if width is None or len(line) <= width else f"{line[: width - 1]}…"


def letter_lines(letter: Mapping[str, Any]) -> Iterator[str]:
    """All of ``letter``."""
    kind = "foreign body" if letter["foreign"] else "event"
    facts = {
        "dead letter": f"{letter['number']}, {kind} of {letter['intake']}",
        "type": letter["type"] or "-",
        "refused": letter["time"],
    }
    if letter["retries"]:
        facts["retried"] = f"{letter['retries']} times, last {letter['retried']}"
    for name, value in facts.items():
        yield f"{click.style(f'{name:12}', bold=True)}{printable(str(value))}"
    yield click.style("issues", bold=True)
    for issue in letter["issues"]:
        owner = f"  ({issue['owner']})" if "owner" in issue else ""
        yield printable(f"  {_told(issue)}{owner}")
    if letter["headers"]:
        yield click.style("headers", bold=True)
        for name, value in letter["headers"].items():
            yield printable(f"  {name}: {value}")
    yield click.style("body" if letter["text"] is None else "text, which is no JSON", bold=True)
    text = letter["text"]
    if text is None:
        text = json.dumps(letter["body"], indent=2, ensure_ascii=False)
    for line in text.splitlines():
        yield printable(line)


def retried_line(result: Mapping[str, Any]) -> str:
    """What became of a letter that was tried again."""
    status = result["status"]
    told = f"{result['number']}: {click.style(status, fg=_COLOURS.get(status, 'yellow'))}"
    places = [
        event["stream"] if event["offset"] is None else f"{event['stream']} {event['offset']}"
        for event in result["events"]
    ]
    if places:
        told += f", {', '.join(places)}"
    return f"{told}, {_reason(result['issues'])}" if result["issues"] else told


def _reason(issues: list[dict[str, Any]]) -> str:
    more = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
    return printable(_told(issues[0]) + more) if issues else ""


def _told(issue: Mapping[str, Any]) -> str:
    return f"{issue['pointer'] or '/'}: {issue['message']}"
