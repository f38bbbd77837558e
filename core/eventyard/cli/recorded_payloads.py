"""The payloads of recorded events in files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from eventyard.cli.event_file import Entry, read_entries, shown_name
from eventyard.pipeline import Limits
from eventyard.pipeline.guards import guard

__all__ = ["Payload", "read_payloads"]


@dataclass(frozen=True, slots=True)
class Payload:
    """The ``data`` of one event in a file.

    Attributes:
        place: File and line.
        type: The event type.
        data: The payload.
        problem: Why there is none.
    """

    place: str
    type: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None


def read_payloads(files: Sequence[IO[bytes]]) -> Iterator[Payload]:
    """The payloads of all events in ``files``."""
    for file in files:
        for entries in read_entries(file):
            for entry in entries:
                yield _payload(entry, f"{shown_name(file)}:{entry.line}")


def _payload(entry: Entry, place: str) -> Payload:
    if entry.problem is not None:
        return Payload(place, problem=entry.problem)
    event = entry.value
    if issues := guard(event, Limits()):
        return Payload(place, problem=f"{issues[0].pointer or '/'}: {issues[0].message}")
    if not isinstance(event, dict):
        return Payload(place, problem="an event is a JSON object")
    name, data = event.get("type"), event.get("data")
    if not isinstance(name, str):
        return Payload(place, problem="/type: the name of the event type is expected")
    if not isinstance(data, dict):
        return Payload(place, problem="/data: an object is expected")
    return Payload(place, name, data)
