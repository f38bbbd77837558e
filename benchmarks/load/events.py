"""The events that are sent in, as Claude Code's hooks tell of them; tool calls have 0.9 kB each."""

from collections.abc import Sequence
from typing import Any, Final

import orjson

__all__ = ["EVENT_BYTES", "ToolEvents", "file_event", "status_event", "tool_event"]

#: Bytes of each tool event as it is sent in, give or take a few.
EVENT_BYTES: Final = 900

_CWD: Final = "/home/dev/project/services/billing"
_FILE: Final = f"{_CWD}/src/billing/invoices.py"
_SOURCE: Final = (
    "def total(invoice: Invoice) -> Money:\n    lines = (line.price * line.quantity for line in invoice.lines)\n"
    '    return sum(lines, start=Money(0, invoice.currency)).rounded("half-even")\n\n\n'
)
_REPORT: Final = (
    "tests/test_invoices.py::test_total PASSED [ 33%]\ntests/test_invoices.py::test_rounding PASSED [ 66%]\n"
    "tests/test_invoices.py::test_currency PASSED [100%]\n\n============ 3 passed in 0.42s ============\n"
)
_REMARK: Final = "The totals differ by a cent where a discount applies to more than one line of an invoice. "

#: What agents call, with what, and what comes of it.
_CALLS: Final[Sequence[tuple[str, dict[str, Any], str]]] = (
    ("Bash", {"command": "python -m pytest -q tests/test_invoices.py --maxfail=1", "timeout": 120_000}, _REPORT),
    ("Read", {"file_path": _FILE, "offset": 120, "limit": 60}, _SOURCE),
    ("Edit", {"file_path": _FILE, "old_string": "half-even", "new_string": "half-up", "replace_all": False}, _SOURCE),
    ("mcp__tracker__search_issues", {"query": "rounding of totals", "state": "open", "limit": 20}, _REMARK),
)


class ToolEvents:
    """An endless row of tool calls, each a ``tool_start`` and the ``tool_stop`` of the same correlation id.

    Attributes:
        made: How many events were made; they are numbered from 0, and their ids end in their numbers.
    """

    def __init__(self, sessions: int = 8) -> None:
        """Spread the calls over ``sessions`` agent sessions."""
        self.made = 0
        self._sessions = sessions

    def take(self, count: int) -> list[bytes]:
        """The next ``count`` events as JSON."""
        first, self.made = self.made, self.made + count
        return [tool_event(number, number, self._sessions) for number in range(first, first + count)]


def tool_event(number: int, turn: int, sessions: int = 8) -> bytes:
    """The event ``turn`` of a row of tool calls, with ``number`` in its id."""
    call = turn >> 1
    session = call % sessions
    return _TOOL_EVENTS[turn % len(_TOOL_EVENTS)] % (number, session, *_time(turn), session, call)


def file_event(number: int, turn: int, sessions: int = 8) -> bytes:
    """A ``file_operation``, with ``number`` in its id."""
    session = turn % sessions
    return _FILE_EVENT % (number, session, *_time(turn), session, turn)


def status_event(number: int, turn: int, sessions: int = 8) -> bytes:
    """A ``connection_status``, with ``number`` in its id."""
    session = turn % sessions
    return _STATUS_EVENT % (number, session, *_time(turn), session, turn)


def _time(turn: int) -> tuple[int, int, int, int]:
    """Hours, minutes, seconds and milliseconds: an event each millisecond, and the same again after a day."""
    seconds, milliseconds = divmod(turn, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return hours % 24, minutes, seconds, milliseconds


def _template(kind: str, data: dict[str, Any], filled: str | None = None, text: str = "") -> bytes:
    """An event with gaps for number, session, time, session again and call; ``text`` fills it up to its size."""
    event = {
        "specversion": "1.0",
        "id": "event-NUMBER",
        "source": "/claude-code/SESSION",
        "type": kind,
        "time": "2026-11-28TTIMEZ",
        "session": "SESSION",
        "correlationid": "toolu_01CALLvYqKdWsRtNz",
        "project": _CWD,
        "host": "workstation-7",
        "data": data,
    }
    gaps = {
        b"NUMBER": b"%010d",
        b"SESSION": b"5e55104e-7d1c-4c55-9a0b-%012x",
        b"TIME": b"%02d:%02d:%02d.%03d",
        b"CALL": b"%010d",
    }
    if filled is not None:
        data[filled] = ""
        bare = orjson.dumps(event)
        for name, gap in gaps.items():
            bare = bare.replace(name, gap % ((0,) * gap.count(b"%")))
        room = EVENT_BYTES - len(bare)
        data[filled] = _cut(text * (room // len(text) + 1), room)
    template = orjson.dumps(event).replace(b"%", b"%%")
    for name, gap in gaps.items():
        template = template.replace(name, gap)
    return template


def _cut(text: str, size: int) -> str:
    """The beginning of ``text`` that takes ``size`` bytes as JSON; escapes count as they are written."""
    text = text[:size]
    while len(orjson.dumps(text)) - 2 > size:
        text = text[:-1]
    return text


_TOOL_EVENTS: Final = [
    template
    for tool, arguments, outcome in _CALLS
    for template in (
        _template("tool_start", {"tool": tool, "input": arguments, "cwd": _CWD}, "description", _REMARK),
        _template("tool_stop", {"tool": tool, "input": arguments, "outcome": "success"}, "output", outcome),
    )
]
_FILE_EVENT: Final = _template(
    "file_operation", {"operation": "edit", "path": _FILE, "tool": "Edit", "lines_added": 12, "lines_removed": 3}
)
_STATUS_EVENT: Final = _template(
    "connection_status",
    {
        "client": "Zq3nXk2LhT0pAAAB",
        "namespace": "/tools",
        "state": "live",
        "previous": "syncing",
        "address": "127.0.0.1",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    },
)
