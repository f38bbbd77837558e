"""The states of a connection to a namespace, and which may follow which."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

__all__ = ["NEXT", "ConnectionState"]


class ConnectionState(StrEnum):
    """Where a client stands with one namespace."""

    #: The client asked to join.
    CONNECTING = "connecting"
    #: It may; its credentials and its request are in order.
    AUTHENTICATED = "authenticated"
    #: It is being given the snapshot and the events that it missed.
    SYNCING = "syncing"
    #: It gets events as they come.
    LIVE = "live"
    #: It reads too slowly: live events are withheld until it has caught up from the journal.
    LAGGING = "lagging"
    #: The server is about to stop and has said so.
    DRAINING = "draining"
    #: It is gone.
    CLOSED = "closed"


#: The states that may follow a state.
NEXT: Final[Mapping[ConnectionState, frozenset[ConnectionState]]] = {
    ConnectionState.CONNECTING: frozenset({ConnectionState.AUTHENTICATED, ConnectionState.CLOSED}),
    ConnectionState.AUTHENTICATED: frozenset(
        {ConnectionState.SYNCING, ConnectionState.DRAINING, ConnectionState.CLOSED}
    ),
    ConnectionState.SYNCING: frozenset(
        {ConnectionState.LIVE, ConnectionState.LAGGING, ConnectionState.DRAINING, ConnectionState.CLOSED}
    ),
    ConnectionState.LIVE: frozenset(
        {ConnectionState.SYNCING, ConnectionState.LAGGING, ConnectionState.DRAINING, ConnectionState.CLOSED}
    ),
    ConnectionState.LAGGING: frozenset(
        {ConnectionState.SYNCING, ConnectionState.LIVE, ConnectionState.DRAINING, ConnectionState.CLOSED}
    ),
    ConnectionState.DRAINING: frozenset({ConnectionState.CLOSED}),
    ConnectionState.CLOSED: frozenset(),
}
