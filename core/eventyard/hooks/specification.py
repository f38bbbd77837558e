"""The hooks of Eventyard: one typed class, which plugin classes inherit.

Inheriting is what makes a type checker find a wrong signature. A method becomes a hook implementation by the marker
:data:`eventyard.hookimpl`; a method that overrides a hook without the marker is an error at registration.

Which events a plugin's stage hooks (``validate``, ``enrich``, ``route``, ``buffer``, ``emit``) are called for: those
of the types that it owns; all events when it owns no type; and whatever :attr:`Plugin.applies_to` names, when it does.

In which order the plugins are called: implementations marked ``tryfirst``, then the others, then those marked
``trylast``; among equals, by the name of the distribution and of the entry point. Plugin objects that a program
registers itself come before the installed ones of the same rank, the latest first. This is pluggy's order.

What an exception costs: that one contribution to that one event. It is counted for the plugin and the hook, and told
on ``/errors``. A hook that keeps raising takes its plugin out of all stages until the next start (quarantine); the
types and namespaces of the plugin go on.
"""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar

from eventyard.events import BufferPolicy, Event, EventType, Issue, Route
from eventyard.hooks.finding import Finding
from eventyard.hooks.markers import hookspec

if TYPE_CHECKING:
    from eventyard.live.namespace import Namespace
    from eventyard.server.async_server import AsyncServer

__all__ = ["MaybeAwaitable", "Plugin"]

T = TypeVar("T")

#: What a hook gives that may be written as a plain function or as a coroutine function.
MaybeAwaitable: TypeAlias = T | Awaitable[T]


class Plugin:
    """Base class of plugins, and the specification of their hooks.

    A distribution announces its plugin in the entry-point group ``eventyard.plugins``; the entry point names a
    subclass, which is created without arguments, or an instance.
    """

    #: The event types that the stage hooks are called for: ``None`` for the types that the plugin owns (all types, if
    #: it owns none), ``"*"`` for all types, or a tuple of names of types. Where it depends on the settings,
    #: :meth:`configure` sets it.
    applies_to: Literal["*"] | tuple[str, ...] | None = None

    #: JSON Schema (an object schema with ``properties`` and their ``default``) of the plugin's own table of settings;
    #: ``None`` when it has no settings, so that any setting is refused.
    config_schema: ClassVar[Mapping[str, Any] | None] = None

    def configure(self, table: Mapping[str, Any]) -> None:
        """Take the plugin's own table of settings.

        Called once, before any hook, with the table validated against :attr:`config_schema` and the defaults filled
        in. An exception here quarantines the plugin.
        """

    @hookspec
    def event_types(self) -> Iterable[EventType]:
        """Declare the event types that the plugin owns.

        Called: once at start, when the plugin is registered.
        Gives: the types, each with its current schema and the earlier versions whose events are taken too. Two owners
        of a type or of a schema ``$id`` are an error that names both distributions.
        An exception: quarantines the plugin.
        Since: 0.1.
        """
        return ()

    @hookspec
    def namespaces(self) -> Iterable[type["Namespace"]]:
        """Declare the namespace handlers that the plugin ships.

        Called: once at start, after ``event_types``.
        Gives: subclasses of :class:`eventyard.Namespace`. Two handlers of one namespace are an error that names both
        distributions.
        An exception: quarantines the plugin.
        Since: 0.1.
        """
        return ()

    @hookspec
    def lifespan(self, server: "AsyncServer") -> AbstractAsyncContextManager[None] | None:
        """Open what the plugin needs while the server runs, and close it again.

        Called: once when the server starts, with the state restored and before it listens; each plugin in turn. Must be
        a plain function: one that :func:`contextlib.asynccontextmanager` makes of a generator is. The context is
        entered and exited in a task of its own, which lives as long as the server.
        Gives: an asynchronous context manager, or ``None``. It is exited, in reverse order, when the server stops: no
        sender's events come any more. Events can still be published; hooks are called for them, but no sink.
        An exception: at entering, quarantines the plugin, or is fatal for a required one; also when it takes longer
        than 10 seconds. While running, quarantines the plugin. At exiting, and when that takes longer than 5 seconds,
        it is logged.
        Since: 0.1.
        """
        return None

    @hookspec
    def introduce(self, url: str, needs_token: bool) -> str | None:
        """Tell how programs are connected to what the plugin serves: the settings of an agent, a command.

        Called: when ``eventyard serve`` has started, with the address at which programs of this machine reach the
        server, and whether it asks them for a token. Must be a plain function.
        Gives: some lines for whoever started it, without the token itself; ``None`` for nothing.
        An exception: nothing is told of this plugin.
        Since: 0.1.
        """
        return None

    @hookspec
    def diagnose(self, url: str, needs_token: bool) -> Iterable[Finding] | None:
        """Look whether the programs that report to what the plugin serves are set up for it.

        Called: by ``eventyard doctor``, in its own process, with the address at which programs of this machine reach
        the server, whether one runs there or not, and whether it asks them for a token. Must be a plain function.
        Gives: what was found, as it should be or not; ``None`` for nothing. It changes nothing.
        An exception: is told as a problem of the plugin.
        Since: 0.1.
        """
        return None

    @hookspec(firstresult=True)
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> Sequence[Event] | None:
        """Turn a foreign body into events.

        Called: for every request to ``POST /v1/hooks/{source}``, with the parsed JSON body and the request's headers
        (names in lower case), until a plugin gives something other than ``None``; and again when a dead letter is
        retried, with those of the headers that cannot be secrets. Must be a plain function. ``body`` is one object for
        all plugins and for the dead letter: one that is to come first (``tryfirst``) can take something out of it, and
        give ``None``.
        Gives: the events, perhaps none; ``None`` when the plugin does not know ``source``.
        An exception: the body becomes a dead letter. ``MalformedBody`` says that the sender is at fault, and its text
        is shown; anything else counts as a failure of the plugin.
        Since: 0.1.
        """
        return None

    @hookspec
    def validate(self, event: Event) -> MaybeAwaitable[Iterable[Issue] | None]:
        """Check what a JSON Schema cannot say.

        Called: for each event that satisfies the envelope's schema and the type's. May be a coroutine function.
        Gives: issues; one from any plugin refuses the event. The issues of all plugins are collected.
        An exception: the event is treated as if this plugin had no objection.
        Since: 0.1.
        """
        return None

    @hookspec
    def enrich(self, event: Event) -> MaybeAwaitable[Mapping[str, Any] | None]:
        """Add fields to a valid event.

        Called: for each valid event, each plugin in turn; it sees what the plugins before it added. May be called for
        an event that turns out to be a duplicate. May be a coroutine function.
        Gives: attributes to add, by name; under ``"data"`` a mapping of payload fields to add. A field that the
        sender or an earlier plugin has set stays as it is. Additions that break the envelope's schema or the type's
        are dropped and count as an error of the plugin.
        An exception: nothing is added by this plugin.
        Since: 0.1.
        """
        return None

    @hookspec(firstresult=True)
    def route(self, event: Event) -> Route | None:
        """Decide where an event goes.

        Called: for each new event, after ``enrich`` and the duplicate check, until a plugin answers. Must be a plain
        function.
        Gives: a route, or ``None`` to leave it to the others; the default is the namespace of the event type.
        An exception: as ``None``.
        Since: 0.1.
        """
        return None

    @hookspec(firstresult=True)
    def buffer(self, event: Event, route: Route) -> BufferPolicy | None:
        """Decide how an event is buffered.

        Called: for each routed event, until a plugin answers. Must be a plain function.
        Gives: a policy, or ``None`` to leave it to the others; the default is the policy of the event type.
        An exception: as ``None``.
        Since: 0.1.
        """
        return None

    @hookspec
    def emit(self, event: Event, route: Route) -> MaybeAwaitable[None]:
        """Pass a committed event on: a webhook, an exporter, a log.

        Called: for each event after it was committed, in order, in the background: it never delays delivery. May be
        a coroutine function. Each plugin has a bounded queue; what a plugin is too slow for is counted and dropped
        for that plugin alone.
        Gives: nothing.
        An exception: that event is lost to that sink.
        Since: 0.1.
        """
        return None
