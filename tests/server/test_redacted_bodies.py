"""What a plugin takes out of a foreign body is nowhere to be found."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from eventyard import AsyncServer, Event, MalformedBody, Plugin, hookimpl

StartServer = Callable[..., Awaitable[AsyncServer]]

SECRET = "correct-horse-battery-staple"


class Shell(Plugin):
    """A source that comes first by its name."""

    @hookimpl
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> Sequence[Event] | None:
        if source != "shell":
            return None
        if "command" not in body:
            raise MalformedBody("expected a command")
        return [Event.create("tool_start", source="/shell", data={"tool": body["tool"], "input": body["command"]})]


class Redacting(Plugin):
    @hookimpl(tryfirst=True)
    def decode(self, source: str, body: Any, headers: Mapping[str, str]) -> None:
        for name, value in body.items():
            if isinstance(value, str):
                body[name] = value.replace(SECRET, "********")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"tool": "sh", "command": f"login {SECRET}"}, "/v1/streams/tools/events"),
        ({"tool": "sh", "note": SECRET}, "/v1/dead-letters"),
        ({"tool": "", "command": SECRET}, "/v1/dead-letters"),
    ],
    ids=["accepted", "malformed", "refused by its schema"],
)
async def test_what_a_plugin_takes_out_of_a_body_is_not_kept(
    start_server: StartServer, tmp_path: Path, body: dict[str, Any], path: str
) -> None:
    """The plugin that decodes, the journal and the dead letters have what it leaves."""
    # Registered later is asked earlier; the mark puts the redacting one before it all the same.
    server = await start_server({"redacting": Redacting(), "shell": Shell()}, data_dir=str(tmp_path / "data"))
    async with aiohttp.ClientSession(server.url) as http:
        async with http.post("/v1/hooks/shell", json=body) as response:
            assert response.status == 204
        async with http.get(path) as response:
            text = await response.text()
    assert "********" in text
    assert SECRET not in text
    await server.stop()
    assert [file.name for file in (tmp_path / "data").iterdir() if SECRET.encode() in file.read_bytes()] == []
