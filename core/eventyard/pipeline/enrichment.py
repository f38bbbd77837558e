"""The stage *enrich*: plugins add fields; what the sender said stays."""

from collections.abc import Mapping
from typing import Any

from eventyard.events import Event
from eventyard.pipeline.lane import Lane
from eventyard.pipeline.steps import Steps
from eventyard.plugins import HookCall
from eventyard.plugins.calls import contained, is_awaitable, wrong_result
from eventyard.schemas import Validator

__all__ = ["Enrichment"]


class Enrichment:
    """Lets the plugins of a type add to an event, one after the other."""

    def __init__(self, additions: Validator) -> None:
        """Check added attributes with ``additions``, and added members of ``data`` with the type's schema."""
        self._additions = additions

    def enrich(self, attributes: dict[str, Any], lane: Lane, call: HookCall) -> Steps[dict[str, Any]]:
        """``attributes`` of an event with what the plugin of ``call`` adds; the same dictionary when that is nothing.

        An addition is checked at once, so that it is known whose it is when the event would no longer satisfy the
        schemas that its readers rely on.
        """
        event = Event(attributes)
        try:
            added = call.function(event)
            if call.is_async or (added is not None and type(added) is not dict and is_awaitable(added)):
                added = yield added
            if added is not None:
                attributes = self._merged(attributes, lane, added)
        except contained() as error:
            call.failed(error, event)
        else:
            if call.streak:
                call.succeeded()
        return attributes

    def _merged(self, attributes: dict[str, Any], lane: Lane, added: Any) -> dict[str, Any]:
        # A look at the type first: asking an abstract class costs a third of a microsecond.
        if type(added) is not dict and not isinstance(added, Mapping):
            raise TypeError(wrong_result("enrich", "a mapping", added))
        new = {name: value for name, value in added.items() if name not in attributes and value is not None}
        issues = [] if not new or self._additions.is_valid(new) else self._additions.issues(new)
        if fields := added.get("data"):
            said = attributes["data"]
            data = {**fields, **said}
            if len(data) > len(said):
                if not lane.validator.is_valid(data):
                    issues += lane.validator.issues(data, "/data")
                new["data"] = data
        if issues:
            told = "; ".join(f"{issue.pointer}: {issue.message}" for issue in issues)
            message = f"what enrich adds breaks the schema: {told}"
            raise ValueError(message)
        return {**attributes, **new} if new else attributes
