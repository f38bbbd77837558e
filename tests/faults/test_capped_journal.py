"""Many events through a journal that keeps few of them: memory and file stay as they are."""

import time
from pathlib import Path

import aiohttp
import orjson
import pytest

from .effort import Effort, only_in_full
from .figures import Figures
from .serving import ServerProcess

MB = 1_000_000

#: Bytes of events that are kept.
LIMIT = 4 * MB

#: The log grows to 16 MiB before it is moved into the file, and by one commit more.
LOG = 24 * MB

BATCH = 1000

DATA = [
    ("tool_start", {"tool": "Bash", "description": "x" * 200}),
    ("tool_stop", {"tool": "Bash", "outcome": "success"}),
    ("tool_start", {"tool": "Read"}),
    ("error", {"message": "it broke", "kind": "tool_failed"}),
]


HEADERS = {"Content-Type": "application/json"}


def batch(first: int) -> bytes:
    """Events of three types and seven sessions."""
    return orjson.dumps(
        [
            {"type": name, "source": "/load", "id": str(first + number), "session": f"s{number % 7}", "data": data}
            for number in range(BATCH)
            for name, data in [DATA[number % len(DATA)]]
        ]
    )


def size_of(data_dir: Path) -> tuple[int, int]:
    """Bytes of the journal's file and of its log."""
    file = data_dir / "journal.sqlite3"
    return file.stat().st_size, file.with_name("journal.sqlite3-wal").stat().st_size


@only_in_full
@pytest.mark.timeout(900)
async def test_a_capped_journal_grows_neither_in_memory_nor_on_disk(
    tmp_path: Path, effort: Effort, figures: Figures
) -> None:
    subject = "events through a journal that keeps 4 MB"
    # So many as the duplicate check remembers go first: its memory is a part of the server's.
    settings = {"journal.max_bytes": LIMIT, "max_buffer_size": 5_000, "duplicate_window": 10_000}
    server = ServerProcess(tmp_path / "data", settings)
    memory: list[int] = []
    files: list[int] = []
    logs: list[int] = []
    try:
        await server.start()
        begin = time.monotonic()
        async with aiohttp.ClientSession() as http:
            for first in range(0, effort.events, BATCH):
                async with http.post(f"{server.url}/v1/events", data=batch(first), headers=HEADERS) as response:
                    assert (await response.json())["accepted"] == BATCH
                memory.append(server.process.memory_info().rss)
                file, log = size_of(server.data_dir)
                files.append(file)
                logs.append(log)
        spent = time.monotonic() - begin
        _, streams = await server.request("/v1/streams")
        heads = sum(each["head"] for each in streams["streams"] if each["name"] in {"tools", "errors"})
        assert heads >= effort.events
        assert await server.stop() == 0, server.said()
        begin = time.monotonic()
        await server.start()
        started = time.monotonic() - begin
        assert len(await server.kept("tools")) > 100
    finally:
        await server.kill()

    # What is measured behind a fifth of them is compared with the end.
    early, late = len(memory) // 5, len(memory) * 9 // 10
    figures.add(subject, "events", effort.events)
    figures.add(subject, "events a second", effort.events / spent)
    figures.add(subject, "memory behind a fifth", max(memory[: early + 1]) / MB, "MB")
    figures.add(subject, "memory, most behind that", max(memory[early:]) / MB, "MB")
    figures.add(subject, "file behind a fifth", max(files[: early + 1]) / MB, "MB")
    figures.add(subject, "file at the end", files[-1] / MB, "MB")
    figures.add(subject, "log, at most", max(logs) / MB, "MB")
    figures.add(subject, "seconds to the first answer of the next start", started, "s")
    assert max(memory[late:]) < max(memory[: early + 1]) + 30 * MB
    assert max(files) < 3 * LIMIT
    assert max(logs) < LOG
