"""A disk that takes no more: nothing is promised that is not kept, and what is there can be read."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

MakeEvent = Callable[..., dict[str, Any]]

# The limit on the size of a file stands for the full disk: writes beyond it fail, in this process alone.
PROGRAM = """
import asyncio, pathlib, resource, signal, sys
from eventyard import AsyncServer, Issue, Plugin, Settings, hookimpl

class Gate(Plugin):
    applies_to = ("tool_start",)

    @hookimpl
    def validate(self, event):
        if event.subject == "later" and not pathlib.Path(sys.argv[1], "now").exists():
            return [Issue("later", "/subject", "not yet")]

async def main():
    async with AsyncServer(Settings().with_changes(port=0, data_dir=sys.argv[1]), {"gate": Gate()}) as server:
        print(server.url, flush=True)
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            limit = int(line) if line.strip() != "-1" else resource.RLIM_INFINITY
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            print("limited", flush=True)

asyncio.run(main())
"""


class Process:
    """A server in a process of its own, whose files cannot grow beyond a limit."""

    def __init__(self, data_dir: Path) -> None:
        command = [sys.executable, "-c", PROGRAM, str(data_dir)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._url = self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def limit(self, size: int) -> None:
        """Let no file grow beyond ``size`` bytes; -1 for no limit."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{size}\n")
        self._process.stdin.flush()
        assert self._line() == "limited"

    def request(self, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the body of an answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request) as response:
                text = response.read()
                return response.status, json.loads(text) if text else None
        except HTTPError as error:
            with error:
                text = error.read()
                return error.code, json.loads(text) if text else None

    def stop(self) -> None:
        """End the server."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """A running server."""
    running = Process(tmp_path)
    yield running
    running.stop()


def test_what_cannot_be_kept_is_503_and_what_was_kept_can_be_read(
    process: Process, tmp_path: Path, make_event: MakeEvent
) -> None:
    accepted: list[str] = []

    def publish() -> int:
        event = make_event(data={"tool": "Bash", "input": "x" * 10_000})
        status, answer = process.request("/v1/events", event)
        if status == 202:
            accepted.append(event["id"])
        else:
            assert answer["type"] == "urn:eventyard:problem:unavailable"
        return status

    assert [publish() for _ in range(5)] == [202] * 5
    process.limit(max(file.stat().st_size for file in tmp_path.iterdir()) + 30_000)
    statuses = [publish() for _ in range(20)]
    assert statuses[-1] == 503

    status, health = process.request("/health")
    assert (status, health["status"]) == (200, "degraded")
    assert "could not be written" in health["journal_failure"]
    assert process.request("/readyz")[0] == 503
    _, page = process.request("/v1/streams/tools/events?limit=1000")
    assert [event["id"] for event in page["events"]] == accepted

    process.limit(-1)
    assert publish() == 202
    assert process.request("/readyz")[0] == 204
    _, page = process.request("/v1/streams/tools/events?limit=1000")
    assert [event["id"] for event in page["events"]] == accepted
    offsets = [int(event["sequence"]) for event in page["events"]]
    assert offsets == sorted(set(offsets))


def test_where_dead_letters_find_no_room_events_go_on(process: Process, make_event: MakeEvent) -> None:
    """Letters that are too large for the room are counted as dropped, and kept again when there is more."""

    def refuse() -> None:
        status, _ = process.request("/v1/events", make_event(data={"tool": 5, "input": "x" * 500_000}))
        assert status == 422

    refuse()
    assert process.request("/v1/dead-letters")[1]["kept"] == 1
    process.limit(400_000)
    for _ in range(5):
        refuse()
        assert process.request("/v1/events", make_event())[0] == 202

    _, page = process.request("/v1/dead-letters")
    assert [letter["number"] for letter in page["dead_letters"]] == [1]
    _, health = process.request("/health")
    assert (health["status"], health["journal_failure"]) == ("degraded", None)
    assert "dead-letters.sqlite3 cannot be used" in health["dead_letter_failure"]
    assert process.request("/readyz")[0] == 204
    _, answer = process.request("/metrics")
    dropped = {
        sample["labels"]["reason"]: sample["value"]
        for sample in answer["metrics"]["eventyard_dropped_events"]["samples"]
    }
    assert dropped["dead_letter_disk"] == 5

    process.limit(-1)
    while process.request("/health")[1]["status"] == "degraded":
        time.sleep(0.05)
    refuse()
    _, page = process.request("/v1/dead-letters")
    assert [letter["number"] for letter in page["dead_letters"]] == [1, 7]


def test_a_retry_that_cannot_be_kept_leaves_the_letters_as_they_are(
    process: Process, tmp_path: Path, make_event: MakeEvent
) -> None:
    for _ in range(3):
        assert process.request("/v1/events", make_event(subject="later"))[0] == 422
    _, before = process.request("/v1/dead-letters")
    (tmp_path / "now").touch()
    process.limit(1000)
    for path, body in [("/1/retry", {}), ("/retry", {"all": True})]:
        status, problem = process.request(f"/v1/dead-letters{path}", body)
        assert (status, problem["type"]) == (503, "urn:eventyard:problem:unavailable")
    assert process.request("/v1/dead-letters")[1] == before
    process.limit(-1)
    _, answer = process.request("/v1/dead-letters/retry", {"all": True})
    assert (answer["accepted"], answer["results"][0]["events"][0]["offset"]) == (3, 1)
