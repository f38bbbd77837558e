"""The schema engine: what checks a value against a JSON Schema.

There are two, and they agree on verdict and issues for every schema of the portable profile (:mod:`.profile`).
``jsonschema`` is the reference and always there. ``jsonschema-rs`` is compiled, about a hundred times faster, and
comes with the extra ``fast``. Verdict and issues of one event always come from the same engine.
"""

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import Any, Final, Literal, Protocol

from eventyard.errors import SettingsError
from eventyard.events import Issue
from eventyard.schemas.violations import Violation

__all__ = ["ENGINES", "Engine", "Validator", "load_engine"]

#: What the setting ``validation.engine`` may say.
ENGINES: Final = ("auto", "jsonschema", "jsonschema-rs")


class Validator(Protocol):
    """A compiled schema."""

    def is_valid(self, instance: Any, /) -> bool:
        """Whether ``instance``, a JSON value that passed the guards, satisfies the schema."""

    def issues(self, instance: Any, pointer: str = "") -> list[Issue]:
        """All reasons why ``instance`` does not satisfy the schema, in a fixed order; empty when it does.

        Args:
            instance: A JSON value that passed the guards.
            pointer: JSON pointer to ``instance`` within the event, put before the pointers of the issues.
        """

    def violations(self, instance: Any) -> list[Violation]:
        """What the issues are made from, in any order."""


class Engine(Protocol):
    """Compiles JSON Schemas of draft 2020-12; never retrieves anything."""

    @property
    def name(self) -> Literal["jsonschema", "jsonschema-rs"]:
        """The name of the library behind it."""

    def compile(self, schema: Mapping[str, Any], resources: Iterable[Mapping[str, Any]] = ()) -> Validator:
        """Compile ``schema``.

        Args:
            schema: The schema; later changes to it have no effect.
            resources: Other schemas that it may refer to by their ``$id``.

        Raises:
            SchemaError: It is no schema, or has a pattern, format or reference that cannot be used.
        """


def load_engine(name: str = "auto") -> Engine:
    """The engine of that name; ``auto`` is jsonschema-rs where it is installed, else jsonschema.

    Raises:
        SettingsError: There is no such engine, or it is not installed.
    """
    if name not in ENGINES:
        message = f"validation.engine is {name!r}, expected one of {', '.join(ENGINES)}"
        raise SettingsError(message)
    # Each engine costs 40 to 80 ms to import, so only the one that is used is.
    if name != "jsonschema" and find_spec("jsonschema_rs") is not None:
        from eventyard.schemas.fast import FastEngine  # noqa: PLC0415

        return FastEngine()
    if name == "jsonschema-rs":
        message = "validation.engine is 'jsonschema-rs', which is not installed: pip install 'eventyard[fast]'"
        raise SettingsError(message)
    from eventyard.schemas.reference import ReferenceEngine  # noqa: PLC0415

    return ReferenceEngine()
