"""The tool calls that are running, and those that finished last."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from eventyard import Event

from eventyard_tool.call import LOST, OUTCOMES, CallKey, ToolCall, call_key

__all__ = ["ToolCalls"]


class ToolCalls:
    """The tool calls that are running, and those that finished last.

    Starts and stops may come in any order, and either may be missing. A running call is given up as *lost* when
    something shows that its stop will not come; should it come after all, what it says counts.
    """

    def __init__(self, *, running_limit: int, recent_limit: int, lost_after: float) -> None:
        """Keep bounds.

        Args:
            running_limit: How many calls can be running; one more, and the oldest is given up.
            recent_limit: How many finished calls are kept.
            lost_after: Seconds after which a running call is given up.
        """
        self._running_limit = running_limit
        self._recent_limit = recent_limit
        self._lost_after = lost_after
        self._running: OrderedDict[CallKey, ToolCall] = OrderedDict()
        self._recent: OrderedDict[CallKey, ToolCall] = OrderedDict()
        self._counts = dict.fromkeys(OUTCOMES, 0)

    def start(self, event: Event, at: float | None) -> None:
        """Take in a ``tool_start``, whose time is ``at`` seconds since the epoch."""
        if event.correlationid is None:
            return  # no stop could be told to be the one of this call: it would seem to run until it is given up
        key = call_key(event)
        call = self._running.get(key) or self._recent.get(key)
        if call is None:
            call = self._running[key] = ToolCall.of(event)
        if call.started is None:
            call.begin(event, at)
        if len(self._running) > self._running_limit:
            self._lose(next(iter(self._running)))

    def stop(self, event: Event) -> None:
        """Take in a ``tool_stop``; the first one of a call counts."""
        key = call_key(event)
        call = self._running.pop(key, None) or self._recent.get(key) or ToolCall.of(event)
        if call.outcome is None or call.outcome == LOST:
            if call.outcome == LOST:
                self._counts[LOST] -= 1
            call.finish(event)
            self._settle(key, call)

    def end_session(self, session: str | None) -> None:
        """Give up what is running in ``session``."""
        self._lose_all(lambda call: call.session == session)

    def end_turn(self, session: str | None, agent: str | None) -> None:
        """Give up what ``agent`` (``None`` for the main agent) is running in ``session``."""
        self._lose_all(lambda call: call.session == session and call.agent == agent)

    def expire(self, now: float) -> None:
        """Give up what has been running for too long at ``now``, seconds since the epoch."""
        deadline = now - self._lost_after
        # The oldest stands first, so that an event costs the same however many calls are running.
        while self._running:
            key = next(iter(self._running))
            started_at = self._running[key].started_at
            if started_at is None or started_at >= deadline:
                break
            self._lose(key)

    def _lose_all(self, is_lost: Callable[[ToolCall], bool]) -> None:
        for key in [key for key, call in self._running.items() if is_lost(call)]:
            self._lose(key)

    def _lose(self, key: CallKey) -> None:
        call = self._running.pop(key)
        call.lose()
        self._settle(key, call)

    def _settle(self, key: CallKey, call: ToolCall) -> None:
        """Put a call that has an outcome at the end of the finished ones."""
        assert call.outcome is not None
        self._counts[call.outcome] += 1
        if key in self._recent:
            self._recent.move_to_end(key)
        else:
            self._recent[key] = call
        if len(self._recent) > self._recent_limit:
            self._recent.popitem(last=False)

    def to_json(self) -> dict[str, Any]:
        """The calls as a JSON object, each list with the oldest first; the counts are of all that finished."""
        return {
            "running": [call.to_json() for call in self._running.values()],
            "recent": [call.to_json() for call in self._recent.values()],
            "counts": dict(self._counts),
        }
