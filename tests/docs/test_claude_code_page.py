"""What ``docs/claude-code.md`` says of each hook is what becomes of real hook bodies."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eventyard import Plugin, Server, Settings, hookimpl

PAGE = "docs/claude-code.md"
BODIES = [
    json.loads(line)["payload"]
    for line in (Path(__file__).parents[1] / "fixtures" / "claude_code_hooks.jsonl").read_text("utf-8").splitlines()
]
HOOKS = sorted({body["hook_event_name"] for body in BODIES})


@pytest.fixture
def documented(page_tables: Callable[[str], list[list[str]]]) -> dict[str, set[str]]:
    """The event types that the page names, by hook; ``other`` stands for the hooks that it does not name."""
    rows = {}
    for hook, events in page_tables(PAGE):
        name = re.fullmatch(r"`(\w+)`", hook)
        rows[name[1] if name else "other"] = set(re.findall(r"`([a-z]+_[a-z_]+|error|notification)`", events))
    return rows


class Seen(Plugin):
    """Keeps the types of all events of one source."""

    def __init__(self) -> None:
        self.types: list[str] = []

    @hookimpl
    def validate(self, event: Any) -> None:
        if event.source.startswith("/claude-code/"):
            self.types.append(event.type)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_names_the_events_of_a_hook(
    hook: str, documented: dict[str, set[str]], tmp_path: Path, post: Callable[[str, str, Any], int]
) -> None:
    seen = Seen()
    with Server(Settings().with_changes(port=0, data_dir=str(tmp_path)), {"seen": seen}) as server:
        for body in BODIES:
            if body["hook_event_name"] == hook:
                assert post(server.url, "/v1/hooks/claude-code", body) == 204
    assert seen.types
    assert set(seen.types) <= documented.get(hook, documented["other"])


def test_the_page_names_no_hook_that_does_not_exist(documented: dict[str, set[str]]) -> None:
    assert documented.keys() - set(HOOKS) == {"other"}
