"""The keys that can be set, as the configuration schema declares them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Key", "config_schema", "known_groups", "known_keys", "known_tables"]

_TRUE = ("1", "on", "true", "yes")
_FALSE = ("0", "false", "no", "off")


@cache
def config_schema() -> Mapping[str, Any]:
    """The JSON Schema of a configuration file."""
    schema: dict[str, Any] = json.loads(files("eventyard_schemas").joinpath("config.json").read_bytes())
    return schema


@dataclass(frozen=True, slots=True)
class Key:
    """One setting.

    Attributes:
        name: Its name, with a dot after the group: ``port``, ``validation.engine``.
        schema: What its values are.
    """

    name: str
    schema: Mapping[str, Any]

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that set it; the first that is set counts."""
        return tuple(self.schema.get("x-env", ()))

    @property
    def is_secret(self) -> bool:
        """Whether its value must not be shown."""
        return bool(self.schema.get("writeOnly", False))

    @property
    def expectation(self) -> str:
        """What a value must be, as the end of a sentence that starts with "expected"."""
        if "x-expectation" in self.schema:
            return str(self.schema["x-expectation"])
        if "enum" in self.schema:
            return "one of " + ", ".join(self.schema["enum"])
        match self.schema["type"]:
            case "boolean":
                return "true or false"
            case "integer":
                return f"a whole number from {self.schema['minimum']} to {self.schema['maximum']}"
            case "number":
                above = self.schema.get("exclusiveMinimum")
                low = f"from {self.schema['minimum']}" if above is None else f"above {above}"
                return f"a number {low}, at most {self.schema['maximum']}"
            case "array":
                return "a list of texts"
            case ["string", "array"]:
                return "a text or a list of texts"
            case _:
                return "a text that is not empty" if self.schema.get("minLength") else "a text"

    def parse(self, text: str) -> Any:
        """The value that ``text`` stands for in an environment variable or on a command line.

        Lists are separated by commas, or written as a JSON array. Text that does not fit is given back as it is, for
        the check to refuse.
        """
        if "enum" in self.schema:
            return next((value for value in self.schema["enum"] if value.lower() == text.lower()), text)
        match self.schema["type"]:
            case "boolean" if text.lower() in _TRUE + _FALSE:
                return text.lower() in _TRUE
            case "integer":
                return _number(int, text)
            case "number":
                return _number(float, text)
            case "array":
                return _list(text)
            case ["string", "array"] if "," in text or text.startswith("["):
                return _list(text)
        return text


def _number(number: type[int] | type[float], text: str) -> int | float | str:
    try:
        return number(text)
    except ValueError:
        return text


def _list(text: str) -> Any:
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return [part.strip() for part in text.split(",") if part.strip()]


@cache
def known_keys() -> Mapping[str, Key]:
    """All settings by name, in the order of the schema."""
    keys: dict[str, Key] = {}
    for name, schema in config_schema()["properties"]["socketio"]["properties"].items():
        if "additionalProperties" in schema and "properties" not in schema:
            continue
        if "properties" in schema:
            members = {f"{name}.{member}": inner for member, inner in schema["properties"].items()}
        else:
            members = {name: schema}
        keys.update((key, Key(key, inner)) for key, inner in members.items())
    return keys


@cache
def known_tables() -> Mapping[str, Mapping[str, Key]]:
    """The members of the settings that are tables by name: ``retention`` has, for each event type, ``events``, … ."""
    return {
        name: {
            member: Key(f"{name}.<name>.{member}", inner)
            for member, inner in schema["additionalProperties"]["properties"].items()
        }
        for name, schema in config_schema()["properties"]["socketio"]["properties"].items()
        if "additionalProperties" in schema and "properties" not in schema
    }


@cache
def known_groups() -> frozenset[str]:
    """The names of the groups of settings: ``validation``, ``delivery``, … ."""
    return frozenset(name.partition(".")[0] for name in known_keys() if "." in name)
