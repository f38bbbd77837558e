"""``get_server()``: one server for a machine, whoever asks first."""

import http.server
import importlib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from eventyard import EventyardError, Server, ServerProxy, get_server
from eventyard.errors import AddressInUse

Install = Callable[..., None]

EVENT = {"type": "tool_start", "source": "/test", "id": "one", "data": {"tool": "Bash"}}

# Is closed when it may be.
SLOW = """
import asyncio, contextlib, threading
from eventyard import Plugin, hookimpl

closing, may_close = threading.Event(), threading.Event()

class ThePlugin(Plugin):
    @hookimpl
    @contextlib.asynccontextmanager
    async def lifespan(self, server):
        yield
        closing.set()
        await asyncio.to_thread(may_close.wait, 10)
"""


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        number: int = taken.getsockname()[1]
        return number


@pytest.fixture
def elsewhere(port: int, tmp_path: Path) -> Iterator[int]:
    """The port of a server in another process."""
    program = (
        "import sys\n"
        "from eventyard import get_server\n"
        "server = get_server(host='127.0.0.1', port=int(sys.argv[1]), data_dir=sys.argv[2])\n"
        "print(server.url, flush=True)\n"
        "sys.stdin.read()\n"
        "server.stop()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(port), str(tmp_path / "elsewhere")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline()
        yield port
        process.stdin.close()
        assert process.wait() == 0


def test_a_server_runs_publishes_and_stops(port: int) -> None:
    server = get_server(host="127.0.0.1", port=port)
    assert isinstance(server, Server)
    assert server.url == f"http://127.0.0.1:{port}"
    (outcome,) = server.publish(EVENT)
    assert (outcome.status, outcome.stream, outcome.offset) == ("accepted", "tools", 1)
    server.stop()
    server.stop()
    assert not server.running


def test_the_same_process_gets_the_same_server_until_it_is_stopped(port: int) -> None:
    first = get_server(host="127.0.0.1", port=port)
    assert get_server(host="127.0.0.1", port=port) is first
    first.stop()
    with get_server(host="127.0.0.1", port=port) as second:
        assert second is not first
        assert isinstance(second, Server)


def test_who_asks_while_the_server_of_the_process_stops_gets_the_next_one(port: int, install: Install) -> None:
    install("eventyard-slow", "slow", SLOW)
    first = get_server(host="127.0.0.1", port=port)
    slow = importlib.import_module("eventyard_slow")
    with ThreadPoolExecutor(2) as threads:
        stopping = threads.submit(first.stop)
        slow.closing.wait()
        asking = threads.submit(get_server, host="127.0.0.1", port=port)
        # It has the time to give a server that is about to end.
        wait([asking], timeout=0.5)
        slow.may_close.set()
        stopping.result()
        with asking.result() as second:
            assert second is not first
            assert second.publish(EVENT)[0].status == "accepted"


def test_callers_at_the_same_time_get_one_server(port: int) -> None:
    with ThreadPoolExecutor(8) as threads:
        servers = list(threads.map(lambda _: get_server(host="127.0.0.1", port=port), range(8)))
    assert len(set(map(id, servers))) == 1
    servers[0].stop()


def test_another_process_server_is_reached_by_a_proxy(elsewhere: int) -> None:
    """It publishes with the same outcome; stopping it leaves the server alone."""
    with get_server(host="127.0.0.1", port=elsewhere) as proxy:
        assert isinstance(proxy, ServerProxy)
        first, second, third = proxy.publish(EVENT, EVENT, EVENT | {"type": "unknown", "id": "two"})
    assert (first.status, first.offset) == ("accepted", 1)
    assert (second.status, second.offset) == ("duplicate", 1)
    assert (third.status, third.issues[0].keyword) == ("rejected", "unknown_type")
    assert proxy.publish(EVENT)[0].status == "duplicate"


def test_a_proxy_of_a_server_that_is_gone_says_so(port: int) -> None:
    with pytest.raises(EventyardError, match=f"no server answers at http://127.0.0.1:{port}: Connection refused"):
        ServerProxy(f"http://127.0.0.1:{port}").publish(EVENT)


@pytest.mark.parametrize("speaks_http", [True, False])
def test_another_program_at_the_address_is_an_error(speaks_http: bool) -> None:
    if speaks_http:
        listener = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
        threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        number = listener.server_port
    else:
        silent = socket.create_server(("127.0.0.1", 0))
        number = silent.getsockname()[1]
    with pytest.raises(AddressInUse, match=f"port {number} of 127.0.0.1 is taken"):
        get_server(host="127.0.0.1", port=number)
    if speaks_http:
        listener.shutdown()
        listener.server_close()
    else:
        silent.close()
