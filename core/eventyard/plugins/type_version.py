"""One version of an event type, and the way from it to the current one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventyard.plugins.upcasting import UpcastStep
from eventyard.schemas import SchemaIdentity, Validator

__all__ = ["TypeVersion"]


@dataclass(frozen=True, slots=True)
class TypeVersion:
    """One version of an event type.

    Attributes:
        identity: The ``$id`` of its schema, taken apart.
        schema: The schema of ``data``.
        examples: Examples of ``data``.
        validator: Checks ``data``.
        steps: What makes data of the current version of it, in order; none for the current version.
    """

    identity: SchemaIdentity
    schema: Mapping[str, Any]
    examples: Sequence[Any]
    validator: Validator
    steps: tuple[UpcastStep, ...] = ()

    @property
    def id(self) -> str:
        """The ``$id``."""
        return self.identity.id

    @property
    def version(self) -> str:
        """``major.minor.patch``."""
        return self.identity.version

    def upcast(self, data: dict[str, Any]) -> dict[str, Any]:
        """``data``, which satisfies this version, as data of the current one; ``data`` itself stays as it is.

        Raises:
            UpcastError: A step of the way cannot be taken.
        """
        for step in self.steps:
            data = step.take(data)
        return data

    def to_json(self) -> dict[str, Any]:
        """Version, ``$id`` and the steps to the current version as a JSON object."""
        steps = [{"to": step.after.version, "upcast": step.function_name} for step in self.steps]
        return {"version": self.version, "id": self.id, "steps": steps}
