"""Following without an event loop."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from eventyard import Server, Settings
from eventyard.client import Lost, Received, Refused, SyncSubscriber, Unreachable, subscribe


def call(tool: str) -> dict[str, object]:
    return {"type": "tool_start", "source": "/test", "data": {"tool": tool}}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A running server."""
    with Server(Settings().with_changes(host="127.0.0.1", port=0, data_dir=str(tmp_path / "data"))) as server:
        yield server


def tools(events: SyncSubscriber, count: int) -> list[str]:
    """The tools of the next events."""
    return [next(events).data["tool"] for _ in range(count)]


def test_events_are_iterated_over(server: Server) -> None:
    server.publish(*map(call, "abc"))
    seen = []
    with subscribe(server.url, "/tools") as events:
        for event in events:
            seen.append((event.data["tool"], event.offset))
            if event.offset == 3:
                break
        assert events.cursors["/tools"].offset == 2
    assert seen == [("a", 1), ("b", 2), ("c", 3)]
    assert events.cursors["/tools"].offset == 3


def test_the_state_and_client_events_are_there(server: Server) -> None:
    server.publish(call("a"))
    with subscribe(server.url, "/tools") as events:
        assert events.ready["/tools"].head == 1
        server.publish(call("b"))
        assert events.state("/tools").head == 2
        assert events.call("/tools", "nothing")["ok"] is False


def test_messages_are_all_that_happens(server: Server) -> None:
    server.publish(call("a"))
    with subscribe(server.url, "/tools", patience=0) as events:
        messages = events.messages()
        next(messages)
        assert isinstance(next(messages), Received)
        server.stop()
        assert isinstance(next(messages), Lost)
        with pytest.raises(Unreachable):
            next(messages)


def test_it_is_used_in_threads(server: Server) -> None:
    seen: dict[int, list[str]] = {}
    barrier = threading.Barrier(5)

    def follow(number: int) -> None:
        with subscribe(server.url, "/tools", resume="earliest") as events:
            barrier.wait(20)
            seen[number] = tools(events, 100)

    threads = [threading.Thread(target=follow, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    barrier.wait(20)
    for number in range(100):
        server.publish(call(str(number)))
    for thread in threads:
        thread.join(20)
    assert list(seen.values()) == [[str(number) for number in range(100)]] * 4


def test_no_thread_is_left_behind(server: Server) -> None:
    before = set(threading.enumerate())
    with subscribe(server.url, "/tools"):
        assert set(threading.enumerate()) - before
    with pytest.raises(Refused), subscribe(server.url, "/nothing"):
        pass
    assert set(threading.enumerate()) == before


def test_an_interrupt_while_it_waits_loses_no_event(server: Server, tmp_path: Path) -> None:
    with subscribe(server.url, "/tools", cursor_file=tmp_path / "cursor") as events:
        server.publish(call("a"))
        assert tools(events, 1) == ["a"]
        interrupt_soon()
        with pytest.raises(KeyboardInterrupt):
            next(events)
        server.publish(call("b"), call("c"))
        assert tools(events, 2) == ["b", "c"]
        interrupt_soon()
        with pytest.raises(KeyboardInterrupt):
            next(events)
        server.publish(call("d"))
        # It may have come while nobody was there to take it.
        while events.state("/tools").head < 4:
            time.sleep(0.01)
    with subscribe(server.url, "/tools", cursor_file=tmp_path / "cursor") as events:
        assert tools(events, 1) == ["d"]


def interrupt_soon() -> None:
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_an_interrupt_while_the_server_is_away_ends_it(unused_url: str) -> None:
    before = set(threading.enumerate())
    interrupt_soon()
    with pytest.raises(KeyboardInterrupt), subscribe(unused_url, "/tools"):
        pass
    assert not [thread for thread in set(threading.enumerate()) - before if not isinstance(thread, threading.Timer)]


_FOLLOWER = """
import sys
from eventyard.client import subscribe
with subscribe(sys.argv[1], "/tools", resume="earliest") as events:
    for event in events:
        print(event.data["tool"], flush=True)
"""


def test_ctrl_c_ends_a_program(server: Server) -> None:
    server.publish(call("a"))
    program = subprocess.Popen(
        [sys.executable, "-c", _FOLLOWER, server.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "a\n"
    program.send_signal(signal.SIGINT)
    _, err = program.communicate(timeout=20)
    assert err.rstrip().endswith("KeyboardInterrupt")
    assert program.returncode == -signal.SIGINT


def test_it_gives_nothing_outside_of_its_block(server: Server) -> None:
    events = subscribe(server.url, "/tools")
    with pytest.raises(RuntimeError, match="use it as `with subscribe"):
        next(events)
    with events:
        pass
    with pytest.raises(RuntimeError, match="use it as `with subscribe"):
        next(events)
