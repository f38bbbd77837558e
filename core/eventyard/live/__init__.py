"""The Socket.IO side: namespaces, the live protocol and the packets on the wire."""

from eventyard.live.admission import Admission
from eventyard.live.handlers import Handlers, make_handlers
from eventyard.live.hub import Hub
from eventyard.live.ingest import INGEST, IngestNamespace
from eventyard.live.join_request import InvalidRequest, JoinRequest
from eventyard.live.namespace import Namespace
from eventyard.live.packets import Json, TextPacket

__all__ = [
    "INGEST",
    "Admission",
    "Handlers",
    "Hub",
    "IngestNamespace",
    "InvalidRequest",
    "JoinRequest",
    "Json",
    "Namespace",
    "TextPacket",
    "make_handlers",
]
