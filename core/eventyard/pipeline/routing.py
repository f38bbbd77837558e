"""The stages *route* and *buffer*: where an event goes and how it is kept."""

from collections.abc import Collection
from typing import Final

from eventyard.events import BufferPolicy, Event, Route
from eventyard.pipeline.lane import Lane
from eventyard.plugins import first_result
from eventyard.spelling import did_you_mean

__all__ = ["Routing"]

#: A longer text was not meant as the name of a namespace.
_LONGEST: Final = 64


class Routing:
    """Asks the plugins where an event goes, and falls back to what its type says."""

    def __init__(self, namespaces: Collection[str]) -> None:
        """Accept only routes to ``namespaces``."""
        self._namespaces = namespaces

    def route(self, event: Event, lane: Lane) -> Route:
        """The first plugin's answer, else the namespace of the event type."""
        answer: Route | None = first_result(lane.chain.route, Route, event, check=self._check)
        return answer or lane.route

    def buffer(self, event: Event, route: Route, lane: Lane) -> BufferPolicy:
        """The first plugin's answer, else the policy of the event type."""
        answer: BufferPolicy | None = first_result(lane.chain.buffer, BufferPolicy, event, route)
        return answer or lane.policy

    def _check(self, route: Route) -> None:
        """See that ``route`` leads somewhere.

        Raises:
            ValueError: It does not.
        """
        name = route.namespace
        if name not in self._namespaces:
            # A plugin may take it from the event, which has texts of any length.
            came, hint = f"a text of {len(name)} characters", ""
            if len(name) <= _LONGEST:
                came, hint = repr(name), did_you_mean(name, self._namespaces)
            message = f"Route.namespace is {came}, expected an installed namespace, with its slash{hint}"
            raise ValueError(message)
