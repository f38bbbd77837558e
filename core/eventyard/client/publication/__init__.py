"""Publishing events: in order and each once, also over a server that is away and a program that is killed."""

from eventyard.client.publication.buffering import Buffering
from eventyard.client.publication.courier import Counts
from eventyard.client.publication.rejection import EventsRejected, Rejection
from eventyard.client.publication.sync_publisher import SyncPublisher

__all__ = ["Buffering", "Counts", "EventsRejected", "Rejection", "SyncPublisher"]
