"""Clients that want the same part of a stream at the same time are given it once read."""

import asyncio
from typing import Any, cast

import orjson
import pytest
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


@pytest.fixture
def stream() -> Stream:
    """A stream with ten events."""
    journal = MemoryJournal(Quotas(1000, 1 << 30))
    journal.open()
    journal.append([record(number) for number in range(10)], lambda _: None)
    stream = Stream(
        "/notes", journal, Metrics(), Bound(1 << 20, 1000), always_buffered=False, current=lambda record: record
    )
    stream.restore()
    return stream


async def test_a_page_is_what_was_asked_for_also_when_who_asked_first_is_elsewhere_by_then(stream: Stream) -> None:
    pages = Pages(4, lambda *_: None)
    first, second = subscriber(stream, "first"), subscriber(stream, "second")
    reading = [asyncio.create_task(pages.read(each)) for each in (first, second)]
    asyncio.get_running_loop().call_soon(first.begin, 10, None)
    for page in await asyncio.gather(*reading):
        assert [record.offset for record in page.page.records] == list(range(1, 11))


async def test_who_comes_back_a_moment_later_is_given_the_same_page(stream: Stream) -> None:
    pages = Pages(4, lambda *_: None)
    for _ in range(2):
        pages.note_arrival()
    first = asyncio.create_task(pages.read(subscriber(stream, "first")))
    await asyncio.sleep(0.001)
    second = asyncio.create_task(pages.read(subscriber(stream, "second")))
    assert await first is await second


async def test_who_comes_back_alone_waits_for_nobody(stream: Stream) -> None:
    pages = Pages(4, lambda *_: None)
    pages.note_arrival()
    reading = asyncio.create_task(pages.read(subscriber(stream, "first")))
    # Each step of it takes a turn of the event loop, and nothing else does.
    for _ in range(20):
        await asyncio.sleep(0)
    assert reading.done()


async def test_nobody_waits_for_ever_for_others_who_keep_coming(stream: Stream) -> None:
    pages = Pages(4, lambda *_: None)
    reading = asyncio.create_task(pages.read(subscriber(stream, "first")))
    async with asyncio.timeout(30):
        while not reading.done():
            pages.note_arrival()
            await asyncio.sleep(0.001)
    assert len((await reading).page.records) == 10
