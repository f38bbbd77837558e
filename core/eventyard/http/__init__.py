"""The HTTP side: events in, history and status out, and the way in for Socket.IO."""

from eventyard.http.application import Routes, make_application
from eventyard.http.catalogue import CatalogueRoutes
from eventyard.http.dead_letters import DeadLetterRoutes
from eventyard.http.engine_io import EngineRoute
from eventyard.http.events import EventRoutes
from eventyard.http.gate import make_gate
from eventyard.http.hooks import HookRoutes
from eventyard.http.intake import Desk, Front
from eventyard.http.quota import Quota
from eventyard.http.schemas import SchemaRoutes
from eventyard.http.status import StatusRoutes
from eventyard.http.streams import StreamRoutes

__all__ = [
    "CatalogueRoutes",
    "DeadLetterRoutes",
    "Desk",
    "EngineRoute",
    "EventRoutes",
    "Front",
    "HookRoutes",
    "Quota",
    "Routes",
    "SchemaRoutes",
    "StatusRoutes",
    "StreamRoutes",
    "make_application",
    "make_gate",
]
