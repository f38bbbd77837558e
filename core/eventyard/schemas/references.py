"""Where references lead: within a document, and from it into the shared ones. Nothing is ever fetched."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from eventyard.schemas.pointer import json_pointer
from eventyard.schemas.subschemas import IN_PLACE, Path, children, subschemas

__all__ = ["Location", "References"]


@dataclass(frozen=True, slots=True)
class Location:
    """A subschema and where it lies; equal when it is the same place.

    Attributes:
        document: ``$id`` of its document; empty for a document without one.
        place: The steps that lead to it, all as text.
        path: The same steps, with array indexes as numbers.
        schema: The subschema: an object, ``True`` or ``False``.
    """

    document: str
    place: tuple[str, ...]
    path: Path = field(compare=False)
    schema: Any = field(compare=False)

    @property
    def pointer(self) -> str:
        """JSON pointer into its document."""
        return json_pointer(self.path)

    @property
    def reference(self) -> str:
        """A ``$ref`` that leads to it from every document."""
        steps = (quote(step.replace("~", "~0").replace("/", "~1"), safe="~") for step in self.place)
        return f"{self.document}#{''.join(f'/{step}' for step in steps)}"

    @property
    def keywords(self) -> Mapping[str, Any]:
        """The schema's keywords; none for ``True`` and ``False``."""
        return self.schema if isinstance(self.schema, Mapping) else {}


class References:
    """The subschemas of a document, and of the shared ones that it may refer to."""

    def __init__(self, document: Mapping[str, Any], shared: Iterable[Mapping[str, Any]] = ()) -> None:
        """Look up in ``document``, a valid schema, and in ``shared``, by their ``$id``."""
        identity = document.get("$id")
        self.name = identity if isinstance(identity, str) else ""
        self._documents = {str(each["$id"]): each for each in shared} | {self.name: document}
        self._places: dict[str, dict[tuple[str, ...], Location]] = {}

    @property
    def root(self) -> Location:
        """The document itself."""
        return self._index(self.name)[()]

    @property
    def documents(self) -> Iterable[Mapping[str, Any]]:
        """The document, and the shared ones."""
        return self._documents.values()

    def own(self) -> Iterable[Location]:
        """All subschemas of the document, itself included."""
        return self._index(self.name).values()

    def knows(self, reference: str) -> bool:
        """Whether ``reference``, of the document itself, names a document that is there."""
        base = reference.partition("#")[0]
        return not base or base in self._documents

    def find(self, reference: str, document: str | None = None) -> Location | None:
        """The subschema that ``reference`` leads to, seen from the document ``document``; ``None`` when there is none.

        Args:
            reference: The value of ``$ref``.
            document: ``$id`` of the document that it stands in; the own one when it is ``None``.
        """
        base, _, fragment = reference.partition("#")
        name = base or (self.name if document is None else document)
        # A JSON pointer in a URI fragment (RFC 6901 §6).
        first, *steps = unquote(fragment).split("/")
        if first or name not in self._documents:
            return None
        return self._index(name).get(tuple(step.replace("~1", "/").replace("~0", "~") for step in steps))

    def target(self, location: Location) -> Location | None:
        """Where the ``$ref`` of ``location`` leads; ``None`` when it has none, or it leads nowhere."""
        reference = location.keywords.get("$ref")
        return self.find(reference, location.document) if isinstance(reference, str) else None

    def children(self, location: Location) -> Iterator[tuple[Path, Location]]:
        """The direct subschemas of ``location``, each with the steps that lead to it."""
        for step, _ in children(location.schema):
            yield step, self.child(location, *step)

    def child(self, location: Location, *step: str | int) -> Location:
        """The subschema of ``location`` behind ``step``."""
        return self._index(location.document)[(*location.place, *map(str, step))]

    def same_value(self, location: Location) -> Iterator[Location]:
        """The schemas that apply to the same value as ``location``: by a reference, or by ``allOf`` and the like."""
        for step, child in self.children(location):
            if step[0] in IN_PLACE:
                yield child
        if (target := self.target(location)) is not None:
            yield target

    def _index(self, name: str) -> dict[tuple[str, ...], Location]:
        if name not in self._places:
            found = subschemas(self._documents[name])
            located = (Location(name, tuple(map(str, path)), path, schema) for path, schema in found)
            self._places[name] = {each.place: each for each in located}
        return self._places[name]
