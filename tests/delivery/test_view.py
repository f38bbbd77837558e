"""What a subscriber sees of a stream, and in which shape."""

from collections.abc import Callable
from typing import Any

import orjson
from eventyard.delivery import Message, View
from eventyard.delivery.frames import text_of
from eventyard.journal import Record
from hypothesis import given
from hypothesis import strategies as st
from socketio.packet import Packet

MakeRecord = Callable[..., Record]

TYPES = ("tool_start", "tool_stop", "tool_note")
SESSIONS = ("s1", "s2", "s3")
ROOMS = ("red", "blue")

SOME_OF = st.none() | st.frozensets(st.sampled_from(SESSIONS))
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(TYPES),
            "session": st.sampled_from((None, *SESSIONS)),
            "rooms": st.frozensets(st.sampled_from(ROOMS)),
            "journaled": st.booleans(),
        }
    ),
    max_size=12,
)
VIEWS = st.builds(
    View,
    batch=st.booleans(),
    sessions=SOME_OF,
    types=st.none() | st.frozensets(st.sampled_from(TYPES)),
    rooms=st.frozensets(st.sampled_from(ROOMS)),
)


def records_of(events: list[dict[str, Any]], make_record: MakeRecord) -> list[Record]:
    """Records with ascending offsets; some were not journaled and have none."""
    records: list[Record] = []
    for offset, event in enumerate(events, start=11):
        attributes = {"session": event["session"]} if event["session"] else {}
        place = offset if event["journaled"] else None
        records.append(make_record(place, type=event["type"], rooms=event["rooms"], **attributes))
    return records


def read(messages: list[Message]) -> list[tuple[str, Any]]:
    """Name and argument of each message, by python-socketio's own reader."""
    return [tuple(Packet(encoded_packet=text_of(message)[1:].decode()).data) for message in messages]


@given(view=VIEWS, events=EVENTS)
def test_a_view_selects_by_type_and_session_and_room(
    make_record: MakeRecord, view: View, events: list[dict[str, Any]]
) -> None:
    """An event that is routed to rooms is for those in one of them; one without a session for no session filter."""
    records = records_of(events, make_record)
    expected = [
        record
        for record, event in zip(records, events, strict=True)
        if (view.types is None or event["type"] in view.types)
        and (view.sessions is None or event["session"] in view.sessions)
        and (not event["rooms"] or event["rooms"] & view.rooms)
    ]
    assert list(view.select(records)) == expected


@given(events=EVENTS, replay=st.booleans())
def test_without_batch_each_event_comes_under_its_type(
    make_record: MakeRecord, events: list[dict[str, Any]], replay: bool
) -> None:
    records = records_of(events, make_record)
    messages = list(View().messages(b"/tools", records, "e", 10, 99, replay=replay))
    assert read(messages) == [(record.event.type, dict(record.event)) for record in records]


@given(events=EVENTS, replay=st.booleans())
def test_with_batch_all_that_have_a_place_come_in_one_message(
    make_record: MakeRecord, events: list[dict[str, Any]], replay: bool
) -> None:
    """It says what it follows and how far it reaches; events without an offset come by themselves, before it."""
    records = records_of(events, make_record)
    placed = [dict(record.event) for record in records if record.offset is not None]
    passing = [(record.event.type, dict(record.event)) for record in records if record.offset is None]
    messages = read(list(View(batch=True).messages(b"/tools", records, "e", 10, 99, replay=replay)))
    batch = {"epoch": "e", "previous": 10, "offset": 99, "replay": replay, "events": placed}
    assert messages == passing + ([("events", batch)] if placed else [])


def test_a_record_is_sent_as_it_was_stored(make_record: MakeRecord) -> None:
    """The envelope is encoded once; its offset is in it, as 20 digits that sort as text."""
    (message,) = View().messages(b"/tools", [make_record(42)], "e", 41, 42, replay=False)
    (_, envelope) = read([message])[0]
    assert envelope["sequence"] == "00000000000000000042"
    assert orjson.dumps(envelope) in text_of(message)
