"""One hook of one plugin as a plain call, contained in what its failure may cost."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eventyard.events import Event
from eventyard.plugins.installed import InstalledPlugin

__all__ = ["CONTAINED", "FaultListener", "HookCall", "HookFault", "first_result", "wrong_result"]

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
        is_async: Whether ``function`` gives an awaitable; decided once, at registration.
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
            "plugin %s (%s) failed in %s: %s: %s",
            self.plugin.name,
            self.plugin.distribution,
            self.hook,
            type(error).__name__,
            error,
            exc_info=error if self.streak == 1 else None,
        )
        self.on_fault(HookFault(self.plugin, self.hook, error, self.streak, event))

    def succeeded(self) -> None:
        """End the row of failed calls."""
        if self.streak:
            self.streak = 0


#: What a plugin may raise at the cost of its own contribution. SystemExit is among it: a plugin that calls
#: ``sys.exit()`` must not end the server.
CONTAINED: Final = (Exception, SystemExit)


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
        except CONTAINED as error:
            call.failed(error, arguments[0] if isinstance(arguments[0], Event) else None)
            continue
        call.succeeded()
        if result is not None:
            return result
    return None


def wrong_result(hook: str, expected: str, result: object) -> str:
    """The message about a hook that gave something other than its specification says."""
    return f"{hook} gave {type(result).__name__}, expected {expected} or None"
