"""The server's own events: what it has to tell about refused events, failing plugins, clients and itself."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from eventyard.errors import JournalError
from eventyard.events import Event, Issue
from eventyard.plugins import HookFault
from eventyard.plugins.reason import reason_of

__all__ = ["SERVER_SOURCE", "name_in", "plugin_fault", "read_failure", "rejection"]

#: The ``source`` of the server's own events.
SERVER_SOURCE: Final = "/eventyard"

# What is repeated of a refused event: names only, and only when they look like names.
_NAME: Final = re.compile(r"[A-Za-z0-9_.:/%~+-]{1,256}")

# An error event must stay small, however many members of an event were wrong.
_MAX_ISSUES: Final = 20


def name_in(body: object, attribute: str, longest: int = 256) -> str | None:
    """An attribute of a refused event that may be repeated: it looks like a name, and is not too long."""
    value = body.get(attribute) if isinstance(body, Mapping) else None
    return value if isinstance(value, str) and len(value) <= longest and _NAME.fullmatch(value) else None


def rejection(body: object, issues: Sequence[Issue], intake: str, letter: int | None) -> Event:
    """The ``error`` event that tells of a refused event: its type, source and id, the plugin, and the issues.

    ``letter`` is the number of the dead letter, if it was kept.
    """
    first = issues[0]
    subject = name_in(body, "type") or "event"
    data: dict[str, Any] = {
        "kind": "event_rejected",
        "severity": "warning",
        "message": f"{subject} refused at {first.pointer or 'its root'}: {first.message}"[:2000],
        "issues": [issue.to_json() for issue in issues[:_MAX_ISSUES]],
        "detail": f"received by {intake}",
    }
    for field, attribute in (("event_type", "type"), ("event_source", "source"), ("event_id", "id")):
        if name := name_in(body, attribute):
            data[field] = name
    if letter is not None:
        data["dead_letter"] = letter
    owners = sorted({issue.owner for issue in issues if issue.owner})
    if owners:
        data["plugin"] = ", ".join(owners)[:256]
    return Event.create("error", source=SERVER_SOURCE, data=data, session=name_in(body, "session", 128))


def plugin_fault(fault: HookFault) -> Event:
    """The ``error`` event that tells of a failed hook call, or of the quarantine that it led to."""
    plugin = fault.plugin
    quarantined = plugin.reason is not None
    message = (
        f"plugin {plugin.name} ({plugin.distribution}) is quarantined: {plugin.reason}"
        if quarantined
        else f"plugin {plugin.name} ({plugin.distribution}) failed in {fault.hook}: {reason_of(fault.error)}"
    )
    return Event.create(
        "error",
        source=SERVER_SOURCE,
        data={
            "kind": "plugin_quarantined" if quarantined else "plugin_failed",
            "severity": "critical" if quarantined else "error",
            "message": message[:2000],
            "plugin": str(plugin.distribution)[:256],
            "hook": fault.hook,
        },
    )


def read_failure(stream: str, error: JournalError) -> Event:
    """The ``error`` event that tells of a stream that cannot be read, so that clients miss what they ask for."""
    data = {
        "kind": "journal_unreadable",
        "severity": "critical",
        "message": f"stream {stream} cannot be read: {error}"[:2000],
    }
    return Event.create("error", source=SERVER_SOURCE, data=data)
