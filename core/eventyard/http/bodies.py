"""Request bodies that carry events, in all the media types that are taken."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from aiohttp import web

from eventyard.errors import BodyTooLarge, MalformedBody, UnsupportedMediaType
from eventyard.http.binary_mode import attributes_of, is_binary
from eventyard.pipeline import Limits, Unreadable, read

__all__ = ["MEDIA_TYPES", "EventBody", "parse_events", "read_events"]

_SINGLE: Final = "application/cloudevents+json"
_BATCH: Final = "application/cloudevents-batch+json"
_JSON: Final = "application/json"
_LINES: Final = frozenset(
    {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)

#: The media types that carry events.
MEDIA_TYPES: Final = frozenset({_JSON, _SINGLE, _BATCH}) | _LINES


@dataclass(slots=True)
class EventBody:
    """The events of one request.

    Attributes:
        values: One JSON value an event, or what stands in its place and cannot be read.
        single: Whether the body is one event and not a list, so that the answer's status is that of the event.
        guarded: Whether reading has shown that the guards have nothing against any of them.
    """

    values: list[Any]
    single: bool
    guarded: bool


async def read_events(request: web.Request, limits: Limits, max_event_size: int, max_batch: int) -> EventBody:
    """Read the events of a request (CloudEvents HTTP binding §3: structured, batched or binary mode; or NDJSON).

    Raises:
        BodyTooLarge: A single event over ``max_event_size`` bytes, or more than ``max_batch`` events.
        MalformedBody: The body is not of its media type, or a header that is an attribute is not UTF-8.
        UnsupportedMediaType: No media type that carries events.
    """
    media_type = request.content_type
    _check_charset(request)
    if media_type not in MEDIA_TYPES:
        accepted = f"{_JSON}, {_SINGLE}, {_BATCH}, application/x-ndjson"
        came = f"Content-Type {media_type}" if "Content-Type" in request.headers else "a body without Content-Type"
        message = f"{came} carries no events; expected {accepted}"
        raise UnsupportedMediaType(message)
    body = await request.read()
    if media_type == _JSON and is_binary(request.headers):
        value, guarded = read(body, limits)
        _check_size(body, max_event_size)
        return EventBody([{**attributes_of(request.headers), "data": value}], single=True, guarded=guarded)
    return parse_events(body, media_type, limits, max_event_size, max_batch)


def parse_events(body: bytes, media_type: str, limits: Limits, max_event_size: int, max_batch: int) -> EventBody:
    """The events of a body of one of the :data:`MEDIA_TYPES`; the errors are those of :func:`read_events`."""
    if media_type in _LINES:
        return _lines(body, limits, max_batch)
    value, guarded = read(body, limits)
    if media_type == _BATCH or (media_type == _JSON and isinstance(value, list)):
        if not isinstance(value, list):
            message = f"a body of {_BATCH} is a JSON array of events"
            raise MalformedBody(message)
        if len(value) > max_batch:
            raise _too_many(max_batch, str(len(value)))
        return EventBody(value, single=False, guarded=guarded)
    _check_size(body, max_event_size)
    return EventBody([value], single=True, guarded=guarded)


def _check_charset(request: web.Request) -> None:
    charset = request.charset
    if charset is not None and charset.lower().replace("_", "-") not in {"utf-8", "utf8", "us-ascii"}:
        message = f"charset {charset} is not supported; JSON is UTF-8 (RFC 8259 §8.1)"
        raise UnsupportedMediaType(message)


def _check_size(body: bytes, most: int) -> None:
    if len(body) > most:
        message = f"an event has at most {most} bytes, this one has {len(body)}; see the setting max_event_size"
        raise BodyTooLarge(message)


def _too_many(most: int, came: str) -> BodyTooLarge:
    return BodyTooLarge(f"a request has at most {most} events, this one has {came}; see the setting max_batch")


def _lines(body: bytes, limits: Limits, max_batch: int) -> EventBody:
    values: list[Any] = []
    all_guarded = True
    for number, whole_line in enumerate(BytesIO(body), 1):
        line = whole_line.removesuffix(b"\n")
        if not line.strip():
            continue
        if len(values) == max_batch:
            raise _too_many(max_batch, "more")
        try:
            value, guarded = read(line, limits, number)
        except MalformedBody as error:
            values.append(Unreadable(line, str(error)))
        else:
            values.append(value)
            all_guarded = all_guarded and guarded
    return EventBody(values, single=False, guarded=all_guarded)
