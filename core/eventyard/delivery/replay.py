"""What a page of the journal is to one client: messages, and gaps where something is not kept any more."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from eventyard.delivery.frames import Burst, Message
from eventyard.delivery.gap import Gaps
from eventyard.delivery.pages import SharedPage
from eventyard.delivery.subscriber import Subscriber
from eventyard.events import BufferMode
from eventyard.journal import Page, Record

__all__ = ["Replay"]


class Replay:
    """Makes messages of pages, as far as a client is to see them."""

    def __init__(self, gaps: Gaps) -> None:
        """Tell of holes by ``gaps``."""
        self._gaps = gaps

    def burst(self, subscriber: Subscriber, shared: SharedPage) -> Burst:
        """The messages of a page, with a gap for each of its holes; moves what was sent to ``subscriber`` along.

        Made once for all clients that come back together and want to see the same.
        """
        page = shared.page
        if page.holes:
            return Burst(self._with_gaps(subscriber, page))
        key = subscriber.view, subscriber.sent, subscriber.fresh_after
        if key not in shared.made:
            shown = _shown(subscriber, page.records)
            burst = Burst(_messages(subscriber, shown, page.through))
            shared.made[key] = burst, [_offset(record) for record in shown]
        burst, offsets = shared.made[key]
        _note(subscriber, offsets, page.through)
        return burst

    def _with_gaps(self, subscriber: Subscriber, page: Page) -> Iterator[Message]:
        records, begin = page.records, 0
        for hole in page.holes:
            end = bisect_left(records, hole.first, lo=begin, key=_offset)
            yield from _run(subscriber, records[begin:end], hole.first - 1)
            yield self._gaps.message(subscriber.stream, hole.first - 1, hole.last + 1, "trimmed", hole.length)
            subscriber.sent = hole.last
            begin = end
        yield from _run(subscriber, records[begin:], page.through)


def _run(subscriber: Subscriber, records: Sequence[Record], through: int) -> Iterator[Message]:
    """The messages of records without a gap between them."""
    shown = _shown(subscriber, records)
    yield from _messages(subscriber, shown, through)
    _note(subscriber, [_offset(record) for record in shown], through)


def _shown(subscriber: Subscriber, records: Sequence[Record]) -> Sequence[Record]:
    view = subscriber.view
    return [record for record in records if view.shows(record) and not _had_before(subscriber, record)]


def _messages(subscriber: Subscriber, shown: Sequence[Record], through: int) -> Iterator[Message]:
    stream, sent = subscriber.stream, subscriber.sent
    if shown:
        view = subscriber.view
        yield from view.messages(stream.encoded_namespace, shown, stream.epoch, sent, through, replay=True)


def _note(subscriber: Subscriber, offsets: Sequence[int], through: int) -> None:
    """Take note that a client is sent the events at ``offsets`` and has all up to ``through``."""
    if offsets:
        subscriber.sent = through
        if subscriber.window is not None:
            subscriber.window.note(offsets)


def _offset(record: Record) -> int:
    return record.offset or 0


def _had_before(subscriber: Subscriber, record: Record) -> bool:
    """Whether a client without a cursor is not to be given ``record`` because another client has had it."""
    return (
        subscriber.fresh_after is not None
        and (record.offset or 0) <= subscriber.fresh_after
        and record.policy.mode is not BufferMode.ALWAYS_BUFFER
    )
