"""Where the events of the streams are kept."""

from eventyard.journal.index import Index
from eventyard.journal.interface import CommitListener, Hole, Identity, Journal, Page
from eventyard.journal.kept import Kept
from eventyard.journal.memory import MemoryJournal
from eventyard.journal.quota import Limits, Quotas
from eventyard.journal.record import Placement, Record
from eventyard.journal.sqlite import SqliteJournal

__all__ = [
    "CommitListener",
    "Hole",
    "Identity",
    "Index",
    "Journal",
    "Kept",
    "Limits",
    "MemoryJournal",
    "Page",
    "Placement",
    "Quotas",
    "Record",
    "SqliteJournal",
]
