"""A place in a stream."""

from dataclasses import dataclass
from typing import Any

__all__ = ["Cursor"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a client has seen of a stream.

    Attributes:
        epoch: Identity of the store that gave the offset.
        offset: All up to this offset was seen.
    """

    epoch: str
    offset: int

    def to_json(self) -> dict[str, Any]:
        """The cursor as a JSON object, as the live protocol has it."""
        return {"epoch": self.epoch, "offset": self.offset}

    @classmethod
    def from_json(cls, value: Any) -> "Cursor":
        """The cursor that a JSON object says.

        Raises:
            ValueError: It is no ``{"epoch": "…", "offset": 0}``.
        """
        match value:
            case {"epoch": str(epoch), "offset": int(offset)} if offset >= 0 and not isinstance(offset, bool):
                return cls(epoch, offset)
        message = f'{value!r} is no cursor, expected {{"epoch": "…", "offset": 0}}'
        raise ValueError(message)
