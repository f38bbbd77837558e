"""What events are kept in, as the settings and the installed types ask for it, and what is kept out of that."""

from pathlib import Path

from eventyard.dead_letters import DeadLetters, MemoryDeadLetters, SqliteDeadLetters
from eventyard.errors import SettingsError
from eventyard.events import BufferMode
from eventyard.journal import Journal, Limits, MemoryJournal, Quotas, SqliteJournal
from eventyard.metrics import Metrics
from eventyard.plugins import PluginManager
from eventyard.redaction import Redactor
from eventyard.schemas import load_engine
from eventyard.settings import Settings
from eventyard.spelling import did_you_mean

__all__ = ["duplicate_window", "make_dead_letters", "make_journal", "make_redactor"]


def make_journal(settings: Settings, plugins: PluginManager) -> Journal:
    """The journal for the types of ``plugins``, not yet opened.

    Raises:
        SettingsError: The retention of an event type is set that no plugin owns.
    """
    own = settings.journal
    quotas = _quotas(settings)
    # A plugin that could not be loaded may own the others.
    unknown = [name for name in settings.retention if name not in plugins.types and not plugins.quarantined]
    if unknown:
        message = f"retention.{unknown[0]}: no installed plugin owns this event type"
        raise SettingsError(message + did_you_mean(unknown[0], plugins.types))
    if own.durability == "memory":
        return MemoryJournal(quotas)
    return SqliteJournal(
        Path(settings.data_dir).absolute(),
        own.durability,
        quotas,
        queue_events=own.queue_events,
        queue_bytes=own.queue_bytes,
        duplicate_window=duplicate_window(settings, plugins),
    )


def make_dead_letters(settings: Settings, metrics: Metrics) -> DeadLetters:
    """The store of dead letters, not yet opened; it survives what the journal survives."""
    capacity, most_bytes = settings.dead_letter_capacity, settings.dead_letter_bytes
    if settings.journal.durability == "memory":
        return MemoryDeadLetters(capacity, most_bytes)
    return SqliteDeadLetters(Path(settings.data_dir).absolute(), capacity, most_bytes, metrics)


def make_redactor(settings: Settings) -> Redactor | None:
    """What takes secrets out of events; ``None`` when they are to be kept.

    Raises:
        SettingsError: A pattern cannot be used.
    """
    own = settings.redaction
    return Redactor(load_engine(settings.validation.engine), own.patterns, own.members) if own.enabled else None


def duplicate_window(settings: Settings, plugins: PluginManager) -> int:
    """Among how many of the latest events a duplicate is recognised: all that can be kept are among them."""
    quotas = _quotas(settings)
    kept = (
        quotas.limits(name, owned.type.policy).events or 0
        for name, owned in plugins.types.items()
        if owned.type.policy.mode is not BufferMode.ALWAYS_SEND
    )
    return max(settings.duplicate_window, sum(kept))


def _quotas(settings: Settings) -> Quotas:
    types = {name: Limits(each.events, each.bytes, each.age) for name, each in settings.retention.items()}
    return Quotas(settings.max_buffer_size, settings.journal.max_bytes, settings.journal.max_age or None, types)
