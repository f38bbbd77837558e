"""An event as one line of text for people."""

import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import click

__all__ = ["event_line", "printable"]

_COLOURS: Final = {
    "/agents": "magenta",
    "/errors": "red",
    "/files": "blue",
    "/sessions": "green",
    "/system": "bright_black",
    "/tools": "cyan",
}
_OTHER_COLOURS: Final = ("yellow", "bright_blue", "bright_cyan", "bright_green", "bright_magenta", "bright_yellow")

# Enough to tell the sessions and agents of a day apart, as with Git's commits.
_SHORT: Final = 8


def event_line(namespace: str, event: Mapping[str, Any], width: int) -> str:
    """``event`` as one styled line: time, namespace, type, session, agent, subject, and as much of ``data`` as fits.

    Args:
        namespace: Where it was received.
        event: The envelope.
        width: Columns that the line may take; only the data is cut.
    """
    colour = _COLOURS.get(namespace) or _OTHER_COLOURS[zlib.crc32(namespace.encode()) % len(_OTHER_COLOURS)]
    session = str(event.get("session", "-"))[:_SHORT]
    agent = str(event.get("agent", "-"))[:_SHORT]
    columns: list[tuple[str, dict[str, Any]]] = [
        (_clock(str(event.get("time", ""))), {"dim": True}),
        (f"{namespace:9}", {"fg": colour}),
        (f"{event.get('type', '?'):18}", {"fg": colour, "bold": True}),
        (f"{session:{_SHORT}}", {}),
        (f"{agent:{_SHORT}}", {"dim": True}),
    ]
    if "subject" in event:
        columns.append((str(event["subject"]), {}))
    shown = [(printable(text), style) for text, style in columns]
    left = width - sum(len(text) + 1 for text, _ in shown)
    return " ".join(
        [click.style(text, **style) for text, style in shown] + [_summary(event.get("data"), left)]
    ).rstrip()


def printable(text: str) -> str:
    """``text`` without what could control a terminal: an agent's output may hold anything."""
    return "".join(character if character.isprintable() else " " for character in text)


def _clock(time: str) -> str:
    try:
        return datetime.fromisoformat(time).astimezone().strftime("%H:%M:%S.%f")[:-3]
    except ValueError:
        return f"{time:12.12}"


def _summary(data: Any, width: int) -> str:
    if not isinstance(data, dict):
        return ""
    members = (f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in data.items())
    text = printable(" ".join(members))
    return text if len(text) <= width else f"{text[: max(width - 1, 0)]}…"
