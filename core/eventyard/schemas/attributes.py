"""Checking the attributes of an envelope."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from eventyard.events import Issue
from eventyard.schemas.engine import Engine
from eventyard.schemas.violations import Violation, to_issues

__all__ = ["MOST_ATTRIBUTES", "AttributeValidator"]

#: How many attributes an envelope may have. The schema knows no bound, but what is wrong with very many cannot be told.
MOST_ATTRIBUTES: Final = 100


class AttributeValidator:
    """The envelope's schema, compiled for envelopes that have only attributes which the schema lists.

    Those are nearly all, and their names need not be checked: that would take two fifths of the time.
    """

    __slots__ = ("_all", "_listed", "_name", "_names")

    def __init__(self, engine: Engine, schema: Mapping[str, Any], resources: Iterable[Mapping[str, Any]]) -> None:
        """Compile ``schema``, which may refer to ``resources``."""
        known = list(resources)
        self._all = engine.compile(schema, known)
        self._listed = engine.compile({key: rule for key, rule in schema.items() if key != "propertyNames"}, known)
        self._name = engine.compile({"propertyNames": schema["propertyNames"]})
        self._names = frozenset(name for name in schema["properties"] if self._name.is_valid({name: None}))

    def is_valid(self, instance: dict[str, Any], /) -> bool:
        """Whether ``instance`` satisfies the schema, and has no more attributes than an envelope may have."""
        if self._names.issuperset(instance):
            return self._listed.is_valid(instance)
        return len(instance) <= MOST_ATTRIBUTES and self._all.is_valid(instance)

    def issues(self, instance: Any, pointer: str = "") -> list[Issue]:
        """All reasons why ``instance`` is not valid; see :meth:`.engine.Validator.issues`."""
        if len(instance) > MOST_ATTRIBUTES:
            text = f"expected at most {MOST_ATTRIBUTES} attributes, got {len(instance)}"
            return [Issue("too_many_attributes", pointer, text, MOST_ATTRIBUTES)]
        return to_issues(self.violations(instance), pointer)

    def violations(self, instance: Any) -> list[Violation]:
        """What the issues are made from, in any order."""
        # One by one: jsonschema-rs has a copy of all attributes in each error of a name, which takes 3 ms for 60.
        names = [name for name in instance if name not in self._names and not self._name.is_valid({name: None})]
        return self._listed.violations(instance) + [Violation((name,), "propertyNames") for name in names]
