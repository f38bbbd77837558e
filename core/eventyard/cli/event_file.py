"""Events in a file: a JSON object, a JSON array, or one JSON value a line."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

__all__ = ["Entry", "read_entries", "shown_name"]

_READ_SIZE = 1 << 20
_BLANKS = " \t\r\n"
_SPACE = re.compile(f"[{_BLANKS}]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a file, or the place where there should be one.

    Attributes:
        line: The line that it starts in, counted from 1.
        value: The JSON value; ``None`` when ``problem`` says why there is none.
        problem: Why it cannot be read.
    """

    line: int
    value: Any = None
    problem: str | None = None


def read_entries(stream: IO[bytes]) -> Iterator[list[Entry]]:
    """The events in ``stream``, in groups as they become available, so that a pipe's events wait for nothing.

    A first line that is a whole object in braces means one event a line, and so does a later one where there cannot be
    one JSON document: then only the first line is broken. Everything else is read as one document, an object or an
    array. A broken line is told and passed over; a broken document gives nothing else.
    """
    groups = _lines(stream)
    read: list[tuple[int, bytes]] = []
    has_event = False
    for group in groups:
        # What came before are empty lines, or perhaps the beginning of a document.
        has_event = has_event or any(_is_event(*each) for each in group)
        read += group
        if _is_in_lines(read, has_event=has_event):
            yield [_record(number, line) for number, line in read if line.strip()]
            break
    else:
        if entries := _document(read, has_event=has_event):
            yield entries
    for group in groups:
        if entries := [_record(number, line) for number, line in group if line.strip()]:
            yield entries


def shown_name(stream: IO[bytes]) -> str:
    """What a file is called before line numbers."""
    name: str = getattr(stream, "name", "<stdin>")
    return "stdin" if name in ("-", "<stdin>") else name


def _lines(stream: IO[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    """Whole lines with their numbers, those of one read together."""
    # A raw or text-wrapped stream has no read1; both are not what click.File gives.
    read = getattr(stream, "read1", stream.read)
    number, tail = 0, b""
    while chunk := read(_READ_SIZE):
        if number == 0 and not tail:
            chunk = chunk.removeprefix(b"\xef\xbb\xbf")
        *lines, tail = (tail + chunk).split(b"\n")
        yield [(number + place, line + b"\n") for place, line in enumerate(lines, 1)]
        number += len(lines)
    if tail:
        yield [(number + 1, tail)]


def _is_whole_object(line: bytes) -> bool:
    stripped = line.strip()
    return stripped.startswith(b"{") and stripped.endswith(b"}")


def _is_event(number: int, line: bytes) -> bool:
    """Whether the line is an object, and not indented as those in a document are."""
    return line.startswith(b"{") and _is_whole_object(line) and _record(number, line).problem is None


def _is_in_lines(read: list[tuple[int, bytes]], *, has_event: bool) -> bool:
    """Whether the lines are surely events, and not the beginning of a document."""
    first = next((line for _, line in read if line.strip()), b"")
    if _is_whole_object(first):
        return True
    if not has_event or first.lstrip().startswith(b"["):
        return False
    content = b"".join(line for _, line in read)
    try:
        text = content.decode()
        _DECODER.decode(text)
    except json.JSONDecodeError as error:
        return error.pos < len(text.rstrip(_BLANKS))
    except (ValueError, RecursionError):
        return True
    return False


def _record(number: int, line: bytes) -> Entry:
    try:
        return Entry(number, _DECODER.decode(line.decode().rstrip(_BLANKS)))
    except (ValueError, RecursionError) as error:
        return Entry(number, problem=_explained(error))


def _document(read: list[tuple[int, bytes]], *, has_event: bool) -> list[Entry]:
    """The entries of one JSON document: the items of an array, or the document itself; or else those of its lines."""
    content = b"".join(line for _, line in read).rstrip(_BLANKS.encode())
    if not content:
        return []
    entries: list[Entry] = []
    line, counted = 1, 0
    try:
        text = content.decode()
        for place, value in _items(text):
            line += text.count("\n", counted, place)
            counted = place
            entries.append(Entry(line, value))
    except (ValueError, RecursionError) as error:
        if has_event and not content.lstrip().startswith(b"["):
            return [_record(number, each) for number, each in read if each.strip()]
        return [Entry(getattr(error, "lineno", line), problem=_explained(error))]
    return entries


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """The values of a document with the places that they start at."""
    place = _after_space(text, 0)
    if not text.startswith("[", place):
        value, end = _DECODER.raw_decode(text, place)
        yield place, value
    else:
        place = _after_space(text, place + 1)
        closed = text.startswith("]", place)
        while not closed:
            value, end = _DECODER.raw_decode(text, place)
            yield place, value
            place = _after_space(text, end)
            closed = text.startswith("]", place)
            if not closed:
                if not text.startswith(",", place):
                    raise json.JSONDecodeError("Expecting ',' or ']'", text, place)
                place = _after_space(text, place + 1)
        end = place + 1
    end = _after_space(text, end)
    if end != len(text):
        raise json.JSONDecodeError("Extra data", text, end)


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _refuse_constant(name: str) -> Any:
    message = f"{name} is no JSON"
    raise ValueError(message)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _explained(error: Exception) -> str:
    match error:
        case json.JSONDecodeError():
            # Some of Python's messages end in "at" already.
            reason = error.msg.removesuffix(" at")
            return f"not JSON: {reason[0].lower()}{reason[1:]} at column {error.colno}"
        case UnicodeDecodeError():
            return "not UTF-8"
        case RecursionError():
            return "nested too deeply"
        case _:
            return str(error)
