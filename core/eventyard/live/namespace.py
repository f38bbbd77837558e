"""The base class of namespace handlers: joining, leaving, state and acknowledgements are the core's."""

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
import socketio

from eventyard.events import Event, Outcome
from eventyard.hooks import CORE_EVENTS, Handler
from eventyard.live.join_request import InvalidRequest
from eventyard.pipeline.steps import HOOK_SECONDS
from eventyard.plugins.calls import contained

if TYPE_CHECKING:
    from eventyard.live.hub import Hub

__all__ = ["Namespace", "unknown_event"]

log = logging.getLogger(__name__)


class Namespace(socketio.AsyncNamespace, Handler):  # type: ignore[misc]  # python-socketio has no types
    """Base class of the namespace handlers that plugins ship.

    A handler keeps the *state* of its stream, made from nothing but the committed events that :meth:`apply` is given
    in order, so that it can be rebuilt from the journal. :meth:`snapshot` is that state as JSON; a client finds it in
    ``ready`` when it joins, and gets it again by the Socket.IO event ``get_state``.

    A method ``on_<name>(self, sid, data)`` handles the client event ``<name>``; what it returns, as JSON, is the
    acknowledgement. A coroutine has 5 seconds for it: the client's next events wait.
    The names ``ack``, ``connect``, ``disconnect``, ``get_state`` and ``resume`` belong to the core.
    """

    #: The Socket.IO namespace, for example ``/tools``; its stream is named without the slash.
    name: ClassVar[str]

    #: Event types of *other* namespaces whose events :meth:`apply` is given too.
    observes: ClassVar[tuple[str, ...]] = ()

    _hub: "Hub"

    def __init__(self) -> None:
        super().__init__(self.name)

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the settings table of the plugin that ships the handler, validated and with defaults filled in.

        Called once, before the first event, also when the user has set nothing.
        """

    def apply(self, event: Event) -> None:
        """Bring the state up to date with one committed event; called in stream order, never twice for one event."""

    def snapshot(self) -> dict[str, Any]:
        """The state as a JSON object, bounded in size and without references to what later changes."""
        return {}

    async def publish(self, event: Event) -> Outcome:
        """Send an event of the handler's own through the pipeline.

        Raises:
            JournalError: The event could not be kept.
        """
        outcomes = await self._hub.publish([event])
        return outcomes[0]

    def bind(self, hub: "Hub") -> None:
        """Tie the handler to the server that it serves; called once by the core."""
        self._hub = hub

    async def enter_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        """Let a client see events that are routed to ``room``."""
        await super().enter_room(sid, room, namespace)
        self._hub.change_rooms(self.name, sid, enter=room)

    async def leave_room(self, sid: str, room: str, namespace: str | None = None) -> None:
        """Undo :meth:`enter_room`."""
        await super().leave_room(sid, room, namespace)
        self._hub.change_rooms(self.name, sid, leave=room)

    async def trigger_event(self, event: str, *arguments: Any) -> Any:
        """Dispatch a client event; what python-socketio calls for each of them.

        An unknown event, a wrong number of arguments and a failing handler are answered with
        ``{"ok": false, "error": "…"}``; the last alone counts as a failure of the plugin. A handler also fails when
        it takes too long, or gives what JSON cannot express.
        """
        if event in CORE_EVENTS:
            return await self._core_event(event, *arguments)
        if not isinstance(event, str) or not hasattr(self, f"on_{event}"):
            return unknown_event(self.name)
        if objection := _objection(getattr(self, f"on_{event}"), arguments):
            return {"ok": False, "error": f"{self.name}: {event} {objection}"}
        try:
            return await self._handled(event, arguments)
        except contained() as error:
            self._hub.handler_failed(self.name, f"on_{event}", error)
            return {"ok": False, "error": f"{self.name} failed to handle {event}"}

    async def _handled(self, event: str, arguments: tuple[Any, ...]) -> Any:
        # Not by python-socketio, which takes what was cancelled for an answer.
        answer = getattr(self, f"on_{event}")(*arguments)
        if inspect.isawaitable(answer):
            # The events of a connection are handled one after the other, so that the others would wait for ever.
            async with asyncio.timeout(HOOK_SECONDS):
                answer = await answer
        # Encoded here: what orjson cannot write must be the plugin's failure. python-socketio makes several values of a
        # tuple, and none of None.
        if answer is None:
            return None
        return tuple(map(_encoded, answer)) if isinstance(answer, tuple) else _encoded(answer)

    async def _core_event(self, event: str, sid: str, *arguments: Any) -> Any:
        argument = arguments[0] if arguments else None
        if event == "connect":
            environ, auth = arguments[0], arguments[1] if len(arguments) > 1 else None
            return self._hub.join(self.name, sid, environ, auth)
        if event == "disconnect":
            return self._hub.leave(self.name, sid, str(argument) if argument else None)
        if event == "get_state":
            return self._hub.state(self.name)
        try:
            if event == "ack":
                return self._hub.acknowledge(self.name, sid, argument)
            return self._hub.resume(self.name, sid, argument)
        except InvalidRequest as error:
            return {"ok": False, "error": str(error)}


def unknown_event(namespace: str) -> dict[str, Any]:
    """The answer to a client event that ``namespace`` does not have."""
    return {"ok": False, "error": f"{namespace} has no client event of this name"}


def _encoded(value: Any) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(value))


def _objection(handler: Callable[..., Any], arguments: tuple[Any, ...]) -> str | None:
    """What is wrong with the number of ``arguments`` that a client has sent; the first of them is its ``sid``."""
    try:
        inspect.signature(handler).bind(*arguments)
    except TypeError:
        parameters = ", ".join(map(str, list(inspect.signature(handler).parameters.values())[1:])) or "none"
        return f"was sent with {len(arguments) - 1} arguments, expected {parameters}"
    return None
