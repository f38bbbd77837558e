"""What flows: events, their types, where they go and what becomes of them."""

from eventyard.events.buffer_policy import BufferMode, BufferPolicy
from eventyard.events.clock import now, reading_time_from
from eventyard.events.earlier_version import EarlierVersion, Upcaster
from eventyard.events.event import Event
from eventyard.events.event_type import EventType
from eventyard.events.identifiers import uuid7
from eventyard.events.issue import Issue
from eventyard.events.outcome import Outcome, Status
from eventyard.events.route import Route
from eventyard.events.timestamps import elapsed_ms, moment, timestamp

__all__ = [
    "BufferMode",
    "BufferPolicy",
    "EarlierVersion",
    "Event",
    "EventType",
    "Issue",
    "Outcome",
    "Route",
    "Status",
    "Upcaster",
    "elapsed_ms",
    "moment",
    "now",
    "reading_time_from",
    "timestamp",
    "uuid7",
]
