"""Publishers with a spool: events outlive the program that sent them."""

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from eventyard.client import Buffering, Counts, NotDelivered, Publisher, Refused, SpoolError, Unreachable

MakeYard = Callable[..., Awaitable[Any]]
OpenWire = Callable[[Any], Awaitable[Any]]


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """A path at which there is no file yet, in a folder that is not there."""
    return tmp_path / "state" / "spool.ndjson"


def note(text: object, **attributes: Any) -> dict[str, Any]:
    return {"type": "note", "source": "/test", "data": {"text": str(text)}, **attributes}


async def send_all(publisher: Publisher, texts: Any) -> None:
    for text in texts:
        await publisher.send(note(text))


def spooled(spool: Path) -> list[str]:
    """The texts of the events in a spool, delivered or not."""
    values = map(json.loads, spool.read_text("utf-8").splitlines())
    return [value["data"]["text"] for value in values if isinstance(value, dict)]


async def test_what_is_delivered_leaves_the_spool(yard: Any, spool: Path) -> None:
    async with Publisher(yard.url, spool=spool) as publisher:
        await send_all(publisher, range(1000))
        await publisher.flush()
        assert spool.read_bytes() == b""
    assert len(await yard.kept()) == 1000


async def test_events_of_an_earlier_run_are_delivered_first_and_in_order(make_yard: MakeYard, spool: Path) -> None:
    yard = await make_yard(start=False)
    for run in range(3):
        async with Publisher(yard.url, spool=str(spool)) as publisher:
            await send_all(publisher, range(run * 10, run * 10 + 10))
            assert publisher.counts.waiting == run * 10 + 10
    await yard.start()
    async with Publisher(yard.url, spool=spool, fsync=True) as publisher:
        await publisher.send(note("last"))
        await publisher.flush()
        assert publisher.counts == Counts(accepted=31)
    assert await yard.kept() == [*map(str, range(30)), "last"]


async def test_closing_waits_for_no_server_when_all_is_in_the_spool(make_yard: MakeYard, spool: Path) -> None:
    yard = await make_yard(start=False)
    publisher = Publisher(yard.url, spool=spool)
    await publisher.start()
    await send_all(publisher, range(3))
    async with asyncio.timeout(20):
        await publisher.close(timeout=1000)
    assert spooled(spool) == ["0", "1", "2"]


async def test_what_was_delivered_before_the_server_went_away_is_not_sent_again(
    yard: Any, spool: Path, open_wire: OpenWire
) -> None:
    wire = await open_wire(yard)
    async with Publisher(wire.url, spool=spool, buffering=Buffering(batch_events=10)) as publisher:
        await send_all(publisher, range(10))
        await publisher.flush()
        wire.open = False
        wire.cut()
        await send_all(publisher, range(10, 15))
        wire.open = True
        await publisher.flush()
        await send_all(publisher, range(15, 40))
        wire.open = False
        wire.cut()
    async with Publisher(yard.url, spool=spool) as publisher:
        await publisher.flush()
        # A batch of which the answer was lost may have been sent again, and was known.
        assert publisher.counts.duplicate <= 10
    assert await yard.kept() == [str(number) for number in range(40)]


async def test_refused_events_leave_the_spool_too(yard: Any, spool: Path) -> None:
    async with Publisher(yard.url, spool=spool) as publisher:
        await publisher.send({**note("a"), "type": "nothing", "id": "1"})
        await publisher.send(note("b"))
        await publisher.flush()
        assert [rejection.event["id"] for rejection in publisher.rejections] == ["1"]
        assert spool.read_bytes() == b""
    assert await yard.kept() == ["b"]


async def test_published_events_never_go_to_the_spool(make_yard: MakeYard, spool: Path) -> None:
    """Who waits for the outcome knows when there is none."""
    yard = await make_yard(start=False)
    async with Publisher(yard.url, spool=spool, patience=0) as publisher:
        with pytest.raises(Unreachable):
            await publisher.publish(note("a"))
    assert spooled(spool) == []


async def test_a_refusal_of_the_token_loses_nothing(make_yard: MakeYard, spool: Path) -> None:
    yard = await make_yard(token="secret")
    async with Publisher(yard.url, spool=spool, token="wrong") as publisher:
        await publisher.send(note("a"))
        with pytest.raises(Refused):
            await publisher.flush()
    assert spooled(spool) == ["a"]
    async with Publisher(yard.url, spool=spool, token="secret") as publisher:
        await publisher.flush()
        assert publisher.counts == Counts(accepted=1)


async def test_events_that_were_dropped_do_not_fill_the_spool(make_yard: MakeYard, spool: Path) -> None:
    yard = await make_yard(start=False)
    buffering = Buffering(max_events=5, when_full="drop_oldest")
    async with Publisher(yard.url, spool=spool, buffering=buffering) as publisher:
        with contextlib.suppress(Unreachable):
            await asyncio.wait_for(publisher.flush(), 0.1)
        await send_all(publisher, range(1000))
        assert publisher.counts.waiting == 5
    await yard.start()
    async with Publisher(yard.url, spool=spool):
        pass
    kept = await yard.kept()
    assert kept[-4:] == ["996", "997", "998", "999"]
    assert len(kept) < 50


async def test_a_spool_belongs_to_one_publisher_at_a_time(yard: Any, spool: Path) -> None:
    async with Publisher(yard.url, spool=spool):
        with pytest.raises(SpoolError, match="is in use: another publisher keeps its events there"):
            await Publisher(yard.url, spool=spool).start()


async def test_a_spool_that_cannot_be_written_takes_nothing_and_keeps_what_it_has(
    make_yard: MakeYard, spool: Path
) -> None:
    yard = await make_yard(start=False)
    spool.mkdir(parents=True)
    with pytest.raises(SpoolError, match="cannot be read: Is a directory"):
        await Publisher(yard.url, spool=spool).start()


_SENDER = """
import sys, time
from eventyard.client import SyncPublisher, Buffering
with SyncPublisher(sys.argv[1], spool=sys.argv[2], buffering=Buffering(batch_events=20, linger=0)) as publisher:
    for number in range(int(sys.argv[3]), 10**9):
        event = {"type": "note", "source": "/test", "id": str(number), "data": {"text": str(number)}}
        publisher.send(event)
        print(number, flush=True)
        time.sleep(0.0005)
"""


async def killed(url: str, spool: Path, first: int, count: int) -> int:
    """Have a program send events from ``first`` on and kill it after ``count``; gives the last that it was sure of."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SENDER, url, str(spool), str(first), stdout=subprocess.PIPE
    )
    assert program.stdout is not None
    last = first - 1
    while line := await program.stdout.readline():
        last = int(line)
        if last >= first + count - 1:
            with contextlib.suppress(ProcessLookupError):
                program.kill()
    await program.wait()
    return last


async def test_no_event_is_lost_or_doubled_by_a_program_that_is_killed_again_and_again(
    make_yard: MakeYard, spool: Path
) -> None:
    """With a server that is there, that comes and goes, and that is away."""
    yard = await make_yard(max_buffer_size=10_000)
    sure = -1
    for run in range(4):
        if run == 2:
            await yard.stop()
        # The last event may have been spooled without the program being told: its identity makes it a duplicate.
        sure = await killed(yard.url, spool, sure + 1, 200)
        if run == 2:
            await yard.start()
    async with Publisher(yard.url, spool=spool) as publisher:
        await publisher.flush()
    kept = [int(text) for text in await yard.kept()]
    assert kept == list(range(len(kept)))
    assert sure <= kept[-1] <= sure + 1


async def test_what_waits_in_memory_alone_is_told_when_it_is_lost(make_yard: MakeYard) -> None:
    yard = await make_yard(start=False)
    publisher = Publisher(yard.url)
    await publisher.start()
    await publisher.send(note("a"))
    with pytest.raises(NotDelivered):
        await publisher.close(timeout=0)
