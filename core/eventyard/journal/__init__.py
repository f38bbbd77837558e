"""Where the events of the streams are kept."""

from eventyard.journal.index import Index, Kept
from eventyard.journal.interface import CommitListener, Journal, Page
from eventyard.journal.memory import MemoryJournal
from eventyard.journal.quota import Quotas
from eventyard.journal.record import Placement, Record
from eventyard.journal.sqlite import SqliteJournal

__all__ = [
    "CommitListener",
    "Index",
    "Journal",
    "Kept",
    "MemoryJournal",
    "Page",
    "Placement",
    "Quotas",
    "Record",
    "SqliteJournal",
]
