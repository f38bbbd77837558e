"""Events of earlier versions, as the current version of their type has them."""

from typing import Any

from eventyard.events import Event, Issue
from eventyard.pipeline.lane import Lane
from eventyard.plugins import UpcastError

__all__ = ["upcast"]


def upcast(attributes: dict[str, Any], lane: Lane) -> dict[str, Any] | list[Issue]:
    """The event in ``attributes`` as the current version of its type has it, or why it cannot be.

    Args:
        attributes: A valid envelope, whose ``dataschema`` is not that of the current version. It stays as it is: if
            the event is refused later, what the sender sent is kept.
        lane: The lane of its type.
    """
    try:
        data = lane.upcast.function(attributes["dataschema"], attributes["data"])
    except UpcastError as error:
        if error.is_fault:
            lane.upcast.failed(error, Event(attributes))
        return list(error.issues)
    lane.upcast.succeeded()
    return attributes | {"dataschema": lane.schema_id, "data": data}
