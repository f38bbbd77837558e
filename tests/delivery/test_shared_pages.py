"""Clients that want the same part of a stream at the same time are given it once read."""

import asyncio
from typing import Any, cast

import orjson
from eventyard import BufferPolicy, Route
from eventyard.delivery import Bound, Connection, Stream, Subscriber, View
from eventyard.delivery.pages import Pages
from eventyard.journal import MemoryJournal, Placement, Quotas, Record
from eventyard.metrics import Metrics


def record(number: int) -> Record:
    attributes: dict[str, Any] = {"id": f"e{number}", "source": "/test", "type": "note", "data": {}}
    policy = BufferPolicy.buffer_if_no_clients()
    return Record(attributes, Route("/notes"), policy, orjson.dumps(attributes), Placement("notes"))


def subscriber(stream: Stream, sid: str) -> Subscriber:
    # Pages are read for clients, and are not written to them.
    connection = Connection(sid, cast("Any", None), "", "")
    return Subscriber(sid, connection, stream, View(batch=True), window=None, listener=lambda *_: None)


async def test_a_page_is_what_was_asked_for_also_when_who_asked_first_is_elsewhere_by_then() -> None:
    journal = MemoryJournal(Quotas(1000, 1 << 30))
    journal.open()
    journal.append([record(number) for number in range(10)], lambda _: None)
    stream = Stream(
        "/notes", journal, Metrics(), Bound(1 << 20, 1000), always_buffered=False, current=lambda record: record
    )
    stream.restore()
    pages = Pages(4, lambda *_: None)
    first, second = subscriber(stream, "first"), subscriber(stream, "second")
    reading = [asyncio.create_task(pages.read(each)) for each in (first, second)]
    asyncio.get_running_loop().call_soon(first.begin, 10, None)
    for page in await asyncio.gather(*reading):
        assert [record.offset for record in page.page.records] == list(range(1, 11))
