"""What the README says is true."""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import socketio
from eventyard import AsyncServer
from eventyard_git_commit.plugin import GitCommitPlugin
from eventyard_git_commit.settings import DEFAULTS, SCHEMA

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


async def test_the_events_lead_to_the_state(start_server: Callable[..., Awaitable[AsyncServer]]) -> None:
    events, state = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", README, re.DOTALL))
    server = await start_server()
    await server.publish(*events)
    async with socketio.AsyncSimpleClient() as client:
        await client.connect(server.url, namespace="/git")
        assert (await client.call("get_state"))["snapshot"] == state


def test_all_members_of_the_payload_are_listed() -> None:
    (event_type,) = GitCommitPlugin().event_types()
    schema = json.loads(event_type.schema.read_text("utf-8"))  # type: ignore[union-attr]  # it is a file
    (row,) = re.findall(r"^\| `git_commit` \| [^|]+ \| (.*) \|$", README, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row)) == set(schema["properties"])
    assert set(re.findall(r"\*\*`(\w+)`\*\*", row)) == set(schema["required"])


def test_all_settings_are_listed_with_their_defaults_and_meanings() -> None:
    listed = re.findall(r"^\| `(\w+)` \| (\d+) \| (.*) \|$", README, re.MULTILINE)
    assert {name: int(default) for name, default, _ in listed} == DEFAULTS
    assert [name for name, _, _ in listed] == list(SCHEMA["properties"])
