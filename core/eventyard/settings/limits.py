"""What the settings let single clients do."""

from eventyard.access import RateLimit, SenderLimits
from eventyard.settings.groups import LimitSettings

__all__ = ["handshakes_of", "sender_limits_of"]


def sender_limits_of(settings: LimitSettings) -> SenderLimits:
    """What each sender may send."""
    return SenderLimits(
        _limit(settings.events_per_second, settings.burst), _limit(settings.bytes_per_second, settings.burst)
    )


def handshakes_of(settings: LimitSettings) -> RateLimit | None:
    """How many Socket.IO connections each address may open; ``None`` for any number."""
    return _limit(settings.connections_per_minute / 60, settings.burst)


def _limit(rate: float, burst: float) -> RateLimit | None:
    return RateLimit(rate, burst) if rate else None
