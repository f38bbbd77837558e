"""The stage *enrich*: plugins add fields; what the sender said stays."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import orjson

from eventyard.events import Event
from eventyard.pipeline.guards import Limits, check, is_plain
from eventyard.pipeline.lane import Lane
from eventyard.pipeline.steps import Steps
from eventyard.plugins import HookCall
from eventyard.plugins.calls import contained, is_awaitable, wrong_result
from eventyard.schemas import Validator

__all__ = ["Enrichment", "Trail"]

#: What has become of an event: the last call that added something, the attributes before that, and what was before.
Trail: TypeAlias = "tuple[HookCall, dict[str, Any], Trail] | None"


class Enrichment:
    """Lets the plugins of a type add to an event, one after the other."""

    def __init__(self, additions: Validator, limits: Limits, most: int) -> None:
        """Check what is added.

        Args:
            additions: Checks attributes; members of ``data`` are checked with the type's schema.
            limits: Bounds of the values.
            most: Bytes that an event may have.
        """
        self._additions = additions
        self._limits = limits
        self._most = most

    def enrich(self, attributes: dict[str, Any], lane: Lane, call: HookCall) -> Steps[dict[str, Any]]:
        """``attributes`` of an event with what the plugin of ``call`` adds; the same dictionary when that is nothing.

        An addition is checked at once, so that it is known whose it is when the event would no longer satisfy the
        schemas that its readers rely on.
        """
        event = Event(attributes)
        try:
            added = call.function(event)
            if added is not None and type(added) is not dict and is_awaitable(added):
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
        if new and not is_plain(new):
            self._guard(new)
        issues = [] if not new or self._additions.is_valid(new) else self._additions.issues(new)
        fields = added.get("data")
        if fields is not None:
            if type(fields) is not dict and not isinstance(fields, Mapping):
                message = f"enrich gave {type(fields).__name__} under data, expected a mapping"
                raise TypeError(message)
            said = attributes["data"]
            data = {**fields, **said}
            if len(data) > len(said):
                if not is_plain(fields):
                    self._guard({"data": _added(data, said)})
                if not lane.validator.is_valid(data):
                    issues += lane.validator.issues(data, "/data")
                new["data"] = data
        if issues:
            told = "; ".join(f"{issue.pointer}: {issue.message}" for issue in issues)
            message = f"what enrich adds breaks the schema: {told}"
            raise ValueError(message)
        return {**attributes, **new} if new else attributes

    def _guard(self, added: dict[str, Any]) -> None:
        """See that what is added can be kept and sent, before a schema sees it.

        Raises:
            ValueError: It cannot.
        """
        check(added, self._limits, "what enrich adds cannot be sent")
        if len(orjson.dumps(added)) > self._most:
            raise ValueError(self._too_large)

    @property
    def _too_large(self) -> str:
        return f"with what enrich adds, the event has more than {self._most} bytes"

    def fitting(self, attributes: dict[str, Any], lane: Lane, trail: Trail) -> tuple[dict[str, Any], bytes] | None:
        """An event that has become too large without the additions that are too much, and its JSON.

        Those who add to it are taken in their order, so that a large addition keeps no small one out. ``None`` when
        the event was too large from the start.
        """
        added = []
        while trail is not None:
            call, before, trail = trail
            added.append((call, before, attributes))
            attributes = before
        body = orjson.dumps(attributes)
        if len(body) > self._most:
            return None
        for call, before, after in reversed(added):
            new = _added(after, before)
            new["data"] = {**_added(after["data"], before["data"]), **attributes["data"]}
            larger = {**attributes, **new}
            encoded = orjson.dumps(larger)
            if len(encoded) > self._most:
                call.failed(ValueError(self._too_large), Event(before))
            elif lane.validator.is_valid(larger["data"]):
                # Else it belongs to an addition that is gone.
                attributes, body = larger, encoded
        return attributes, body


def _added(after: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if name not in before}
