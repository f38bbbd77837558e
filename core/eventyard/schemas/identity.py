"""The identity of a schema: its ``$id`` names the event type and the version."""

import re
from dataclasses import dataclass
from typing import Final, Self

__all__ = ["SchemaIdentity"]

_NUMBER: Final = "(?:0|[1-9][0-9]{0,8})"
_IDENTITY: Final = re.compile(
    r"(?:urn:[a-z0-9][a-z0-9-]{0,30}[a-z0-9]:(?:[A-Za-z0-9._~-]+[:/])*"
    r"|https://[a-z0-9.-]+(?::[0-9]+)?/(?:[A-Za-z0-9._~-]+/)*)"
    rf"([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)/({_NUMBER}\.{_NUMBER}\.{_NUMBER})"
)


@dataclass(frozen=True, slots=True)
class SchemaIdentity:
    """The parts of a ``$id`` such as ``urn:eventyard:tool_start/1.0.0``.

    Attributes:
        id: The whole ``$id``.
        type: Name of the event type, ``tool_start``.
        version: ``major.minor.patch``.
    """

    id: str
    type: str
    version: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take a ``$id`` apart.

        Raises:
            ValueError: It has another form.
        """
        match = _IDENTITY.fullmatch(text)
        if match is None:
            message = (
                f"$id is {text!r}, expected urn:<name>:<type>/<major>.<minor>.<patch> or an https URL that ends so"
            )
            raise ValueError(message)
        return cls(text, match[1], match[2])

    @property
    def number(self) -> tuple[int, int, int]:
        """The version as numbers, which compare."""
        major, minor, patch = map(int, self.version.split("."))
        return major, minor, patch
