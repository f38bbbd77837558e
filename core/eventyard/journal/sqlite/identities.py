"""Who sent what: source, id and place of the latest events, as far as the file says it beside the events."""

import sqlite3
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import orjson

from eventyard.journal.sqlite.ledger import unfiled_events

__all__ = ["Filed", "Identities", "StoredIdentity"]

#: Source, id and place of an event.
StoredIdentity: TypeAlias = tuple[str, str, int]


class Filed(NamedTuple):
    """Identities that a transaction writes down, in one row.

    Attributes:
        seq: The number of the last event; of the row too.
        events: How many they are.
        gone: How many of the oldest rows have made room for it.
    """

    seq: int
    events: int
    gone: int


class Identities:
    """The identities of the latest events: rows of a thousand or so in the file, and what is in none yet.

    Attributes:
        unfiled: What is in no row yet.
        seq: The number of the last event.
    """

    def __init__(self, connection: sqlite3.Connection, window: int) -> None:
        """Go on with what ``connection`` reads; at least ``window`` of them are kept."""
        self._window = window
        # The rows, as number and count, the oldest first; and how many identities they have.
        rows = connection.execute("SELECT seq, events FROM commits ORDER BY seq").fetchall()
        self._rows: deque[tuple[int, int]] = deque(rows)
        self._events = sum(events for _, events in rows)
        unfiled = unfiled_events(connection)
        self.unfiled: list[StoredIdentity] = [
            (each.source, each.id, each.place) for each in unfiled if each.source is not None
        ]
        self.seq = unfiled[-1].seq if unfiled else self.filed

    @property
    def filed(self) -> int:
        """The number of the last event whose identity is written down."""
        return self._rows[-1][0] if self._rows else 0

    def write(self, connection: sqlite3.Connection, seq: int, further: Sequence[StoredIdentity]) -> Filed:
        """Write down what is in no row yet, and what comes ``further`` up to the number ``seq``.

        :meth:`note` must follow, once that is committed.
        """
        identities = [*self.unfiled, *further]
        if not identities:
            return Filed(seq, 0, 0)
        connection.execute(
            "INSERT INTO commits (seq, events, identities) VALUES (?, ?, ?)",
            (seq, len(identities), orjson.dumps(identities)),
        )
        spare = self._events + len(identities) - self._window
        gone, last = 0, 0
        for number, events in self._rows:
            spare -= events
            if spare < 0:
                break
            gone, last = gone + 1, number
        if gone:
            connection.execute("DELETE FROM commits WHERE seq <= ?", (last,))
        return Filed(seq, len(identities), gone)

    def note(self, seq: int, further: Sequence[StoredIdentity], filed: Filed | None) -> None:
        """Take note of a commit with identities up to the number ``seq``, and of what it has written down."""
        self.seq = seq
        self.unfiled += further
        if filed is None or not filed.events:
            return
        self.unfiled = []
        self._rows.append((filed.seq, filed.events))
        self._events += filed.events
        for _ in range(filed.gone):
            self._events -= self._rows.popleft()[1]
