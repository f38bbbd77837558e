"""What a page of the journal is to one client: messages, and gaps where something is not kept any more."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from eventyard.delivery.gap import Gaps
from eventyard.delivery.subscriber import Subscriber
from eventyard.events import BufferMode
from eventyard.journal import Page, Record

__all__ = ["Replay"]


class Replay:
    """Makes messages of pages, as far as a client is to see them."""

    def __init__(self, gaps: Gaps) -> None:
        """Tell of holes by ``gaps``."""
        self._gaps = gaps

    def messages(self, subscriber: Subscriber, page: Page) -> Iterator[bytes]:
        """The messages of ``page``, with a gap for each of its holes; moves what was sent to ``subscriber`` along."""
        records, begin = page.records, 0
        for hole in page.holes:
            end = bisect_left(records, hole.first, lo=begin, key=_offset)
            yield from _run(subscriber, records[begin:end], hole.first - 1)
            yield self._gaps.message(subscriber.stream, hole.first - 1, hole.last + 1, "trimmed", hole.length)
            subscriber.sent = hole.last
            begin = end
        yield from _run(subscriber, records[begin:], page.through)


def _run(subscriber: Subscriber, records: Sequence[Record], through: int) -> Iterator[bytes]:
    """The messages of records without a gap between them."""
    stream, view = subscriber.stream, subscriber.view
    shown = [record for record in records if view.shows(record) and not _had_before(subscriber, record)]
    if shown:
        yield from view.messages(stream.encoded_namespace, shown, stream.epoch, subscriber.sent, through, replay=True)
        subscriber.sent = through
        if subscriber.window is not None:
            subscriber.window.note([_offset(record) for record in shown])


def _offset(record: Record) -> int:
    return record.offset or 0


def _had_before(subscriber: Subscriber, record: Record) -> bool:
    """Whether a client without a cursor is not to be given ``record`` because another client has had it."""
    return (
        subscriber.fresh_after is not None
        and (record.offset or 0) <= subscriber.fresh_after
        and record.policy.mode is not BufferMode.ALWAYS_BUFFER
    )
