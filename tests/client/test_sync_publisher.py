"""Publishing without an event loop."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eventyard import Server, Settings
from eventyard.client import (
    Buffering,
    Counts,
    EventsRejected,
    NotDelivered,
    Rejection,
    SyncPublisher,
    Unreachable,
    subscribe,
)


def call(tool: object, **attributes: Any) -> dict[str, Any]:
    return {"type": "tool_start", "source": "/test", "data": {"tool": str(tool)}, **attributes}


WRONG = {"type": "nothing", "source": "/test", "id": "wrong", "data": {}}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server."""
    settings = Settings().with_changes(host="127.0.0.1", port=0, data_dir=str(tmp_path / "data"), max_buffer_size=5000)
    with Server(settings) as server:
        yield server


def kept(url: str, count: int) -> list[str]:
    """The tools of the first events that the server keeps."""
    with subscribe(url, "/tools", resume="earliest") as events:
        return [next(events).data["tool"] for _ in range(count)]


def test_publishing_gives_what_became_of_each_event(server: Server) -> None:
    with SyncPublisher(server.url) as publisher:
        assert [each.offset for each in publisher.publish(call("a"), call("b"))] == [1, 2]
        assert publisher.publish() == []
        with pytest.raises(EventsRejected) as raised:
            publisher.publish(call("c"), WRONG)
        assert publisher.counts == Counts(accepted=3, rejected=1)
    assert [each.offset for each in raised.value.outcomes] == [3, None]
    assert [each.event["id"] for each in raised.value.rejections] == ["wrong"]


def test_sent_events_arrive_in_order(server: Server) -> None:
    refused: list[Rejection] = []
    with SyncPublisher(server.url, on_rejected=refused.append) as publisher:
        for number in range(1000):
            publisher.send(call(number))
            if number == 500:
                publisher.send(WRONG)
        publisher.flush()
        assert publisher.counts == Counts(accepted=1000, rejected=1)
    assert kept(server.url, 1000) == [str(number) for number in range(1000)]
    assert [each.event["id"] for each in refused] == ["wrong"]


def test_what_a_callback_raises_keeps_nothing_back(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    with SyncPublisher(server.url, on_rejected=fail) as publisher:
        publisher.send(WRONG)
        publisher.send(call("a"))
        publisher.flush()
        assert publisher.counts == Counts(accepted=1, rejected=1)
    assert "on_rejected failed for nothing wrong was refused" in caplog.text


def test_many_threads_share_one(server: Server) -> None:
    """The order of each is kept."""
    with SyncPublisher(server.url, buffering=Buffering(max_events=50)) as publisher:

        def work(worker: int) -> None:
            for number in range(100):
                if number % 10:
                    publisher.send(call(f"{worker}.{number}"))
                else:
                    publisher.publish(call(f"{worker}.{number}"))

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    seen = kept(server.url, 800)
    for worker in range(8):
        assert [tool for tool in seen if tool.startswith(f"{worker}.")] == [f"{worker}.{n}" for n in range(100)]


def test_an_interrupt_gives_up_what_is_waited_for(unused_url: str) -> None:
    publisher = SyncPublisher(unused_url)
    publisher.start()
    publisher.send(call("sent"))
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        publisher.publish(call("given up"))
    with pytest.raises(NotDelivered) as raised:
        publisher.close(timeout=0)
    assert raised.value.count == 1


def test_an_error_in_the_block_matters_more_than_what_was_not_delivered(
    unused_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Hasty(SyncPublisher):
        def close(self, timeout: float = 0) -> None:
            super().close(timeout)

    def fail() -> None:
        with Hasty(unused_url) as publisher:
            publisher.send(call("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert "1 event could not be delivered" in caplog.text


def test_the_patience_is_for_those_who_wait(unused_url: str) -> None:
    publisher = SyncPublisher(unused_url, patience=0)
    publisher.start()
    publisher.send(call("a"))
    for wait in (publisher.flush, lambda: publisher.publish(call("b")), publisher.flush):
        with pytest.raises(Unreachable, match=f"^no server answers at {unused_url}: Connection refused$"):
            wait()
    assert publisher.counts == Counts(waiting=1)
    with pytest.raises(NotDelivered):
        publisher.close(0)


_FORGETFUL = """
import sys
from eventyard.client import SyncPublisher
publisher = SyncPublisher(sys.argv[1])
publisher.start()
for number in range(100):
    publisher.send({"type": "tool_start", "source": "/test", "data": {"tool": str(number)}})
"""


def test_a_program_that_ends_without_closing_it_loses_nothing(server: Server) -> None:
    subprocess.run([sys.executable, "-c", _FORGETFUL, server.url], check=True, timeout=30)
    assert kept(server.url, 100) == [str(number) for number in range(100)]


def test_a_program_that_ends_without_closing_it_tells_what_is_lost(unused_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FORGETFUL, unused_url], check=True, capture_output=True, text=True, timeout=30
    )
    assert "100 events could not be delivered: no server answers at" in done.stderr


def test_publishing_imports_no_http_library(server: Server) -> None:
    """A hook that sends one event waits for none."""
    program = (
        "import sys; from eventyard.client import SyncPublisher\n"
        "with SyncPublisher(sys.argv[1]) as p:\n"
        "    p.publish({'type': 'tool_start', 'source': '/test', 'data': {'tool': 'a'}})\n"
        "print(sorted({'aiohttp', 'asyncio', 'filelock', 'jsonschema', 'pluggy', 'socketio'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, server.url], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "[]\n"
