"""What the README says is true."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eventyard import AsyncServer, Settings
from eventyard_webhook.settings import SCHEMA

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def settings_of(schema: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """All settings with their defaults and descriptions; those of a table or of the members of a list below it."""
    for name, rule in schema["properties"].items():
        default = f"`{json.dumps(rule['default'])}`" if "default" in rule else "none"
        yield prefix + name, "" if rule["type"] == "object" else default, rule["description"]
        inner = rule if rule["type"] == "object" else rule.get("items", {})
        if "properties" in inner:
            yield from settings_of(inner, f"{prefix}{name}.")


def test_all_settings_are_listed_with_their_defaults_and_meanings() -> None:
    listed = re.findall(r"^\| `([\w.]+)` \| (?:(\S+) )?\| (.*) \|$", README, re.MULTILINE)
    assert listed == list(settings_of(SCHEMA))


async def test_the_configuration_that_is_shown_is_taken() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    settings = Settings().with_changes(port=0, journal={"durability": "memory"}, **tomllib.loads(text))
    async with AsyncServer(settings) as server:
        assert server.plugins.quarantined == []
