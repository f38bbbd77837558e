"""Data of an earlier version of an event type, made data of a newer one by the plugin that owns the type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from eventyard.events import Issue, Upcaster
from eventyard.plugins.calls import contained
from eventyard.schemas import SchemaIdentity, Validator

__all__ = ["UpcastError", "UpcastStep"]


class UpcastError(Exception):
    """Data of an earlier version cannot become data of the current one.

    The text is for the log and may repeat what an exception of the plugin says; the issues are for the sender.

    Attributes:
        issues: Why not.
        is_fault: Whether the plugin is to blame, not the sender.
    """

    def __init__(self, text: str, issues: Sequence[Issue], *, is_fault: bool) -> None:
        super().__init__(text)
        self.issues = issues
        self.is_fault = is_fault


@dataclass(frozen=True, slots=True)
class UpcastStep:
    """One step from a version of an event type to a newer one.

    Attributes:
        before: The older version.
        after: The newer version.
        function: The plugin's up-caster; ``None`` within a major, where data stays as it is.
        validator: Checks data of the newer version.
        owner: Whose the type is, as ``distribution version``.
    """

    before: SchemaIdentity
    after: SchemaIdentity
    function: Upcaster | None
    validator: Validator
    owner: str

    def __str__(self) -> str:
        return f"{self.before.type} {self.before.version} → {self.after.version}"

    @property
    def function_name(self) -> str | None:
        """The up-caster as people call it."""
        if self.function is None:
            return None
        name = getattr(self.function, "__qualname__", type(self.function).__qualname__)
        return f"{self.function.__module__}:{name}"

    def take(self, data: dict[str, Any]) -> dict[str, Any]:
        """``data``, which satisfies the older version, as data that satisfies the newer one; ``data`` stays as it is.

        Raises:
            UpcastError: The up-caster fails, or what it gives is refused by the newer version's schema.
        """
        if self.function is None:
            if not self.validator.is_valid(data):
                raise self._incompatible(data)
            return data
        try:
            made = self.function(_plain(data))
            if not isinstance(made, Mapping):
                message = f"gave {type(made).__name__}, expected a mapping"
                raise TypeError(message)
            made = _plain(dict(made))
        except contained() as error:
            what = type(error).__name__
            raise self._failed(f"failed with {what}", f"{what}: {error}") from error
        if not self.validator.is_valid(made):
            told = "; ".join(f"{issue.pointer or '/'}: {issue.message}" for issue in self.validator.issues(made))
            refused = f"gave data that {self.after.version} refuses: {told}"
            raise self._failed(refused, refused)
        return made

    def _failed(self, told: str, logged: str) -> UpcastError:
        text = f"the plugin's up-caster from {self.before.version} to {self.after.version} {told}"
        return UpcastError(f"{self}: {logged}", [Issue("upcast", "/data", text, owner=self.owner)], is_fault=True)

    def _incompatible(self, data: dict[str, Any]) -> UpcastError:
        text = f"the data satisfies {self.before.version}, but not {self.after.version}, which succeeds it"
        issues = [Issue("dataschema", "/dataschema", text), *self.validator.issues(data, "/data")]
        return UpcastError(f"{self}: {text}", [replace(issue, owner=self.owner) for issue in issues], is_fault=False)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """A copy of ``data`` of plain JSON values, which shares nothing with it."""
    copy: dict[str, Any] = orjson.loads(orjson.dumps(data))
    return copy
