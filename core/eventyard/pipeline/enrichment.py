"""The stage *enrich*: plugins add fields; what the sender said stays."""

import asyncio
from collections.abc import Mapping
from typing import Any

from eventyard.events import Event
from eventyard.pipeline.lane import Lane
from eventyard.pipeline.validation import HOOK_SECONDS
from eventyard.plugins.calls import CONTAINED, wrong_result
from eventyard.schemas import Validator

__all__ = ["Enrichment"]


class Enrichment:
    """Lets the plugins of a type add to an event, one after the other."""

    def __init__(self, envelope: Validator) -> None:
        """Check what is added against ``envelope`` and the type's schema."""
        self._envelope = envelope

    async def enrich(self, event: Event, lane: Lane) -> Event:
        """The event with what the plugins add; each sees what those before it added.

        An addition is checked at once, so that it is known whose it is when the event would no longer satisfy the
        schemas that its readers rely on.
        """
        for call in lane.chain.enrich:
            try:
                added = call.function(event)
                if call.is_async:
                    async with asyncio.timeout(HOOK_SECONDS):
                        added = await added
                if added:
                    event = self._merged(event, lane, added)
                elif added is not None and not isinstance(added, Mapping):
                    raise TypeError(wrong_result("enrich", "a mapping", added))
            except CONTAINED as error:
                call.failed(error, event)
                continue
            call.succeeded()
        return event

    def _merged(self, event: Event, lane: Lane, added: Any) -> Event:
        if not isinstance(added, Mapping):
            raise TypeError(wrong_result("enrich", "a mapping", added))
        said = event.to_dict()
        merged = said | {name: value for name, value in added.items() if value is not None and name not in said}
        fields: Mapping[str, Any] = added.get("data") or {}
        data = {**fields, **said["data"]}
        if len(data) > len(said["data"]):
            merged["data"] = data
        elif len(merged) == len(said):
            return event
        issues = [] if self._envelope.is_valid(merged) else self._envelope.issues(merged)
        if merged["data"] is not said["data"] and not lane.validator.is_valid(merged["data"]):
            issues += lane.validator.issues(merged["data"], "/data")
        if issues:
            told = "; ".join(f"{issue.pointer}: {issue.message}" for issue in issues)
            message = f"what enrich adds breaks the schema: {told}"
            raise ValueError(message)
        return Event(merged)
