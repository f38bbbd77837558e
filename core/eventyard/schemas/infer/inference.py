"""A schema made of recorded payloads: it accepts all of them, and keeps to the portable profile."""

from collections.abc import Mapping
from typing import Any, Final

import orjson

from eventyard.schemas.identity import SchemaIdentity
from eventyard.schemas.infer.shape import Budget, Shape
from eventyard.schemas.profile import DIALECT

__all__ = ["Inference"]

#: How many shapes one schema may have, so that it keeps to the profile's size.
_MOST_SHAPES: Final = 1000

#: How many bytes of JSON an example may have.
_LARGEST_EXAMPLE: Final = 4096

#: How many objects and arrays an example may have, so that it cannot be nested deeper than a schema may be.
_DEEPEST_EXAMPLE: Final = 50

#: Texts are of a few kinds for certain: at most so many different ones, and each this often on average.
_MOST_WORDS: Final = 8
_TIMES_EACH: Final = 10

_LENGTHS: Final = (256, 4096, 65536, 1 << 20, 1 << 24, 2**53 - 1)
_ITEMS: Final = (1000, 100_000, 2**53 - 1)


class Inference:
    """Makes a schema of the payloads of one event type.

    A member is required when every object at its place had it. Texts become an ``enum`` when a few words were seen
    again and again, and get a ``format`` that all of them have. An object with more than a hundred different members is
    taken for a map. What was seen only rarely may thus be told too strictly: a schema that was made is a draft.
    """

    def __init__(self) -> None:
        self._shape = Shape(Budget(_MOST_SHAPES))
        self._fullest: tuple[int, bytes] | None = None
        self._barest: tuple[int, bytes] | None = None

    @property
    def count(self) -> int:
        """How many payloads were seen."""
        return self._shape.count

    def see(self, data: Mapping[str, Any]) -> None:
        """Take a payload into account: an object of JSON values, with whole numbers within ±(2^53 - 1)."""
        self._shape.see(dict(data))
        text = orjson.dumps(dict(data))
        if len(text) <= _LARGEST_EXAMPLE and text.count(b"{") + text.count(b"[") <= _DEEPEST_EXAMPLE:
            candidate = len(data), text
            if self._fullest is None or len(data) > self._fullest[0]:
                self._fullest = candidate
            # A later one, so that one type of payload gives two examples.
            elif self._barest is None or len(data) < self._barest[0]:
                self._barest = candidate

    def schema(self, identity: SchemaIdentity, *, examples: bool = True) -> dict[str, Any]:
        """The schema of what was seen.

        Args:
            identity: Its ``$id``.
            examples: Whether it has examples: the payload with the most members, and the one with the fewest.
        """
        described = _keywords(self._shape)
        document: dict[str, Any] = {
            "$schema": DIALECT,
            "$id": identity.id,
            "title": _title(identity.type),
            "description": f"Made from {self.count} recorded events.",
            "type": "object",
            **{keyword: value for keyword, value in described.items() if keyword != "type"},
        }
        found = dict.fromkeys(text for each in (self._fullest, self._barest) if each is not None for text in [each[1]])
        if examples and found:
            document["examples"] = [orjson.loads(text) for text in found]
        return document


def _keywords(shape: Shape) -> dict[str, Any]:
    if words := _words(shape):
        return {"enum": words}
    kinds = sorted({"integer", *shape.kinds} - {"integer"} if shape.kinds["number"] else shape.kinds)
    found: dict[str, Any] = {}
    if kinds:
        found["type"] = kinds[0] if len(kinds) == 1 else kinds
    if shape.kinds["string"]:
        found["maxLength"] = next(length for length in _LENGTHS if length >= shape.longest)
        # In this order, the first is the most telling one.
        if formats := [name for name in ("date-time", "date", "uuid", "ipv4", "ipv6", "uri") if name in shape.formats]:
            found["format"] = formats[0]
    if shape.kinds["array"]:
        found["items"] = _keywords(shape.items) if shape.items is not None else True
        found["maxItems"] = next(count for count in _ITEMS if count >= shape.most_items)
    if shape.kinds["object"]:
        found |= _object(shape)
    return found


def _object(shape: Shape) -> dict[str, Any]:
    if shape.others is not None:
        return {"additionalProperties": _keywords(shape.others)}
    objects = shape.kinds["object"]
    found: dict[str, Any] = {}
    if required := [name for name, member in shape.members.items() if member.count == objects]:
        found["required"] = required
    if shape.members:
        found["properties"] = {
            name: {
                "title": _title(name),
                "description": f"Seen in {member.count} of {objects}.",
                **_keywords(member),
            }
            for name, member in shape.members.items()
        }
    return found


def _words(shape: Shape) -> list[str | None]:
    if shape.kinds.keys() - {"string", "null"} or shape.words is None:
        return []
    words = shape.words
    if not 2 <= len(words) <= _MOST_WORDS or words.total() < _TIMES_EACH * len(words):
        return []
    return [*sorted(words), *([None] if shape.kinds["null"] else [])]


def _title(name: str) -> str:
    words = name.replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:] if words else "Without a name"
