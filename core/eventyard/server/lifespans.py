"""The hook *lifespan*: what plugins open when the server starts, and close when it stops."""

import asyncio
import logging
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Final

from eventyard.plugins import HookCall, PluginManager
from eventyard.plugins.calls import CONTAINED, contained, wrong_result
from eventyard.plugins.reason import reason_of

if TYPE_CHECKING:
    from eventyard.server.async_server import AsyncServer

__all__ = ["Lifespans"]

log = logging.getLogger(__name__)

#: How long a plugin may take to open, in seconds.
_OPEN_SECONDS: Final = 10.0

#: How long a plugin may take to close, in seconds.
_CLOSE_SECONDS: Final = 5.0

#: How long a plugin that was too slow may take to be cancelled, in seconds.
_CANCEL_SECONDS: Final = 1.0


class Lifespans:
    """The lifespans of all plugins, one behind the other."""

    def __init__(self, plugins: PluginManager, server: "AsyncServer") -> None:
        """Open what ``plugins`` need for ``server``; nothing is called yet."""
        self._plugins = plugins
        self._server = server
        self._open: list[_Lifespan] = []
        self._settled = asyncio.Event()
        self._settled.set()

    async def opened(self) -> None:
        """Wait, while plugins are being opened, until all of them are.

        Raises:
            RuntimeError: It is a plugin that opens who waits: it would wait for itself.
        """
        if any(lifespan.is_current_task for lifespan in self._open if not self._settled.is_set()):
            message = "lifespan cannot publish before its yield: other plugins may not be open yet"
            raise RuntimeError(message)
        await self._settled.wait()

    async def open(self) -> None:
        """Enter all lifespans; a plugin that fails is quarantined.

        Raises:
            PluginError: A plugin fails that the server is not to run without.
        """
        self._settled.clear()
        try:
            for call in self._plugins.lifespans:
                lifespan = _Lifespan(call, self._server, self._plugins)
                self._open.append(lifespan)
                try:
                    await lifespan.open()
                except contained() as error:
                    self._open.remove(lifespan)
                    reason = f"lifespan failed to open: {reason_of(error)}"
                    self._plugins.give_up(call.plugin, reason, error)
                    call.failed(error)
        finally:
            self._settled.set()

    async def close(self) -> None:
        """Exit all lifespans that were entered, the last one first; calling it again does nothing."""
        while self._open:
            await self._open.pop().close()


class _Lifespan:
    """The lifespan of one plugin.

    It has a task of its own: task groups and timeouts that a plugin enters must be exited in the same task.
    """

    def __init__(self, call: HookCall, server: "AsyncServer", plugins: PluginManager) -> None:
        self._call = call
        self._plugins = plugins
        self._opened = asyncio.Event()
        self._closing = asyncio.Event()
        self._error: BaseException | None = None
        self._given_up = False
        self._task = asyncio.get_running_loop().create_task(
            self._live(server), name=f"eventyard lifespan of {call.plugin.name}"
        )

    @property
    def is_current_task(self) -> bool:
        """Whether it is the plugin that asks."""
        return asyncio.current_task() is self._task

    async def open(self) -> None:
        """Wait until the plugin has opened what it needs.

        Raises:
            Exception: What the plugin raises.
            TimeoutError: It takes too long.
        """
        opened = asyncio.get_running_loop().create_task(self._opened.wait())
        try:
            await asyncio.wait({self._task, opened}, timeout=_OPEN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            opened.cancel()
        if not self._opened.is_set():
            if self._error is None:
                await self._cancel()
                message = f"it was not open within {_OPEN_SECONDS:g} seconds"
                raise TimeoutError(message)
            raise self._error

    async def close(self) -> None:
        """Have the plugin close what it opened; what is wrong with that is logged."""
        if not self._opened.is_set():
            await self._cancel()
            return
        self._closing.set()
        await asyncio.wait({self._task}, timeout=_CLOSE_SECONDS)
        if not self._task.done():
            await self._cancel()
            self._call.failed(TimeoutError(f"it was not closed within {_CLOSE_SECONDS:g} seconds"))

    async def _live(self, server: "AsyncServer") -> None:
        try:
            async with self._context(server):
                self._opened.set()
                await self._closing.wait()
        except asyncio.CancelledError as error:
            # It is its plugin's task: who but the server cancels it is the plugin.
            if self._given_up:
                raise
            self._error = error
        except CONTAINED as error:
            self._error = error
        if self._opened.is_set() and not self._closing.is_set():
            self._end_early(self._error or RuntimeError("it ended by itself"))
        elif self._opened.is_set() and self._error is not None:
            self._call.failed(self._error)

    def _context(self, server: "AsyncServer") -> AbstractAsyncContextManager[None]:
        context = self._call.function(server)
        if context is None:
            return nullcontext()
        if not isinstance(context, AbstractAsyncContextManager):
            raise TypeError(wrong_result("lifespan", "an asynchronous context manager", context))
        return context

    def _end_early(self, error: BaseException) -> None:
        """The plugin's background work has failed: it does not do what its user counts on."""
        self._plugins.quarantine(self._call.plugin, f"lifespan ended early: {reason_of(error)}")
        self._call.failed(error)

    async def _cancel(self) -> None:
        self._given_up = True
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=_CANCEL_SECONDS)
