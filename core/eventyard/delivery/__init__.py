"""From the journal to the clients: streams, subscribers and the one flush path."""

from eventyard.delivery.bound import Bound
from eventyard.delivery.broadcaster import Broadcaster
from eventyard.delivery.connection import Connection
from eventyard.delivery.engine import Engine, UnreadablePacket
from eventyard.delivery.frames import Burst, Message, event_message
from eventyard.delivery.position import Cursor, Resume, Start
from eventyard.delivery.state import ConnectionState
from eventyard.delivery.stream import Stream
from eventyard.delivery.subscriber import StateListener, Subscriber
from eventyard.delivery.synchronizer import PROTOCOL_VERSION, Synchronizer
from eventyard.delivery.view import View
from eventyard.delivery.watchdog import Watchdog

__all__ = [
    "PROTOCOL_VERSION",
    "Bound",
    "Broadcaster",
    "Burst",
    "Connection",
    "ConnectionState",
    "Cursor",
    "Engine",
    "Message",
    "Resume",
    "Start",
    "StateListener",
    "Stream",
    "Subscriber",
    "Synchronizer",
    "UnreadablePacket",
    "View",
    "Watchdog",
    "event_message",
]
