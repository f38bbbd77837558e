"""What ``docs/claude-code.md`` says of each hook is what becomes of real hook bodies."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from eventyard import Event, Plugin, Server, Settings, hookimpl

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
    def validate(self, event: Event) -> None:
        if event.source.startswith("/claude-code/"):
            self.types.append(event.type)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The event types that a server makes of real bodies, by hook."""
    seen = Seen()
    types: dict[str, set[str]] = {}
    settings = Settings().with_changes(port=0, data_dir=str(tmp_path_factory.mktemp("data")))
    with Server(settings, {"seen": seen}) as server:
        for body in BODIES:
            with closing(HTTPConnection(server.url.removeprefix("http://"), timeout=10)) as connection:
                connection.request("POST", "/v1/hooks/claude-code", json.dumps(body))
                assert connection.getresponse().status == 204
            types.setdefault(body["hook_event_name"], set()).update(seen.types)
            seen.types.clear()
    return types


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_names_the_events_of_a_hook(
    hook: str, made: dict[str, set[str]], documented: dict[str, set[str]]
) -> None:
    assert made[hook]
    assert made[hook] <= documented.get(hook, documented["other"])


def test_the_page_names_no_hook_that_does_not_exist(documented: dict[str, set[str]]) -> None:
    assert documented.keys() - set(HOOKS) == {"other"}
