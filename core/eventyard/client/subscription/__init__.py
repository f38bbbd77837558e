"""Following streams: what happened is given once and in order, or its absence is told."""

from eventyard.client.subscription.cursor import Cursor
from eventyard.client.subscription.messages import Gap, Lost, Message, Ready, Received, State
from eventyard.client.subscription.subscriber import Subscriber
from eventyard.client.subscription.sync_subscriber import SyncSubscriber, subscribe

__all__ = [
    "Cursor",
    "Gap",
    "Lost",
    "Message",
    "Ready",
    "Received",
    "State",
    "Subscriber",
    "SyncSubscriber",
    "subscribe",
]
