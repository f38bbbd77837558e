"""One hook of one plugin as a plain call, contained in what its failure may cost."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eventyard.events import Event
from eventyard.plugins.installed import InstalledPlugin
from eventyard.plugins.reason import reason_of

__all__ = [
    "CONTAINED",
    "FaultListener",
    "HookCall",
    "HookFault",
    "contained",
    "first_result",
    "is_awaitable",
    "wrong_result",
]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HookFault:
    """One call of a hook that failed.

    Attributes:
        plugin: Whose hook it is.
        hook: Name of the hook, or of the namespace handler's method.
        error: What was raised.
        streak: How many calls of this hook failed in a row, this one included.
        event: The event that it was called for, if any.
    """

    plugin: InstalledPlugin
    hook: str
    error: BaseException
    streak: int
    event: Event | None


FaultListener = Callable[[HookFault], None]


@dataclass(slots=True, eq=False)
class HookCall:
    """One hook of one plugin, resolved to a function that takes the hook's arguments by position.

    Attributes:
        plugin: Whose hook it is.
        hook: Name of the hook.
        function: The adapted implementation.
        is_async: Whether ``function`` is a coroutine function; decided once, at registration.
        on_fault: Told of every failed call.
        streak: How many calls failed in a row.
    """

    plugin: InstalledPlugin
    hook: str
    function: Callable[..., Any]
    is_async: bool
    on_fault: FaultListener
    streak: int = 0

    def failed(self, error: BaseException, event: Event | None = None) -> None:
        """Count a call that failed, for ``event`` if it was about one, and tell the listener."""
        self.streak += 1
        counts = self.plugin.errors
        counts[self.hook] = counts.get(self.hook, 0) + 1
        log.error(
            "plugin %s (%s) failed in %s: %s",
            self.plugin.name,
            self.plugin.distribution,
            self.hook,
            reason_of(error),
            exc_info=error if self.streak == 1 else None,
        )
        self.on_fault(HookFault(self.plugin, self.hook, error, self.streak, event))

    def succeeded(self) -> None:
        """End the row of failed calls."""
        if self.streak:
            self.streak = 0


#: What a plugin may raise at the cost of its own contribution, whoever calls it. SystemExit is among it: a plugin that
#: calls ``sys.exit()`` must not end the server.
CONTAINED: Final = (Exception, SystemExit)

_WITH_CANCELLED: Final = (*CONTAINED, asyncio.CancelledError)


def contained() -> tuple[type[BaseException], ...]:
    """What is contained of a call that has raised, for an ``except`` clause, which asks when that has happened.

    ``CancelledError`` is among it, unless somebody cancels the task that called the plugin: what the plugin waited for
    was cancelled. Where that task itself is cancelled, the call ends with it.
    """
    try:
        task = asyncio.current_task()
    except RuntimeError:
        # No event loop runs, as when plugins are loaded.
        return _WITH_CANCELLED
    return CONTAINED if task is not None and task.cancelling() else _WITH_CANCELLED


def first_result(
    calls: Sequence[HookCall], expected: type, *arguments: Any, check: Callable[[Any], None] | None = None
) -> Any:
    """The first result other than ``None``, as pluggy's ``firstresult`` gives it; a failing call counts as ``None``.

    Args:
        calls: Calls of plain functions.
        expected: What a result must be an instance of; another result is a fault of its plugin.
        arguments: The hook's arguments by position.
        check: Raises when a result of the right type is wrong all the same.
    """
    for call in calls:
        try:
            result = call.function(*arguments)
            if result is not None and not isinstance(result, expected):
                raise TypeError(wrong_result(call.hook, expected.__name__, result))
            if check is not None and result is not None:
                check(result)
        except contained() as error:
            call.failed(error, arguments[0] if isinstance(arguments[0], Event) else None)
            continue
        call.succeeded()
        if result is not None:
            return result
    return None


def is_awaitable(result: object) -> bool:
    """Whether a hook gave something to be awaited, as plain functions may, too: most are wrapped coroutine functions.

    For hooks that may be asynchronous. Only the type is looked at, which is all that every event has time for.
    """
    return hasattr(type(result), "__await__")


def wrong_result(hook: str, expected: str, result: object) -> str:
    """The message about a hook that gave something other than its specification says."""
    return f"{hook} gave {type(result).__name__}, expected {expected} or None"
