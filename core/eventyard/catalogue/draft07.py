"""Schemas of the portable profile as draft-07, which AsyncAPI tools read.

Nothing that a schema refuses is lost but ``minContains`` and ``maxContains``, which draft-07 does not have: where a
schema has one of them, ``contains`` is left out as well.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

from eventyard.schemas.subschemas import children

__all__ = ["as_draft07"]

_RENAMED: Final = {"$defs": "definitions", "dependentSchemas": "dependencies"}
_DROPPED: Final = frozenset({"$id", "$schema", "contentSchema"})


def as_draft07(schema: Mapping[str, Any], homes: Mapping[str, str], home: str) -> dict[str, Any]:
    """``schema`` in draft-07.

    Args:
        schema: A document of the portable profile.
        homes: Where each document that may be referred to will be, by ``$id``, as a URI fragment such as
            ``#/components/schemas/envelope``.
        home: Where this one will be.
    """
    return _Translation(homes, home).object(schema)


class _Translation:
    def __init__(self, homes: Mapping[str, str], home: str) -> None:
        self._homes = homes
        self._home = home

    def any(self, schema: Any) -> Any:
        return self.object(schema) if isinstance(schema, Mapping) else schema

    def object(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        inner: dict[str, Any] = {}
        for step, child in children(schema):
            translated = self.any(child)
            if len(step) == 1:
                inner[str(step[0])] = translated
            elif isinstance(step[1], int):
                inner.setdefault(str(step[0]), []).append(translated)
            else:
                inner.setdefault(str(step[0]), {})[step[1]] = translated
        found = {
            _RENAMED.get(keyword, keyword): inner.get(keyword, value)
            for keyword, value in schema.items()
            if keyword not in _DROPPED
        }
        if "dependentRequired" in found:
            found["dependencies"] = _dependencies(found.get("dependencies", {}), found.pop("dependentRequired"))
        if "prefixItems" in found:
            if "items" in found:
                found["additionalItems"] = found["items"]
            found["items"] = found.pop("prefixItems")
        if found.keys() & {"minContains", "maxContains"}:
            for keyword in ("contains", "minContains", "maxContains"):
                found.pop(keyword, None)
        if "$ref" in found:
            # Draft-07 ignores whatever stands beside $ref.
            reference = {"$ref": self._target(found.pop("$ref"))}
            if not found:
                return reference
            found["allOf"] = [reference, *found.get("allOf", ())]
        return found

    def _target(self, reference: str) -> str:
        base, _, fragment = reference.partition("#")
        steps = [unquote(step) for step in fragment.split("/")[1:]]
        return "/".join(
            (self._homes[base] if base else self._home, *(quote(each, safe="~") for each in _renamed(steps)))
        )


def _renamed(steps: list[str]) -> list[str]:
    """The steps of a JSON pointer through the document as draft-07 has it."""
    found: list[str] = []
    expects_keyword = True
    for place, step in enumerate(steps):
        if not expects_keyword:
            found.append(step)
            expects_keyword = True
            continue
        following = steps[place + 1] if place + 1 < len(steps) else ""
        expects_keyword = step not in {
            *("$defs", "dependentSchemas", "patternProperties", "properties"),
            *("allOf", "anyOf", "oneOf", "prefixItems"),
        }
        found.append("items" if step == "prefixItems" and following else _RENAMED.get(step, step))
    return found


def _dependencies(schemas: Mapping[str, Any], required: Mapping[str, list[str]]) -> dict[str, Any]:
    """Both kinds of dependencies in one keyword."""
    found: dict[str, Any] = {**required, **schemas}
    for name in schemas.keys() & required.keys():
        found[name] = {"allOf": [schemas[name], {"required": required[name]}]}
    return found
