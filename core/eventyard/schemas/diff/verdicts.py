"""What the schema engine says of single values."""

from typing import Any

from eventyard.schemas.diff.conjunction import Conjunction
from eventyard.schemas.engine import Engine, Validator

__all__ = ["Verdicts"]


class Verdicts:
    """Asks the schema engine whether values are taken."""

    def __init__(self, engine: Engine) -> None:
        """Ask ``engine``."""
        self._engine = engine
        self._validators: dict[tuple[int, object], Validator] = {}

    def takes(self, schema: Conjunction, value: Any) -> bool:
        """Whether ``value`` satisfies ``schema``."""
        return not schema.is_false and self._validator(schema).is_valid(value)

    def separate(self, one: Conjunction, other: Conjunction, value: Any) -> bool:
        """Whether ``one`` takes ``value``, and ``other`` refuses it."""
        return self.takes(one, value) and not self.takes(other, value)

    def _validator(self, schema: Conjunction) -> Validator:
        # Both documents may have the same $id.
        key = id(schema.references), schema.key
        if key not in self._validators:
            references = [{"$ref": part.reference} for part in schema.parts]
            document = {"allOf": references} if references else {}
            self._validators[key] = self._engine.compile(document, schema.references.documents)
        return self._validators[key]
