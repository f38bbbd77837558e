"""The stages *route* and *buffer*: where an event goes and how it is kept."""

import logging
from collections.abc import Container

from eventyard.events import BufferPolicy, Event, Route
from eventyard.pipeline.lane import Lane
from eventyard.plugins import first_result

__all__ = ["Routing"]

log = logging.getLogger(__name__)


class Routing:
    """Asks the plugins where an event goes, and falls back to what its type says."""

    def __init__(self, namespaces: Container[str]) -> None:
        """Accept only routes to ``namespaces``."""
        self._namespaces = namespaces

    def route(self, event: Event, lane: Lane) -> Route:
        """The first plugin's answer, else the namespace of the event type."""
        answer: Route | None = first_result(lane.chain.route, Route, event)
        if answer is None:
            return lane.route
        if answer.namespace not in self._namespaces:
            log.error(
                "route of %s leads to %r, which no installed plugin handles; the event goes to %s",
                event.type,
                answer.namespace,
                lane.route.namespace,
            )
            return lane.route
        return answer

    def buffer(self, event: Event, route: Route, lane: Lane) -> BufferPolicy:
        """The first plugin's answer, else the policy of the event type."""
        answer: BufferPolicy | None = first_result(lane.chain.buffer, BufferPolicy, event, route)
        return answer or lane.policy
