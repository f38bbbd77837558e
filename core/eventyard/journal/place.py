"""A stream and an offset in it as one number."""

from typing import Final

__all__ = ["OFFSET_BITS", "offset_of", "place_of", "stream_of"]

#: The low bits of a place hold the offset, those above it the number of the stream. The journal's file has such places.
OFFSET_BITS: Final = 40


def place_of(stream: int, offset: int) -> int:
    """The place of an event, by the number of its stream."""
    return stream << OFFSET_BITS | offset


def stream_of(place: int) -> int:
    """The number of the stream in a place."""
    return place >> OFFSET_BITS


def offset_of(place: int) -> int:
    """The offset in a place."""
    return place & (1 << OFFSET_BITS) - 1
