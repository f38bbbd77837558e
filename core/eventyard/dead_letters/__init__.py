"""What could not be accepted, kept with the reasons until somebody has dealt with it."""

from eventyard.dead_letters.interface import DeadLetters, Listing
from eventyard.dead_letters.letter import DeadLetter
from eventyard.dead_letters.memory import MemoryDeadLetters
from eventyard.dead_letters.sqlite import SqliteDeadLetters

__all__ = ["DeadLetter", "DeadLetters", "Listing", "MemoryDeadLetters", "SqliteDeadLetters"]
