"""Where the events of the streams are kept."""

from eventyard.journal.interface import CommitListener, Journal, Page
from eventyard.journal.memory import MemoryJournal
from eventyard.journal.record import Placement, Record

__all__ = ["CommitListener", "Journal", "MemoryJournal", "Page", "Placement", "Record"]
