"""Cursors in a file: a program that is started again goes on where it was."""

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from eventyard.client import Cursor, CursorFileError, Gap, Ready, Subscriber

MakeYard = Callable[..., Awaitable[Any]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A path at which there is no file yet."""
    return tmp_path / "cursor.json"


async def texts(subscriber: Subscriber, count: int) -> list[str]:
    """The texts of the next events."""
    async with asyncio.timeout(20):
        return [(await anext(subscriber)).data["text"] for _ in range(count)]


async def test_the_next_run_goes_on_behind_the_last_event(yard: Any, file: Path) -> None:
    await yard.note(*range(6))
    for expected in (["0", "1"], ["2", "3"], ["4", "5"]):
        async with Subscriber(yard.url, "/notes", resume="earliest", cursor_file=file) as events:
            assert await texts(events, 2) == expected
    async with Subscriber(yard.url, "/notes", resume="latest", cursor_file=str(file)) as events:
        await yard.note("new")
        assert await texts(events, 1) == ["new"]


async def test_it_is_written_while_nothing_happens(yard: Any, file: Path) -> None:
    """Whoever waits for the next event has dealt with the last one."""
    async with Subscriber(yard.url, "/notes", cursor_file=file) as events:
        await yard.note("a", "b")
        await texts(events, 2)
        waiting = asyncio.create_task(texts(events, 1))
        async with asyncio.timeout(20):
            while not file.exists() or json.loads(file.read_text())["cursors"]["/notes"]["offset"] != 2:
                await asyncio.sleep(0.01)
        await yard.note("c")
        await waiting


async def test_an_event_comes_again_after_an_exception(yard: Any, file: Path) -> None:
    await yard.note("a", "b", "c")

    async def fail() -> None:
        async with Subscriber(yard.url, "/notes", resume="earliest", cursor_file=file) as events:
            assert await texts(events, 2) == ["a", "b"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with Subscriber(yard.url, "/notes", cursor_file=file) as events:
        assert await texts(events, 2) == ["b", "c"]


_FOLLOWER = """
import sys
from eventyard.client import subscribe
with subscribe(sys.argv[1], "/notes", resume="earliest", cursor_file=sys.argv[2]) as events:
    for event in events:
        print(event.data["text"], flush=True)
"""


async def test_no_event_is_missed_by_a_program_that_is_killed_again_and_again(make_yard: MakeYard, file: Path) -> None:
    """The last events before each kill may come again; all others come once."""
    yard = await make_yard(max_buffer_size=10_000)
    count, seen = 3000, [-1]
    publishing = asyncio.create_task(publish(yard, count))
    for number in range(6):
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _FOLLOWER, yard.url, str(file), stdout=subprocess.PIPE
        )
        assert program.stdout is not None
        begin = True
        while line := await program.stdout.readline():
            text = int(line)
            assert text == seen[-1] + 1 or (begin and text <= seen[-1])
            seen.append(text)
            begin = False
            if text >= count * (number + 1) / 7 or text == count - 1:
                with contextlib.suppress(ProcessLookupError):
                    program.kill()
        await program.wait()
    await publishing
    async with Subscriber(yard.url, "/notes", cursor_file=file) as events:
        while seen[-1] < count - 1:
            (text,) = map(int, await texts(events, 1))
            seen.append(text)
    assert set(seen) == set(range(-1, count))


async def publish(yard: Any, count: int) -> None:
    for begin in range(0, count, 50):
        await yard.note(*range(begin, begin + 50))
        await asyncio.sleep(0.01)


async def test_a_gap_that_a_run_ended_before_is_told_by_the_next(yard: Any, file: Path) -> None:
    """The cursor of the store that is gone is kept until somebody was told."""
    await yard.note("a")
    async with Subscriber(yard.url, "/notes", resume="earliest", cursor_file=file) as events:
        await texts(events, 1)
    await yard.stop()
    shutil.rmtree(yard.data_dir)
    await yard.start()
    async with Subscriber(yard.url, "/notes", cursor_file=file) as events:
        assert isinstance(await events.next_message(), Ready)
    async with Subscriber(yard.url, "/notes", cursor_file=file) as events:
        assert isinstance(await events.next_message(), Ready)
        assert isinstance(await events.next_message(), Gap)


async def test_cursors_of_other_namespaces_stay(yard: Any, file: Path) -> None:
    await yard.note("a")
    await yard.note("m", type="memo")
    for namespace in ("/notes", "/memos", "/notes"):
        async with Subscriber(yard.url, namespace, cursor_file=file) as events:
            await events.next_message()
    assert json.loads(file.read_text())["cursors"].keys() == {"/notes", "/memos"}


async def test_the_file_goes_before_what_is_asked_for(yard: Any, file: Path) -> None:
    await yard.note("a", "b", "c")
    async with Subscriber(yard.url, "/notes", resume="earliest", cursor_file=file) as events:
        await texts(events, 1)
        epoch = events.ready["/notes"].epoch
    async with Subscriber(yard.url, "/notes", resume=Cursor(epoch, 2), cursor_file=file) as events:
        assert await texts(events, 2) == ["b", "c"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is not JSON"),
        (b'{"version": 1, "curs', "it is not JSON"),
        (b"\xff", "it is not UTF-8"),
        (b"[]", 'expected {"version": 1, "cursors": {…}}'),
        (b'{"version": 2, "cursors": {}}', "it is of version 2, and this client reads 1"),
        (b'{"version": 1, "cursors": {"/notes": {"epoch": "x"}}}', "{'epoch': 'x'} is no cursor"),
        (b'{"version": 1, "cursors": {"/notes": {"epoch": "x", "offset": -1}}}', "is no cursor"),
        (b'{"version": 1, "cursors": {"/notes": {"epoch": "x", "offset": true}}}', "is no cursor"),
    ],
)
async def test_a_file_that_cannot_be_understood_is_told_and_left_alone(
    yard: Any, file: Path, content: bytes, why: str
) -> None:
    """To begin anew without a word would miss events without a word."""
    file.write_bytes(content)
    with pytest.raises(CursorFileError) as raised:
        async with Subscriber(yard.url, "/notes", cursor_file=file):
            pass
    assert f"the cursor file {file} cannot be understood: " in str(raised.value)
    assert why in str(raised.value)
    assert file.read_bytes() == content


async def test_a_file_belongs_to_one_subscriber_at_a_time(yard: Any, file: Path) -> None:
    async with Subscriber(yard.url, "/notes", cursor_file=file):
        with pytest.raises(CursorFileError, match="is in use: another subscriber keeps its cursors there"):
            async with Subscriber(yard.url, "/notes", cursor_file=file):
                pass
    async with Subscriber(yard.url, "/notes", cursor_file=file):
        pass


async def test_a_file_that_cannot_be_there_is_told(yard: Any, file: Path) -> None:
    file.write_text("")
    with pytest.raises(CursorFileError, match=r"cannot be used: (Not a directory|File exists)"):
        async with Subscriber(yard.url, "/notes", cursor_file=file / "cursor"):
            pass


async def test_a_file_that_cannot_be_written_is_told_and_tried_again(yard: Any, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    async with Subscriber(yard.url, "/notes", cursor_file=folder / "cursor") as events:
        await yard.note("a")
        await texts(events, 1)
        folder.rename(tmp_path / "elsewhere")
        with pytest.raises(CursorFileError, match="cannot be written: No such file or directory"):
            await anext(events)
        (tmp_path / "elsewhere").rename(folder)
        await yard.note("b")
        assert await texts(events, 1) == ["b"]
    assert json.loads((folder / "cursor").read_text())["cursors"]["/notes"]["offset"] == 2
