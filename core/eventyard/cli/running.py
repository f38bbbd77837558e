"""Running a server in the foreground, until it is told to stop."""

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Final

from eventyard.cli.event_loop import loop_factory
from eventyard.cli.introduction import introduce
from eventyard.cli.port_owner import port_owner
from eventyard.errors import AddressInUse
from eventyard.server import AsyncServer
from eventyard.settings import Settings

__all__ = ["run_server"]

#: How many containers more than before may exist until the garbage collector looks at the new ones.
_NEW_CONTAINERS: Final = 10_000


def run_server(settings: Settings) -> None:
    """Run a server until the process gets SIGINT or SIGTERM; the second of them ends the process at once.

    Raises:
        AddressInUse: Somebody else listens at the address; the message says who.
        EventyardError: A setting or a required plugin is wrong.
    """
    with _for_one_server(), asyncio.Runner(loop_factory=loop_factory(settings.loop)) as runner:
        runner.run(_run(settings))


async def _run(settings: Settings) -> None:
    server = AsyncServer(settings)
    stopping = asyncio.Event()
    with _stopping_on_signals(stopping):
        try:
            await server.start()
        except AddressInUse as error:
            owner = await asyncio.to_thread(port_owner, settings.host, settings.port)
            text = f"port {settings.port} of {settings.host} is taken by {owner}; --port takes another, 0 any free one"
            raise AddressInUse(text) from error
        # What is there now lives as long as the process: the garbage collector need not look at it ever again.
        gc.freeze()
        try:
            introduce(server)
            await stopping.wait()
        finally:
            await server.stop()


@contextlib.contextmanager
def _for_one_server() -> Iterator[None]:
    """Set the interpreter up for a process that runs a server and little else; take it back afterwards."""
    switching, thresholds = sys.getswitchinterval(), gc.get_threshold()
    # A commit waits for the interpreter while the event loop is busy, for 5 ms by default: with 0.2 ms, single events
    # are accepted 1.4 times as fast under load.
    sys.setswitchinterval(0.0002)
    # By default the garbage collector looks after every 700 new containers, which a few events already make: 6 of 33 µs
    # an event.
    gc.set_threshold(_NEW_CONTAINERS, 20, 20)
    try:
        yield
    finally:
        sys.setswitchinterval(switching)
        gc.set_threshold(*thresholds)
        gc.unfreeze()


@contextlib.contextmanager
def _stopping_on_signals(stopping: asyncio.Event) -> Iterator[None]:
    """Set ``stopping`` at the first Ctrl-C or SIGTERM; end the process at the second.

    The loop's own signal handlers would not do: they never run while a plugin holds up the loop.
    """
    loop = asyncio.get_running_loop()
    told = False

    def receive(number: int, _frame: FrameType | None) -> None:
        nonlocal told
        if told:
            os._exit(128 + number)
        told = True
        # Not by print(): the signal may have come in the middle of one.
        os.write(2, b"Stopping; a second Ctrl-C ends it at once.\n")
        loop.call_soon_threadsafe(stopping.set)

    before = {number: signal.signal(number, receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
