"""The sockets of the clients, and all that reaches behind python-engineio for them."""

from eventyard.delivery.engine.client_socket import ClientSocket
from eventyard.delivery.engine.engine import Engine
from eventyard.delivery.engine.incoming import UnreadablePacket

__all__ = ["ClientSocket", "Engine", "UnreadablePacket"]
