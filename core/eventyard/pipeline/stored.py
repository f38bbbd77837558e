"""Events that were accepted before their type had its current version."""

import logging

import orjson

from eventyard.journal import Record
from eventyard.plugins import PluginManager, UpcastError

__all__ = ["StoredEvents"]

log = logging.getLogger(__name__)


class StoredEvents:
    """Shows stored events as the current versions of their types have them; what is stored stays as it is."""

    def __init__(self, plugins: PluginManager) -> None:
        """Show the types that ``plugins`` own."""
        self._plugins = plugins
        # Versions of which an event could not be up-cast. What fails once fails at every look at it.
        self._told: set[str] = set()

    def current(self, record: Record) -> Record | None:
        """What the current version makes of ``record``: itself, if it has that version or nobody owns its type.

        ``None`` when the event cannot be up-cast, which is logged once for each version.
        """
        event = record.event
        owned = self._plugins.types.get(event.type)
        if owned is None or event.get("dataschema", owned.schema_id) == owned.schema_id:
            return record
        attributes = event.to_dict()
        call = self._plugins.upcasts[event.type]
        try:
            attributes["data"] = call.function(event["dataschema"], attributes["data"])
        except UpcastError as error:
            if event["dataschema"] not in self._told:
                self._told.add(event["dataschema"])
                log.warning("stored events of %s stay as they are: %s", event["dataschema"], error)
                if error.is_fault:
                    call.failed(error, event)
            return None
        attributes["dataschema"] = owned.schema_id
        return Record(attributes, record.route, record.policy, orjson.dumps(attributes), record.placement)
